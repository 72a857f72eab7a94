"""預覽: what would go out on the next working day, with the ledger as it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain

from dutyflow.calendars.cycles import opening_moment
from dutyflow.calendars.roc import in_zone
from dutyflow.calendars.working_days import ONE_DAY
from dutyflow.errors import DutyflowError
from dutyflow.nagging.digests import Digest
from dutyflow.plan.cycles import NoTimeLeft, cycles
from dutyflow.plan.model import Person
from dutyflow.plan.office import OfficePlan
from dutyflow.plan.roles import Role
from dutyflow.services.cycles import moved_days
from dutyflow.services.cycles.planned_days import approval_before, planned_cycle
from dutyflow.services.messaging.post import OutgoingMail
from dutyflow.services.messaging.post import Point as NoticePoint
from dutyflow.services.reminders import morning_summary, weekly_status
from dutyflow.services.reminders.daily_round import Decided, Wanted, decide_round
from dutyflow.services.reminders.morning_summary import Expected
from dutyflow.services.reminders.office_status import Watch
from dutyflow.services.reminders.reminder_mail import write_digest
from dutyflow.services.workspace import Workspace

from .mails import ForeseenMail, Point, points_of
from .parts import Part
from .play import A_YEAR, opening_mails

_SECTION = 3  # where it stands in an assignment's key


class NoOffice(DutyflowError):
    """There is no office whose plan can be used."""


@dataclass(frozen=True, kw_only=True)
class Foreseen:
    """The mails of one morning: those of the round, and the opening mails of what opens on it.

    `besides` are what does not ask sections to answer: of days that moved, of how things stand.
    """

    at: datetime
    mails: tuple[ForeseenMail, ...]
    besides: tuple[ForeseenMail, ...] = ()

    @property
    def everything(self) -> tuple[ForeseenMail, ...]:
        return (*self.mails, *self.besides)


def foresee(workspace: Workspace, wanted: Wanted, *, now: datetime, days_ahead: int) -> Foreseen:
    """What the round of the first working day decides that is `days_ahead` from today, or later.

    The round is decided as the round itself would, were nothing to happen until then. Raises
    NoOffice, UnknownOffice.
    """
    offices = (
        [workspace.office(wanted.office)] if wanted.office else list(workspace.offices.values())
    )
    if not offices:
        raise NoOffice("沒有可用的計畫；請以 dutyflow plan check 檢查")
    at = min(_morning(office, now, days_ahead) for office in offices)
    decided = decide_round(workspace, now=at, wanted=wanted)
    round_mails = (_of_digest(workspace, each, at) for each in decided.digests)
    partly = wanted.duty or wanted.sections  # such a round says nothing of the whole
    return Foreseen(
        at=at,
        mails=(*_openings(workspace, offices, wanted, at), *round_mails),
        besides=() if partly else tuple(_besides(workspace, offices, decided, at)),
    )


def _besides(
    workspace: Workspace, offices: Sequence[OfficePlan], decided: Decided, at: datetime
) -> Iterator[ForeseenMail]:
    for office in offices:
        watch = Watch(workspace=workspace, office=office, now=at)
        dispatches = chain(
            moved_days.letters(workspace, office, now=at),
            morning_summary.letters(watch, _expected(workspace, office, decided)),
            weekly_status.letters(watch),
        )
        for dispatch in filter(None, (_unsent(workspace, each) for each in dispatches)):
            points = (_point(office, dispatch.to, each) for each in dispatch.points)
            yield _mail(dispatch, tuple(points), office, at)


def _expected(workspace: Workspace, office: OfficePlan, decided: Decided) -> Expected:
    """What of the round is new to an office's summary."""
    nags = (nag for digest in decided.digests for nag in digest.nags)
    own = [s for s in decided.silences if s.assignment.startswith(f"{office.office}/")]
    kept = {
        (each.about, each.rung, each.recipient)
        for cycle in {silence.assignment.rpartition("/")[0] for silence in own}
        for each in workspace.ledger.silences.of(cycle)
    }
    return Expected(
        nags=tuple(nag for nag in nags if nag.office == office.office),
        silences=tuple(s for s in own if (s.assignment, s.rung.key, s.person) not in kept),
    )


def _unsent(workspace: Workspace, dispatch: OutgoingMail) -> OutgoingMail | None:
    """The mail without what it is about that its recipient has had; None where that is all."""
    left = [
        place
        for place, point in enumerate(dispatch.points)
        if not any(
            (each.rung, each.recipient, each.state) == (point.rung.key, dispatch.to.email, "sent")
            for each in workspace.ledger.notices.of(about=point.about)
        )
    ]
    return dispatch.only(left) if left else None


def _point(office: OfficePlan, to: Person, about: NoticePoint) -> Point:
    """Whom it is for: one who watches the office, else the section's own people."""
    watchers: dict[Role, Person] = {
        "coordinator": office.contacts.coordinator,
        "director": office.contacts.director,
    }
    section = about.about.split("/")[_SECTION:]
    return Point(
        assignment=about.about,
        office=office.office,
        section="".join(section),
        rung=about.rung,
        reason=about.reason,
        role=next((role for role, person in watchers.items() if person == to), "owner"),
        acting_for=about.acting_for,
    )


def _morning(office: OfficePlan, now: datetime, days_ahead: int) -> datetime:
    """The beginning of work on that day; `now`, if that is later on the day itself."""
    today = in_zone(now, office.zone).date()
    day = office.calendar.roll(today + ONE_DAY * days_ahead, "next")
    return max(now, opening_moment(day, office.zone)).astimezone(UTC)


def _of_digest(workspace: Workspace, digest: Digest, at: datetime) -> ForeseenMail:
    office = workspace.office(digest.offices[0])
    return _mail(write_digest(workspace, digest, now=at), points_of(digest.nags), office, at)


def _mail(
    dispatch: OutgoingMail, points: tuple[Point, ...], office: OfficePlan, at: datetime
) -> ForeseenMail:
    return ForeseenMail(
        day=in_zone(at, office.zone).date(),
        to=dispatch.to,
        content=dispatch.content,
        points=points,
        office=office,
        thread=dispatch.thread,
        threads=dispatch.threads,
        token=dispatch.token,
        attachments=dispatch.attachments,
    )


def _openings(
    workspace: Workspace, offices: Sequence[OfficePlan], wanted: Wanted, at: datetime
) -> Iterator[ForeseenMail]:
    """Of cycles that are to open on the day, and that nobody has opened yet."""
    for office in offices:
        day = in_zone(at, office.zone).date()
        for part in _opening_parts(workspace, office, wanted.duty, day):
            if not wanted.sections or part.goes_by(wanted.sections):
                yield from opening_mails(part, day)


def _opening_parts(
    workspace: Workspace, office: OfficePlan, duty_id: str, day: date
) -> Iterator[Part]:
    opened = {cycle.key for cycle in workspace.ledger.cycles.all(office=office.office)}
    for planned in cycles(office, day - A_YEAR, day + A_YEAR):
        plan = office.of_year(planned.plan_year)
        duty = plan.duty(planned.duty)
        if planned.key in opened or duty_id not in ("", duty.id):
            continue
        if duty.after is not None and approval_before(workspace, office, planned) is None:
            continue
        try:
            cycle = planned_cycle(workspace, office, duty.id, planned.name)
        except NoTimeLeft:  # a person has to open it
            continue
        if cycle.opens == day:
            for section in plan.sections_of(duty):
                yield Part(office=office, plan=plan, duty=duty, cycle=cycle, section=section)
