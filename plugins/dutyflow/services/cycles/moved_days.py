"""通知改期: who is told, once, that days have moved, or that they rest on an estimate.

What is told is read from the ledger's events, not from the run that moved the days: a mail that
could not be sent then is still sent later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from dutyflow.calendars.moments import format_cut_off, last_day
from dutyflow.calendars.roc import ROC_EPOCH, in_zone
from dutyflow.ledger.event_types import EventType
from dutyflow.ledger.records import AssignmentRecord, CycleRecord, EventRecord
from dutyflow.mail.outbound.estimates import estimated_mail
from dutyflow.mail.outbound.moves import Estimated, Moved, MovedCycle, MovedCycles, MovedDay
from dutyflow.nagging import moving
from dutyflow.nagging.lateness import is_over
from dutyflow.nagging.reasons import Reason, ReasonCode
from dutyflow.nagging.rungs import Rung
from dutyflow.nagging.states import AWAITED, SETTLED
from dutyflow.plan.moves import DAY_NAMES
from dutyflow.plan.office import OfficePlan
from dutyflow.plan.provisional import years_to_await
from dutyflow.services.messaging.assignment_mail import AssignmentMail
from dutyflow.services.messaging.post import Batch, OutgoingMail
from dutyflow.services.workspace import Workspace


def inform(workspace: Workspace, office: str, *, now: datetime) -> None:
    """Tell an office's sections and its coordinator what they have not been told yet.

    Sections that have not answered: that their cut-off moved. The coordinator: what moved, one mail
    for all that moved at one moment; and once a year which deadlines are estimates. Raises
    UnknownOffice; MailDeferred or MailRefused, after every mail has been tried.
    """
    the_office = workspace.office(office)
    post = Batch(workspace=workspace, mailbox=the_office.contacts.mailbox, now=now)
    post.post(letters(workspace, the_office, now=now))
    post.settle()


def letters(workspace: Workspace, office: OfficePlan, *, now: datetime) -> Iterator[OutgoingMail]:
    """All that there is to tell at `now`; what was sent before may be among it."""
    found = _Letters(workspace=workspace, office=office, now=now)
    open_cycles = workspace.ledger.cycles.all(office=office.office, state="open")
    for assignment, event in found.moved_assignments(open_cycles):
        yield from found.to_section(assignment, event)
    yield from found.about_moves(open_cycles)
    yield from found.about_estimates()


@dataclass(frozen=True, kw_only=True)
class _Letters:
    workspace: Workspace
    office: OfficePlan
    now: datetime

    def moved_assignments(
        self, cycles: Iterable[CycleRecord]
    ) -> Iterator[tuple[AssignmentRecord, EventRecord]]:
        """Those that wait for an answer until the day to which they moved last."""
        for cycle in cycles:
            events = self.workspace.ledger.events.of(cycle.key, EventType.MOVED_ALONG)
            last = {event.about: event for event in events}
            for assignment in self.workspace.ledger.assignments.of(cycle.key):
                event = last.get(assignment.key)
                if event is not None and self._still_stands(assignment, event):
                    yield assignment, event

    def _still_stands(self, assignment: AssignmentRecord, event: EventRecord) -> bool:
        until = last_day(assignment.collect_by, self.office.zone).isoformat()
        return (
            assignment.state in AWAITED
            and not is_over(assignment.collect_by, self.now)
            and event.detail["days"][0]["to"] == until
        )

    def to_section(
        self, assignment: AssignmentRecord, event: EventRecord
    ) -> Iterator[OutgoingMail]:
        case = self.workspace.case(assignment.key)
        paper = AssignmentMail(case)
        content = Moved(
            about=paper.about,
            deadline=paper.deadline(self.now),
            moved=_moved_day(event.detail["days"][0]),
        )
        for person in moving.addressees(case.people):
            yield OutgoingMail(
                about=assignment.key,
                cycle=assignment.cycle,
                rung=moving.rung(event.id),
                to=person,
                reason=Reason.of(ReasonCode.DAYS_MOVED, why=event.why),
                content=content,
                thread=assignment.key,
                token=assignment.token,
            )

    def about_moves(self, cycles: Iterable[CycleRecord]) -> Iterator[OutgoingMail]:
        """One mail for each moment at which something moved."""
        moved = [
            (event, cycle)
            for cycle in cycles
            for event in self.workspace.ledger.events.of(cycle.key, EventType.MOVED)
        ]
        moved.sort(key=lambda each: each[0].id)
        for at, batch in groupby(moved, key=lambda each: each[0].at):
            rung = moving.rung(at.isoformat())
            if not self._was_sent(rung):
                told = tuple(self._moved_cycle(event, cycle) for event, cycle in batch)
                content = MovedCycles(office=self.office.name, cycles=told)
                yield self._to_coordinator(rung, Reason(ReasonCode.DAYS_MOVED), content)

    def _moved_cycle(self, event: EventRecord, cycle: CycleRecord) -> MovedCycle:
        plan = self.workspace.plan_of(cycle)
        days = tuple(map(_moved_day, event.detail["days"]))
        waiting = [
            (plan.section(assignment.section).name, assignment)
            for assignment in self.workspace.ledger.assignments.of(cycle.key)
            if event.detail["days"][0]["day"] == "collect_by" and assignment.state not in SETTLED
        ]
        return MovedCycle(
            title=f"{cycle.title} {plan.duty(cycle.duty).name}",
            days=days,
            told=tuple(name for name, each in waiting if not each.own_cut_off),
            kept=tuple(
                f"{name}（{format_cut_off(each.collect_by, plan.office.zone)}）"
                for name, each in waiting
                if each.own_cut_off
            ),
        )

    def about_estimates(self) -> Iterator[OutgoingMail]:
        today = in_zone(self.now, self.office.zone).date()
        for year in years_to_await(self.office, today):
            rung = moving.estimated_rung(year - ROC_EPOCH)
            if not self._was_sent(rung):
                content = estimated_mail(self.office, year)
                yield self._to_coordinator(rung, Reason(ReasonCode.DAYS_ESTIMATED), content)

    def _was_sent(self, rung: Rung) -> bool:
        return self.workspace.ledger.lately.was_sent(self.office.office, rung)

    def _to_coordinator(
        self, rung: Rung, reason: Reason, content: MovedCycles | Estimated
    ) -> OutgoingMail:
        return OutgoingMail(
            about=self.office.office,
            rung=rung,
            to=self.office.contacts.coordinator,
            reason=reason,
            content=content,
            thread=f"{self.office.office}/calendar",
        )


def _moved_day(told: dict[str, Any]) -> MovedDay:
    """A day as the event tells of it."""
    return MovedDay(
        name=DAY_NAMES[told["day"]],
        was=date.fromisoformat(told["from"]),
        becomes=date.fromisoformat(told["to"]),
        reasons=tuple(told["reasons"]),
    )
