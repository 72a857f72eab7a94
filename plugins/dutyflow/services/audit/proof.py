"""稽催紀錄: the proof of one cycle, put together from the ledger's events."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from dutyflow.calendars.moments import format_cut_off
from dutyflow.calendars.roc import format_roc, format_roc_moment, in_zone
from dutyflow.ledger.event_types import EventType
from dutyflow.ledger.records import (
    AssignmentRecord,
    CycleRecord,
    EventRecord,
    SubmissionRecord,
    number_of,
)
from dutyflow.mail.outbound.contexts import SHORT_HASH
from dutyflow.nagging import wording
from dutyflow.nagging.rungs import Rung
from dutyflow.nagging.states import STATE_TITLES
from dutyflow.plan.answers import confirms_nothing, from_json
from dutyflow.plan.model import Plan
from dutyflow.plan.titles import Titles
from dutyflow.reports.proof import Chain, ChainLink, Proof, ProofRow, SectionProof
from dutyflow.services.messaging.submission_changes import difference
from dutyflow.services.workspace import Workspace

_OUTCOMES = {
    EventType.NOTICE_SENT: "已送交郵件伺服器",
    EventType.NOTICE_DEFERRED: "暫時寄不出去",
    EventType.NOTICE_REFUSED: "郵件伺服器拒收",
    EventType.NOTICE_UNKNOWN: "是否寄達不明",
    EventType.NOTICE_CLAIMED: "尚未寄出",
    EventType.NOTICE_BOUNCED: "信件退回，未送達",
    EventType.NOTICE_DELAYED: "對方伺服器仍在嘗試投遞",
}


def prove(workspace: Workspace, cycles: Iterable[CycleRecord], *, now: datetime) -> list[Proof]:
    """The proofs of these cycles, and whether the whole chain of events holds. Changes nothing."""
    broken_at = workspace.ledger.events.verify()
    last = workspace.ledger.events.last()
    if last is None:
        return []
    newest = _link(last)
    return [
        _Book(workspace=workspace, cycle=cycle, now=now).proof(newest, broken_at)
        for cycle in cycles
    ]


@dataclass(frozen=True)
class _Book:
    workspace: Workspace
    cycle: CycleRecord
    now: datetime

    @cached_property
    def plan(self) -> Plan:
        return self.workspace.plan_of(self.cycle)

    @property
    def titles(self) -> Titles:
        return self.workspace.titles_at(self.cycle.key)

    def proof(self, newest: ChainLink, broken_at: int | None) -> Proof:
        cycle, zone = self.cycle, self.plan.office.zone
        duty = self.plan.duty(cycle.duty)
        events = self.workspace.ledger.events.of(cycle.key)
        first, last = _link(events[0]), _link(events[-1])
        return Proof(
            office=cycle.office,
            office_name=self.plan.office.name,
            duty=duty.id,
            duty_name=duty.name,
            clause=duty.clause,
            cycle=cycle.name,
            title=cycle.title,
            opened_at=cycle.opened_at,
            collect_by=format_cut_off(cycle.collect_by, zone),
            report_due=cycle.report_due,
            made_at=self.now,
            zone=self.plan.office.timezone,
            sections=tuple(self._sections(events)),
            whole=tuple(_row(each) for each in events if each.about == cycle.key),
            chain=Chain(first=first, last=last, newest=newest, broken_at=broken_at),
        )

    def _sections(self, events: tuple[EventRecord, ...]) -> Iterator[SectionProof]:
        for assignment in self.workspace.ledger.assignments.of(self.cycle.key):
            own = [event for event in events if event.about == assignment.key]
            asked = {each.detail["request"]: each for each in own if each.what == EventType.ASKED}
            came = {each.id: each for each in self.workspace.ledger.submissions.of(assignment.key)}
            yield SectionProof(
                section=assignment.section,
                name=self.plan.section(assignment.section).name,
                state=STATE_TITLES[assignment.state],
                until=format_cut_off(assignment.due_by, self.plan.office.zone),
                verdict=self._verdict(assignment, came),
                rows=tuple(self._row(each, came, asked) for each in _told(own)),
            )

    def _verdict(self, assignment: AssignmentRecord, came: dict[int, SubmissionRecord]) -> str:
        if assignment.on_time is None:
            return "尚未收到可受理的填報" if assignment.state != "waived" else "免報"
        zone = self.plan.office.zone
        first = next(each for each in came.values() if each.verdict == "accepted")
        said = f"{format_roc_moment(first.received_at, zone)} 收到"
        if first.effective_at is not None:
            said += f"，認定收件日 {format_roc(in_zone(first.effective_at, zone))}"
        said += f"，{'如期' if assignment.on_time else '逾期'}"
        kept = came.get(assignment.accepted_submission or 0)
        nothing = kept is not None and confirms_nothing(from_json(kept.answers))
        return f"{said}；確認無辦理事項" if nothing else said

    def _row(
        self,
        event: EventRecord,
        came: dict[int, SubmissionRecord],
        asked: dict[int, EventRecord],
    ) -> ProofRow:
        zone = self.plan.office.zone
        row, detail = _row(event), event.detail
        match event.what:
            case EventType.EXTENDED | EventType.RETURNED | EventType.WAITING_AGAIN:
                until = format_cut_off(datetime.fromisoformat(detail["collect_by"]), zone)
                return replace(row, result=f"期限改為 {until}")
            case EventType.ASKED:
                approver = self.titles.of(detail["approver"])
                return replace(row, result=f"{_wanted(event)}，由{approver}核示")
            case EventType.GRANTED | EventType.REFUSED | EventType.VOIDED if (
                detail["request"] in asked
            ):
                return replace(row, result=_wanted(asked[detail["request"]]))
            case EventType.PAUSED:
                until = detail.get("paused_until", "")
                day = format_roc(datetime.fromisoformat(until)) if until else ""
                return replace(row, result=f"暫停至 {day}" if day else "恢復稽催")
            case EventType.ASSIGNED:
                became = detail["submission"]
                told = f"，登記為 {number_of(became)}" if became else ""
                return replace(row, result=f"待認領的 {number_of(detail['quarantined'])}{told}")
            case EventType.DATED:
                return replace(row, result=_of_dating(detail, zone))
            case EventType.RECEIVED | EventType.ACCEPTED | EventType.REJECTED:
                submission = came.get(detail["submission"])
                said = [_of_submission(event, submission, zone)]
                if event.what == EventType.ACCEPTED and submission is not None:
                    case = self.workspace.case(event.about)
                    said += [difference(case, submission), *map(_said, submission.doubts)]
                return replace(row, result="；".join(filter(None, said)))
            case _:
                return row


def _told(events: list[EventRecord]) -> Iterator[EventRecord]:
    """All of them, but that a mail was about to be sent only where nothing came of it."""
    settled = {
        (event.detail["notice"], event.detail["attempt"])
        for event in events
        if event.what in _OUTCOMES and event.what != EventType.NOTICE_CLAIMED
    }
    for event in events:
        claimed = event.what == EventType.NOTICE_CLAIMED
        if not claimed or (event.detail["notice"], event.detail["attempt"]) not in settled:
            yield event


def _row(event: EventRecord) -> ProofRow:
    detail = event.detail
    outcome = _OUTCOMES.get(EventType(event.what), "") if event.what in set(EventType) else ""
    said = (detail.get("said") or detail.get("detail", "")) if outcome else ""
    return ProofRow(
        number=event.id,
        at=event.at,
        what=event.what,
        who=event.who,
        why=event.why,
        hash=event.hash,
        recipient=detail.get("recipient", ""),
        recipient_name=detail.get("recipient_name", ""),
        acting_for=detail.get("acting_for", ""),
        rung=wording.rung_title(Rung.parse(detail["rung"])) if "rung" in detail else "",
        result="：".join(filter(None, (outcome, said))),
    )


def _said(doubt: dict[str, str]) -> str:
    return f"存疑：{doubt['said']}"


def _of_dating(detail: dict[str, str], zone: ZoneInfo) -> str:
    """Both moments: when it came, and the day that counts."""
    received, effective = (
        in_zone(datetime.fromisoformat(detail[name]), zone)
        for name in ("received_at", "effective_at")
    )
    return f"{format_roc_moment(received, zone)} 收到，認定收件日 {format_roc(effective)}"


def _wanted(asked: EventRecord) -> str:
    return f"申請展期至 {format_roc(date.fromisoformat(asked.detail['until']), weekday=True)}"


def _of_submission(event: EventRecord, came: SubmissionRecord | None, zone: ZoneInfo) -> str:
    if event.what == EventType.RECEIVED:
        received = format_roc_moment(datetime.fromisoformat(event.detail["received_at"]), zone)
        files = event.detail["files"]
        named = (f"{file['name']}（SHA-256 {file['blob'][:SHORT_HASH]}）" for file in files)
        told = ["：".join(filter(None, (f"{received} 收到", "、".join(named))))]
        if came is not None:
            told += [f"寄件人為{came.role}"] if came.role else []
            told += [f"依{came.matched_by}歸入"] if came.matched_by else []
        return "；".join(told)
    if came is None:
        return ""
    if event.what == EventType.REJECTED and came.problems:
        return f"需修正 {len(came.problems)} 處"
    if event.what == EventType.ACCEPTED:
        return "，".join(filter(None, (f"編號 {number_of(came.id)}", came.reason)))
    return came.reason


def _link(event: EventRecord) -> ChainLink:
    return ChainLink(number=event.id, hash=event.hash)
