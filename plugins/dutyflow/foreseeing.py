"""預覽: what would go out on the next working day, with the ledger as it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain

from . import informing, posting, summarising, weekly
from .calendars.cycles import opening_moment
from .calendars.roc import in_zone
from .calendars.working_days import ONE_DAY
from .errors import DutyflowError
from .nagging.digests import Digest
from .plan.cycles import NoTimeLeft, cycles
from .plan.ladders import Role
from .plan.model import Person
from .plan.office import OfficePlan
from .planned import approval_before, planned_cycle
from .posting import Dispatch
from .rehearsing.mails import ForeseenMail, Point, points_of
from .rehearsing.parts import Part
from .rehearsing.play import A_YEAR, opening_mails
from .reminding import write_digest
from .rounds import Decided, Wanted, decide_round
from .summarising import Expected
from .watching import Watch
from .workspace import Workspace

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


def foresee(desk: Workspace, wanted: Wanted, *, now: datetime, days_ahead: int) -> Foreseen:
    """What the round of the first working day decides that is `days_ahead` from today, or later.

    The round is decided as the round itself would, were nothing to happen until then. Raises
    NoOffice, UnknownOffice.
    """
    offices = [desk.office(wanted.office)] if wanted.office else list(desk.offices.values())
    if not offices:
        raise NoOffice("沒有可用的計畫；請以 dutyflow plan check 檢查")
    at = min(_morning(office, now, days_ahead) for office in offices)
    decided = decide_round(desk, now=at, wanted=wanted)
    round_mails = (_of_digest(desk, each, at) for each in decided.digests)
    partly = wanted.duty or wanted.sections  # such a round says nothing of the whole
    return Foreseen(
        at=at,
        mails=(*_openings(desk, offices, wanted, at), *round_mails),
        besides=() if partly else tuple(_besides(desk, offices, decided, at)),
    )


def _besides(
    desk: Workspace, offices: Sequence[OfficePlan], decided: Decided, at: datetime
) -> Iterator[ForeseenMail]:
    for office in offices:
        watch = Watch(desk=desk, office=office, now=at)
        dispatches = chain(
            informing.letters(desk, office, now=at),
            summarising.letters(watch, _expected(desk, office, decided)),
            weekly.letters(watch),
        )
        for dispatch in filter(None, (_unsent(desk, each) for each in dispatches)):
            points = (_point(office, dispatch.to, each) for each in dispatch.points)
            yield _mail(dispatch, tuple(points), office, at)


def _expected(desk: Workspace, office: OfficePlan, decided: Decided) -> Expected:
    """What of the round is new to an office's summary."""
    nags = (nag for digest in decided.digests for nag in digest.nags)
    own = [s for s in decided.silences if s.assignment.startswith(f"{office.office}/")]
    kept = {
        (each.about, each.rung, each.recipient)
        for cycle in {silence.assignment.rpartition("/")[0] for silence in own}
        for each in desk.ledger.silences.of(cycle)
    }
    return Expected(
        nags=tuple(nag for nag in nags if nag.office == office.office),
        silences=tuple(s for s in own if (s.assignment, s.rung, s.person) not in kept),
    )


def _unsent(desk: Workspace, dispatch: Dispatch) -> Dispatch | None:
    """The mail without what it is about that its recipient has had; None where that is all."""
    left = [
        place
        for place, point in enumerate(dispatch.points)
        if not any(
            (each.rung, each.recipient, each.state) == (point.rung, dispatch.to.email, "sent")
            for each in desk.ledger.notices.of(about=point.about)
        )
    ]
    return dispatch.only(left) if left else None


def _point(office: OfficePlan, to: Person, point: posting.Point) -> Point:
    """Whom it is for: one who watches the office, else the section's own people."""
    watchers: dict[Role, Person] = {
        "coordinator": office.contacts.coordinator,
        "director": office.contacts.director,
    }
    section = point.about.split("/")[_SECTION:]
    return Point(
        assignment=point.about,
        office=office.office,
        section="".join(section),
        rung=point.rung,
        reason=point.reason,
        role=next((role for role, person in watchers.items() if person == to), "owner"),
        acting_for=point.acting_for,
    )


def _morning(office: OfficePlan, now: datetime, days_ahead: int) -> datetime:
    """The beginning of work on that day; `now`, if that is later on the day itself."""
    today = in_zone(now, office.zone).date()
    day = office.calendar.roll(today + ONE_DAY * days_ahead, "next")
    return max(now, opening_moment(day, office.zone)).astimezone(UTC)


def _of_digest(desk: Workspace, digest: Digest, at: datetime) -> ForeseenMail:
    office = desk.office(digest.offices[0])
    return _mail(write_digest(desk, digest, now=at), points_of(digest.nags), office, at)


def _mail(
    dispatch: Dispatch, points: tuple[Point, ...], office: OfficePlan, at: datetime
) -> ForeseenMail:
    return ForeseenMail(
        day=in_zone(at, office.zone).date(),
        to=dispatch.to,
        content=dispatch.content,
        points=points,
        mailbox=office.contacts.mailbox,
        thread=dispatch.thread,
        threads=dispatch.threads,
        token=dispatch.token,
        attachments=dispatch.attachments,
    )


def _openings(
    desk: Workspace, offices: Sequence[OfficePlan], wanted: Wanted, at: datetime
) -> Iterator[ForeseenMail]:
    """Of cycles that are to open on the day, and that nobody has opened yet."""
    for office in offices:
        day = in_zone(at, office.zone).date()
        for part in _opening_parts(desk, office, wanted.duty, day):
            if not wanted.sections or part.goes_by(wanted.sections):
                yield from opening_mails(part, day)


def _opening_parts(desk: Workspace, office: OfficePlan, duty_id: str, day: date) -> Iterator[Part]:
    opened = {cycle.key for cycle in desk.ledger.cycles.all(office=office.office)}
    for planned in cycles(office, day - A_YEAR, day + A_YEAR):
        plan = office.of_year(planned.plan_year)
        duty = plan.duty(planned.duty)
        if planned.key in opened or duty_id not in ("", duty.id):
            continue
        if duty.after is not None and approval_before(desk, office, planned) is None:
            continue
        try:
            cycle = planned_cycle(desk, office, duty.id, planned.name)
        except NoTimeLeft:  # a person has to open it
            continue
        if cycle.opens == day:
            for section in plan.sections_of(duty):
                yield Part(office=office, plan=plan, duty=duty, cycle=cycle, section=section)
