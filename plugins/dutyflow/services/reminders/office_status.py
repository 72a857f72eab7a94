"""What an office's coordinator and director both keep an eye on: what is late, what waits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property

from dutyflow.calendars.moments import last_day
from dutyflow.calendars.roc import in_zone
from dutyflow.errors import DutyflowError
from dutyflow.ledger.records import CycleRecord, NoticeRecord, Undecided
from dutyflow.mail.outbound.contexts import Deadline
from dutyflow.mail.outbound.summaries import Late, Waiting
from dutyflow.nagging import wording
from dutyflow.nagging.lateness import is_late
from dutyflow.nagging.people import person_key
from dutyflow.nagging.reasons import Reason, ReasonCode
from dutyflow.nagging.undecided import Decision, Heard, Urging, held_back, urge
from dutyflow.plan.ladders import Ladder
from dutyflow.plan.model import Person
from dutyflow.plan.office import OfficePlan
from dutyflow.services.messaging.post import Batch, OutgoingMail
from dutyflow.services.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Pending:
    """A report that nobody has decided on, and what today's step says of it."""

    cycle: CycleRecord
    report: Undecided
    ladder: Ladder
    urging: Urging
    line: Waiting


@dataclass(frozen=True, kw_only=True)
class Watch:
    """An office as it stands at `now`."""

    workspace: Workspace
    office: OfficePlan
    now: datetime

    @property
    def today(self) -> date:
        return in_zone(self.now, self.office.zone).date()

    @property
    def works(self) -> bool:
        return self.office.calendar.is_working(self.today)

    def deadline(self, day: date) -> Deadline:
        return Deadline(day=day, working_days=self.office.calendar.between(self.today, day))

    @cached_property
    def late(self) -> tuple[Late, ...]:
        """What is not answered though its day has gone by, the longest first."""
        return tuple(sorted(self._late(), key=lambda each: each.deadline.day))

    def _late(self) -> Iterator[Late]:
        for row in self.workspace.ledger.standings.open(self.office.office):
            day = last_day(row.collect_by, self.office.zone)
            if is_late(row.state, row.collect_by, self.now):
                yield Late(
                    title=self.title(row.key.rpartition("/")[0])
                    + ("（補正）" if row.state == "returned" else ""),
                    section=self.section(row.plan_hash, row.section),
                    deadline=self.deadline(day),
                )

    @cached_property
    def pending(self) -> tuple[Pending, ...]:
        """What waits for a decision, the most pressing first."""
        return tuple(map(self._pending, self.workspace.ledger.lately.undecided(self.office.office)))

    def _pending(self, report: Undecided) -> Pending:
        cycle = self.workspace.ledger.cycles.get(report.cycle)
        plan = self.workspace.plan_of(cycle)
        made = in_zone(report.made_at, self.office.zone).date()
        decision = Decision(cycle=cycle.key, made=made, due=cycle.report_due)
        ladder = plan.ladder_of(plan.duty(cycle.duty))
        urging = urge(decision, ladder, self.office.calendar, self.today)
        return Pending(
            cycle=cycle,
            report=report,
            ladder=ladder,
            urging=urging,
            line=Waiting(
                title=self.title(cycle.key),
                version=report.version,
                due=self.deadline(cycle.report_due),
                why=wording.worded(urging.reason, self.office.titles),
                tone=urging.tone,
            ),
        )

    def held_back(self, pending: Pending, person: Person, *, had: int = 0) -> Reason | None:
        """Why they are not urged of it today; None where they are, or have been.

        `had` is how many reminders they have had today.
        """
        own = [
            each
            for each in self.workspace.ledger.notices.of(about=pending.cycle.key)
            if _urges(each) and each.recipient.lower() == person_key(person)
        ]
        rung = pending.urging.rung
        if rung is not None and any(each.rung == rung.key for each in own):
            return None
        last = max((each.settled_at for each in own if each.settled_at), default=None)
        heard = Heard(
            last=self._day(last) if last else None,
            today=had,
            waited=self._has_waited(pending, person, last),
        )
        return held_back(heard, pending.ladder, self.office.calendar, self.today)

    def reminders_today(self, person: Person) -> int:
        """How many they have had: of late sections, and of reports that wait."""
        who, today = person_key(person), self.today
        midnight = datetime.combine(today, time.min, self.office.zone)
        reminded = self.workspace.ledger.standings.reminded_since(midnight, people=[who])
        urged = {
            each.message_id
            for each in self.workspace.ledger.lately.notices(self.office.office, midnight)
            if _urges(each) and each.recipient.lower() == who
        }
        return reminded.get(who, 0) + len(urged)

    def _has_waited(self, pending: Pending, person: Person, last: datetime | None) -> bool:
        return any(
            each.reason_code == ReasonCode.DAILY_MAXIMUM
            and each.recipient.lower() == person_key(person)
            and self._day(each.at) < self.today
            and (last is None or each.at > last)
            for each in self.workspace.ledger.silences.of(pending.cycle.key)
        )

    def _day(self, moment: datetime) -> date:
        return in_zone(moment, self.office.zone).date()

    def title(self, cycle_key: str) -> str:
        cycle = self.workspace.ledger.cycles.get(cycle_key)
        return f"{cycle.title} {self.workspace.plan_of(cycle).duty(cycle.duty).name}"

    def section(self, plan_hash: str, section: str) -> str:
        return self.workspace.plan_kept(plan_hash).section(section).name


def _urges(notice: NoticeRecord) -> bool:
    return notice.state == "sent" and notice.reason_code == ReasonCode.REPORT_UNDECIDED


def post_for_each(
    workspace: Workspace,
    offices: Iterable[str],
    letters: Callable[[Watch], Iterable[OutgoingMail]],
    *,
    now: datetime,
) -> None:
    """Send what there is to say of each office, each from its own mailbox.

    Raises UnknownOffice; MailDeferred or MailRefused, after every mail has been tried.
    """
    troubles: list[DutyflowError] = []
    for key in offices:
        office = workspace.office(key)
        batch = Batch(
            workspace=workspace,
            mailbox=office.contacts.mailbox,
            now=now,
            troubles=troubles,
        )
        batch.post(letters(Watch(workspace=workspace, office=office, now=now)))
    if troubles:
        batch.settle()
