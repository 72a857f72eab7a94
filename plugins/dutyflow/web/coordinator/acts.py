"""What a form does. Each act is one use case, on record under the visitor's name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from dutyflow.errors import DutyflowError
from dutyflow.ledger.records import SubmissionRecord, number_of
from dutyflow.services.coordinator.arrivals import Row, Running

from .visiting import Item, Visit, acting

if TYPE_CHECKING:
    from dutyflow.services.coordinator.actions import Done

acts = APIRouter()
Acting = Annotated[Visit, Depends(acting)]


@acts.post("/{office}/items/{item}/assign")
def assign(visit: Acting, item: Item) -> Response:
    """認領: it is judged as if it had come for that assignment; whoever sent it is answered."""
    from dutyflow.services.coordinator import quarantine  # what reads workbooks

    came = visit.arrivals.item(item)
    key = visit.form.get("assignment", "")
    if not key:
        raise DutyflowError("請先選擇要歸入哪一份應辦事項，再按「認領」")
    running, row = visit.arrivals.assignment(key)
    done = quarantine.assign(
        visit.workspace, came.id, key, visit.who, visit.form.get("why", ""), visit.now
    )
    said = f"已歸入{_title(running, row)}：{_became(done.submission)}"
    if done.mails:
        said += _handed_on(lambda: visit.runs.tell_assigned(came.id, who=visit.who), "回覆信")
    if visit.runs.stopped([row.assignment]):
        said += "。這一組已逾期，請再按「重新收件」，系統會重新彙整"
    return visit.done(said)


@acts.post("/{office}/items/{item}/aside")
def put_aside(visit: Acting, item: Item) -> Response:
    """不採計: it counts for nothing, and waits no more."""
    visit.arrivals.put_aside(item, who=visit.who, why=visit.form.get("why", ""))
    return visit.done("已註記，並留存紀錄")


@acts.post("/{office}/assignments/{duty}/{cycle}/{section}/again")
def collect_again(visit: Acting, duty: str, cycle: str, section: str) -> Response:
    """重新收件: what came late is found, or waited for anew, and the report made again."""
    running, row = _part(visit, duty, cycle, section)
    visit.runs.collect_again(row.assignment, who=visit.who)
    return visit.done(f"{_title(running, row)}重新收件中，稍後會重新彙整")


@acts.post("/{office}/assignments/{duty}/{cycle}/{section}/return")
def send_back(visit: Acting, duty: str, cycle: str, section: str) -> Response:
    """退回補正: the section is told what to correct, and its answer is waited for again."""
    running, row = _part(visit, duty, cycle, section)
    done = _change(visit, row, "退回補正")
    said = f"{_title(running, row)}已退回補正"
    said += _handed_on(lambda: visit.runs.tell_returned(row.assignment, who=visit.who), "通知信")
    said += _begun_again(visit, row, done)
    return visit.done(said, at=_path(visit, row))


@acts.post("/{office}/assignments/{duty}/{cycle}/{section}/receipt")
def date_receipt(visit: Acting, duty: str, cycle: str, section: str) -> Response:
    """認定收件日: by which day being on time is judged, where that is not when it came in here."""
    _, row = _part(visit, duty, cycle, section)
    done = _change(visit, row, "認定收件日")
    return visit.done(done.said + _begun_again(visit, row, done), at=_path(visit, row))


def _begun_again(visit: Visit, row: Row, done: Done) -> str:
    """What has to be collected again is, by Airflow; in words."""
    if not done.reopened:
        return ""
    return _handed_on(lambda: visit.runs.collect_again(row.assignment, who=visit.who), "重新收件")


def _change(visit: Visit, row: Row, action: str) -> Done:
    """What the coordinator can also have done in 承辦人作業."""
    from dutyflow.services.coordinator import actions  # what writes forms

    _, duty, cycle, section = row.assignment.key.split("/")
    order = actions.Order(
        action=action,
        source=f"desk:{visit.now.isoformat()}",
        office=visit.office.office,
        duty=duty,
        cycle=cycle,
        section=section,
        day=visit.form.get("day", ""),
        why=visit.form.get("why", ""),
    )
    return actions.carry_out(visit.workspace, order, who=visit.who, now=visit.now)


@acts.post("/{office}/assignments/{duty}/{cycle}/{section}/link")
def resend_link(visit: Acting, duty: str, cycle: str, section: str) -> Response:
    """重寄填報連結: to the section's owners, by the mail that goes out next."""
    from dutyflow.services.intake import web_form  # what judges forms

    _, row = _part(visit, duty, cycle, section)
    case = visit.workspace.case(row.assignment.key)
    people = web_form.resend_links(case, who=visit.who, now=visit.now)
    said = f"稍後會寄填報連結給{'、'.join(person.name for person in people)}"
    return visit.done(said, at=_path(visit, row))


def _path(visit: Visit, row: Row) -> str:
    return f"{visit.home}/assignments/{row.assignment.key.partition('/')[2]}"


def _part(visit: Visit, duty: str, cycle: str, section: str) -> tuple[Running, Row]:
    return visit.arrivals.assignment(f"{visit.office.office}/{duty}/{cycle}/{section}")


def _title(running: Running, row: Row) -> str:
    return f"{row.section}「{running.title}」"


def _became(submission: SubmissionRecord | None) -> str:
    if submission is None:
        return "內容是申請，已依申請辦理"
    number = number_of(submission.id)
    if submission.verdict == "accepted":
        return f"已受理，編號 {number}"
    return f"未受理（{submission.reason}），編號 {number}"


def _handed_on(hand_on: Callable[[], None], what: str) -> str:
    """What follows is Airflow's to do. Where that fails, what was done stays, and a person is told
    how to set it going."""
    try:
        hand_on()
    except DutyflowError as trouble:
        return f"。{what}：{trouble}"
    return f"；{what}由系統辦理中"
