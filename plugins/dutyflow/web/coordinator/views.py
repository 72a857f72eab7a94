"""What each address shows. Nothing here changes anything."""

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

from .downloads import download
from .guarding import NOT_THERE, PAGE_HEADERS, Refused
from .showing import STYLE
from .visiting import (
    Item,
    PageNumber,
    Place,
    Surroundings,
    Visit,
    base_of,
    page,
    visiting,
    visitor_of,
)

NO_OFFICE = "您沒有任何機關的編輯權限，無法查看收件"

views = APIRouter()
looks = APIRouter()
Looking = Annotated[Visit, Depends(visiting)]


@views.get("/")
def offices(request: Request) -> Response:
    """The visitor's offices; with one alone, its page."""
    surroundings: Surroundings = request.app.state.surroundings
    with surroundings.open_workspace() as workspace:
        visitor = visitor_of(request)
        found = [office for office in workspace.offices.values() if visitor.may_see(office)]
        if not found:
            raise Refused(403, NO_OFFICE)
        if len(found) == 1:
            return RedirectResponse(f"{base_of(request)}/{found[0].office}", status_code=303)
        counts = {o.office: workspace.ledger.arrivals.count_waiting(o.office) for o in found}
        return page(request, "offices.html", offices=found, counts=counts)


@looks.get("/coordinator.css")
def style() -> Response:
    return Response(STYLE.read_bytes(), media_type="text/css", headers=PAGE_HEADERS)


@views.get("/{office}")
def board(visit: Looking, number: PageNumber = 1) -> Response:
    """What waits, what was written, how the cycles stand."""
    arrivals = visit.arrivals
    running, total = arrivals.running(), arrivals.waiting_count
    assignments = [row.assignment for each in running for row in each.rows]
    return visit.page(
        "board.html",
        waiting=arrivals.waiting(number),
        total=total,
        number=number,
        pages=-(-total // PAGE),
        wrote=arrivals.words(),
        running=running,
        stopped=visit.runs.stopped(assignments),
        choices=arrivals.choices,
    )


@views.get("/{office}/items/{item}")
def item(visit: Looking, item: Item) -> Response:
    """All of one thing that came in."""
    came = visit.arrivals.item(item)
    waits = came.verdict == "quarantined" and not (came.put_aside or came.assigned_to)
    return visit.page(
        "item.html",
        came=came,
        waits=waits,
        text=_whole_text(visit, came),
        guess=visit.arrivals.guess(came) if waits else None,
        choices=visit.arrivals.choices if waits else (),
    )


@views.get("/{office}/items/{item}/files/{place}")
def file(visit: Looking, item: Item, place: Place) -> Response:
    """One of the files, as it came."""
    files = visit.arrivals.item(item).files
    if place >= len(files):
        raise Refused(404, NOT_THERE)
    return download(_kept(visit, files[place].blob), files[place].name)


@views.get("/{office}/items/{item}/original")
def original(visit: Looking, item: Item) -> Response:
    """The bytes as they came through the door: all of a mail; of a file in the folder, how it came;
    of a form on the page, what was typed."""
    came = visit.arrivals.item(item)
    name = f"{came.id}.json" if came.channel == "upload" else f"{came.id}.eml"
    return download(_kept(visit, came.raw_blob), name)


@views.get("/{office}/assignments/{duty}/{cycle}/{section}")
def assignment(
    visit: Looking,
    duty: str,
    cycle: str,
    section: str,
    number: PageNumber = 1,
) -> Response:
    """All that came for one assignment."""
    key = f"{visit.office.office}/{duty}/{cycle}/{section}"
    running, row = visit.arrivals.assignment(key)
    came = visit.arrivals.came_for(key, number)
    return visit.page(
        "assignment.html",
        running=running,
        row=row,
        came=came,
        number=number,
        more=len(came) == PAGE,
        has_links=bool(visit.workspace.settings.base_url),
        stopped=visit.runs.stopped([row.assignment]),
    )


def _kept(visit: Visit, blob: str) -> bytes:
    try:
        return visit.workspace.store.get(blob)
    except StoreError as gone:
        raise Refused(404, str(gone)) from None


def _whole_text(visit: Visit, came: SubmissionRecord) -> str:
    """All that was written; of a mail from its bytes, since a list keeps the beginning alone."""
    if came.channel != "mail":
        return came.text
    try:
        data = visit.workspace.store.get(came.raw_blob)
        return read_message(data, mailbox=visit.office.contacts.mailbox.address).text
    except (StoreError, UnreadableMessage):
        return came.text
