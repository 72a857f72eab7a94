"""What the forms do: each is one use case, on record under the visitor's name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from dutyflow.errors import DutyflowError
from dutyflow.ledger.records import SubmissionRecord, number_of
from dutyflow.services.coordinator.arrivals import Row, Running

from .requests import CoordinatorRequest, Item, action_request

if TYPE_CHECKING:
    from dutyflow.services.coordinator.actions import Done

actions = APIRouter()
Acting = Annotated[CoordinatorRequest, Depends(action_request)]


@actions.post("/{office}/items/{item}/assign")
def assign(request: Acting, item: Item) -> Response:
    """Assign a submission (認領): judge it as sent for that assignment, and reply to its sender."""
    from dutyflow.services.coordinator import quarantine  # what reads workbooks

    submission = request.arrivals.item(item)
    key = request.form.get("assignment", "")
    if not key:
        raise DutyflowError("請先選擇要歸入哪一份應辦事項，再按「認領」")
    running, row = request.arrivals.assignment(key)
    done = quarantine.assign(
        request.workspace, submission.id, key, request.who, request.form.get("why", ""), request.now
    )
    said = f"已歸入{_title(running, row)}：{_verdict(done.submission)}"
    if done.mails:
        said += _started(
            lambda: request.runs.tell_assigned(submission.id, who=request.who), "回覆信"
        )
    if request.runs.stopped([row.assignment]):
        said += "。這一組已逾期，請再按「重新收件」，系統會重新彙整"
    return request.done(said)


@actions.post("/{office}/items/{item}/aside")
def put_aside(request: Acting, item: Item) -> Response:
    """Put a submission aside (不採計): it does not count, and waits no more."""
    request.arrivals.put_aside(item, who=request.who, why=request.form.get("why", ""))
    return request.done("已註記，並留存紀錄")


@actions.post("/{office}/assignments/{duty}/{cycle}/{section}/again")
def collect_again(request: Acting, duty: str, cycle: str, section: str) -> Response:
    """Collect again (重新收件): take what came late, or wait again; then assemble the report."""
    running, row = _assignment(request, duty, cycle, section)
    request.runs.collect_again(row.assignment, who=request.who)
    return request.done(f"{_title(running, row)}重新收件中，稍後會重新彙整")


@actions.post("/{office}/assignments/{duty}/{cycle}/{section}/return")
def send_back(request: Acting, duty: str, cycle: str, section: str) -> Response:
    """Return for correction (退回補正): tell the section what to correct, and wait again."""
    running, row = _assignment(request, duty, cycle, section)
    done = _change(request, row, "退回補正")
    said = f"{_title(running, row)}已退回補正"
    said += _started(lambda: request.runs.tell_returned(row.assignment, who=request.who), "通知信")
    said += _collected_again(request, row, done)
    return request.done(said, at=_path(request, row))


@actions.post("/{office}/assignments/{duty}/{cycle}/{section}/receipt")
def date_receipt(request: Acting, duty: str, cycle: str, section: str) -> Response:
    """Set the day of receipt (認定收件日) by which being on time is judged."""
    _, row = _assignment(request, duty, cycle, section)
    done = _change(request, row, "認定收件日")
    return request.done(done.said + _collected_again(request, row, done), at=_path(request, row))


def _collected_again(request: CoordinatorRequest, row: Row, done: Done) -> str:
    """Start collecting again where that is needed; what to say of it."""
    if not done.reopened:
        return ""
    return _started(lambda: request.runs.collect_again(row.assignment, who=request.who), "重新收件")


def _change(request: CoordinatorRequest, row: Row, action: str) -> Done:
    """Do one of the actions that the coordinator also has in Airflow (承辦人作業)."""
    from dutyflow.services.coordinator.actions import Order, carry_out  # they write forms

    _, duty, cycle, section = row.assignment.key.split("/")
    order = Order(
        action=action,
        source=f"desk:{request.now.isoformat()}",
        office=request.office.office,
        duty=duty,
        cycle=cycle,
        section=section,
        day=request.form.get("day", ""),
        why=request.form.get("why", ""),
    )
    return carry_out(request.workspace, order, who=request.who, now=request.now)


@actions.post("/{office}/assignments/{duty}/{cycle}/{section}/link")
def resend_link(request: Acting, duty: str, cycle: str, section: str) -> Response:
    """Send the section's owners their links again (重寄填報連結), by the next mail."""
    from dutyflow.services.intake import web_form  # what judges forms

    _, row = _assignment(request, duty, cycle, section)
    case = request.workspace.case(row.assignment.key)
    people = web_form.resend_links(case, who=request.who, now=request.now)
    said = f"稍後會寄填報連結給{'、'.join(person.name for person in people)}"
    return request.done(said, at=_path(request, row))


def _path(request: CoordinatorRequest, row: Row) -> str:
    """Where the assignment's page lies."""
    return f"{request.home}/assignments/{row.assignment.key.partition('/')[2]}"


def _assignment(
    request: CoordinatorRequest, duty: str, cycle: str, section: str
) -> tuple[Running, Row]:
    return request.arrivals.assignment(f"{request.office.office}/{duty}/{cycle}/{section}")


def _title(running: Running, row: Row) -> str:
    return f"{row.section}「{running.title}」"


def _verdict(submission: SubmissionRecord | None) -> str:
    if submission is None:
        return "內容是申請，已依申請辦理"
    number = number_of(submission.id)
    if submission.verdict == "accepted":
        return f"已受理，編號 {number}"
    return f"未受理（{submission.reason}），編號 {number}"


def _started(start: Callable[[], None], what: str) -> str:
    """Have Airflow do what follows; what to say of it. Where that fails, what was done stays, and
    the visitor is told how to start it."""
    try:
        start()
    except DutyflowError as trouble:
        return f"。{what}：{trouble}"
    return f"；{what}由系統辦理中"
