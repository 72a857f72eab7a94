"""Pages to look at. Nothing here changes anything."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse
from starlette.responses import Response

from dutyflow.infra.blob_store import StoreError
from dutyflow.ledger.records import SubmissionRecord
from dutyflow.mail.errors import UnreadableMessage
from dutyflow.mail.inbound.message import read_message
from dutyflow.services.coordinator.arrivals import PAGE
from dutyflow.web.security.downloads import download

from .context import CoordinatorContext
from .rendering import HEADER_POLICY, STYLE
from .requests import (
    NOT_THERE,
    CoordinatorRequest,
    Item,
    PageNumber,
    Place,
    Refused,
    base_path,
    page,
    view_request,
    visitor_of,
)

NO_OFFICE = "您沒有任何機關的編輯權限，無法查看收件"

views = APIRouter()
styles = APIRouter()
Viewing = Annotated[CoordinatorRequest, Depends(view_request)]


@views.get("/")
def offices(request: Request) -> Response:
    """The visitor's offices; where it is one, its page."""
    context: CoordinatorContext = request.app.state.context
    with context.open_workspace() as workspace:
        visitor = visitor_of(request)
        found = [office for office in workspace.offices.values() if visitor.may_see(office)]
        if not found:
            raise Refused(403, NO_OFFICE)
        if len(found) == 1:
            return RedirectResponse(f"{base_path(request)}/{found[0].office}", status_code=303)
        counts = {o.office: workspace.ledger.arrivals.count_waiting(o.office) for o in found}
        return page(request, "offices.html", offices=found, counts=counts)


@styles.get("/coordinator.css")
def style() -> Response:
    """The style of all pages."""
    return Response(STYLE.read_bytes(), media_type="text/css")


@views.get("/{office}")
def board(request: Viewing, number: PageNumber = 1) -> Response:
    """What waits to be assigned, what sections wrote, and how the open cycles stand."""
    arrivals = request.arrivals
    running, total = arrivals.running(), arrivals.waiting_count
    assignments = [row.assignment for each in running for row in each.rows]
    return request.page(
        "board.html",
        waiting=arrivals.waiting(number),
        total=total,
        number=number,
        pages=-(-total // PAGE),
        wrote=arrivals.words(),
        running=running,
        stopped=request.runs.stopped(assignments),
        choices=arrivals.choices,
    )


@views.get("/{office}/items/{item}")
def item(request: Viewing, item: Item) -> Response:
    """All of one submission."""
    submission = request.arrivals.item(item)
    settled = submission.put_aside or submission.assigned_to
    waits = submission.verdict == "quarantined" and not settled
    return request.page(
        "item.html",
        submission=submission,
        waits=waits,
        text=_whole_text(request, submission),
        guess=request.arrivals.guess(submission) if waits else None,
        choices=request.arrivals.choices if waits else (),
    )


@views.get("/{office}/items/{item}/files/{place}")
def file(request: Viewing, item: Item, place: Place) -> Response:
    """Download one of a submission's files."""
    files = request.arrivals.item(item).files
    if place >= len(files):
        raise Refused(404, NOT_THERE)
    file = files[place]
    return download(_kept(request, file.blob), file.name, policy=HEADER_POLICY)


@views.get("/{office}/items/{item}/original")
def original(request: Viewing, item: Item) -> Response:
    """Download a submission as it was received: the whole mail, or what was typed."""
    submission = request.arrivals.item(item)
    ending = "json" if submission.channel == "upload" else "eml"
    data = _kept(request, submission.raw_blob)
    return download(data, f"{submission.id}.{ending}", policy=HEADER_POLICY)


@views.get("/{office}/assignments/{duty}/{cycle}/{section}")
def assignment(
    request: Viewing,
    duty: str,
    cycle: str,
    section: str,
    number: PageNumber = 1,
) -> Response:
    """All that was submitted for one assignment."""
    key = f"{request.office.office}/{duty}/{cycle}/{section}"
    running, row = request.arrivals.assignment(key)
    submissions = request.arrivals.came_for(key, number)
    return request.page(
        "assignment.html",
        running=running,
        row=row,
        submissions=submissions,
        number=number,
        more=len(submissions) == PAGE,
        has_links=bool(request.workspace.settings.base_url),
        stopped=request.runs.stopped([row.assignment]),
    )


def _kept(request: CoordinatorRequest, blob: str) -> bytes:
    """What was received, from the store. Raises Refused (404)."""
    try:
        return request.workspace.store.get(blob)
    except StoreError as gone:
        raise Refused(404, str(gone)) from None


def _whole_text(request: CoordinatorRequest, submission: SubmissionRecord) -> str:
    """All that was written; a mail's is read from its bytes, as the ledger keeps the beginning."""
    if submission.channel != "mail":
        return submission.text
    try:
        data = request.workspace.store.get(submission.raw_blob)
        return read_message(data, mailbox=request.office.contacts.mailbox.address).text
    except (StoreError, UnreadableMessage):
        return submission.text
