"""預覽: what would go out on the next working day, with the ledger as it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from .calendars.cycles import opening_moment
from .calendars.roc import in_zone
from .calendars.working_days import ONE_DAY
from .errors import DutyflowError
from .nagging.digests import Digest
from .plan.cycles import NoTimeLeft, cycles
from .plan.office import OfficePlan
from .planned import approval_before, planned_cycle
from .rehearsing.mails import ForeseenMail, points_of
from .rehearsing.play import A_YEAR, Part, opening_mails
from .reminding import write_digest
from .rounds import Wanted, decide_round
from .workspace import Workspace


class NoOffice(DutyflowError):
    """There is no office whose plan can be used."""


@dataclass(frozen=True, kw_only=True)
class Foreseen:
    """The mails of one morning: those of the round, and the opening mails of what opens on it."""

    at: datetime
    mails: tuple[ForeseenMail, ...]


def foresee(desk: Workspace, wanted: Wanted, *, now: datetime, days_ahead: int) -> Foreseen:
    """What the round of the first working day decides that is `days_ahead` from today, or later.

    The round is decided as the round itself would, were nothing to happen until then. Raises
    NoOffice, UnknownOffice.
    """
    offices = [desk.office(wanted.office)] if wanted.office else list(desk.offices.values())
    if not offices:
        raise NoOffice("沒有可用的計畫；請以 dutyflow plan check 檢查")
    at = min(_morning(office, now, days_ahead) for office in offices)
    round_mails = (
        _mail(desk, each, at) for each in decide_round(desk, now=at, wanted=wanted).digests
    )
    return Foreseen(at=at, mails=(*_openings(desk, offices, wanted, at), *round_mails))


def _morning(office: OfficePlan, now: datetime, days_ahead: int) -> datetime:
    """The beginning of work on that day; `now`, if that is later on the day itself."""
    today = in_zone(now, office.zone).date()
    day = office.calendar.roll(today + ONE_DAY * days_ahead, "next")
    return max(now, opening_moment(day, office.zone)).astimezone(UTC)


def _mail(desk: Workspace, digest: Digest, at: datetime) -> ForeseenMail:
    dispatch = write_digest(desk, digest, now=at)
    office = desk.office(digest.offices[0])
    return ForeseenMail(
        day=in_zone(at, office.zone).date(),
        to=digest.to,
        content=dispatch.content,
        points=points_of(digest.nags),
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
