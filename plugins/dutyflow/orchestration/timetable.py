"""When a duty's runs begin: on the opening day of each of its cycles, at 08:30.

A duty that comes after another has no runs of its own accord: the other's approval opens it.

The timetable asks the plan at every look, so a new plan or closure counts from the next look on.
Airflow's scheduler and DAG processor look; nothing is computed while a DAG file is parsed.
"""

from __future__ import annotations

import logging
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pendulum
from airflow.timetables.base import DagRunInfo, DataInterval, TimeRestriction, Timetable

if TYPE_CHECKING:
    from dutyflow.calendars.cycles import Cycle
    from dutyflow.plan.office import OfficePlan

log = logging.getLogger(__name__)

SCHEDULED = "scheduled"
ONE_DAY = timedelta(days=1)
A_YEAR = timedelta(days=366)
YEARS_AHEAD = 3  # how far to look for a next cycle before saying that there is none


class DutyTimetable(Timetable):
    """One run for each cycle, named `scheduled__107H1`: Airflow reserves that name for schedules.

    The start of a run's data interval tells of which period it is, even when a closure has since
    moved its opening day. Without catch-up, the first run is the earliest cycle whose cut-off is
    still to come.
    """

    def __init__(self, office: str, duty: str, summary: str = "", words: str = "") -> None:
        """`summary` and `words` are what Airflow shows: by when in one phrase, and all days."""
        self.office = office
        self.duty = duty
        self._summary = summary
        self.description = words

    def serialize(self) -> dict[str, Any]:
        told = {"office": self.office, "duty": self.duty}
        return {**told, "summary": self._summary, "words": self.description}

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> DutyTimetable:
        return cls(**data)

    @property
    def summary(self) -> str:
        return self._summary

    def infer_manual_data_interval(self, *, run_after: pendulum.DateTime) -> DataInterval:
        return DataInterval.exact(run_after)

    def next_dagrun_info(
        self,
        *,
        last_automated_data_interval: DataInterval | None,
        restriction: TimeRestriction,
    ) -> DagRunInfo | None:
        after = last_automated_data_interval.start if last_automated_data_interval else None
        try:
            return self._next(after, restriction, now=pendulum.now("UTC"))
        except Exception:
            # An exception here would end the scheduler, and with it every office's duties. The
            # DAG processor asks again within seconds, and shows what is wrong with the plan.
            log.exception("no next run can be told for %s/%s", self.office, self.duty)
            return None

    def generate_run_id(
        self,
        *,
        run_type: Any,
        run_after: pendulum.DateTime,
        data_interval: DataInterval | None,
        **extra: Any,
    ) -> str:
        kind = getattr(run_type, "value", str(run_type))
        if kind == SCHEDULED and data_interval is not None:
            try:
                return f"{kind}__{self.cycle_starting(data_interval.start).name}"
            except Exception:
                # The cycle is gone since the run was planned. An exception would end the scheduler;
                # a run of another name fails, and says why.
                log.exception("no cycle of %s/%s is known for a run", self.office, self.duty)
        run_id: str = super().generate_run_id(
            run_type=run_type, run_after=run_after, data_interval=data_interval, **extra
        )
        return run_id

    def _next(
        self, after: datetime | None, restriction: TimeRestriction, now: datetime
    ) -> DagRunInfo | None:
        from dutyflow.calendars.cycles import cut_off

        first, last = self._day(restriction.earliest), self._day(restriction.latest)
        for cycle in self._following(after, restriction, now):
            if last is not None and cycle.period_start > last:
                return None
            too_early = first is not None and cycle.period_start < first
            too_late = not restriction.catchup and cut_off(cycle.collect_by, self._zone) <= now
            if not (too_early or too_late):
                return self._run(cycle)
        return None

    def _following(
        self, last: datetime | None, restriction: TimeRestriction, now: datetime
    ) -> list[Cycle]:
        """The cycles that open after the last that was run, in their order."""
        earliest = max(filter(None, (last, restriction.earliest)), default=now)
        if not restriction.catchup:
            earliest = max(earliest, now - A_YEAR)
        if last is None:
            return self._cycles_from(earliest)
        # Where a plan replaces another, a later period may open before an earlier one.
        found = self._cycles_from(earliest - A_YEAR)
        position = self._position(last, found)
        if position is not None:
            return found[position + 1 :]
        return [cycle for cycle in found if cycle.period_start > self._period_start(last)]

    def _position(self, start: datetime, found: list[Cycle]) -> int | None:
        """Which of the cycles a run's data interval with that start is about.

        Where a plan gave a duty another rhythm, two periods may start on one day.
        """
        day = self._period_start(start)
        same = [index for index, cycle in enumerate(found) if cycle.period_start == day]
        exact = [index for index in same if self._start_of(found[index]) == start]
        return max(exact or same, default=None)

    def _cycles_from(self, moment: datetime) -> list[Cycle]:
        from dutyflow.plan.cycles import cycles

        day = moment.astimezone(self._zone).date()
        plans = self._plans
        found = cycles(plans, day, day + A_YEAR * YEARS_AHEAD, self.duty)
        return [c for c in found if plans.of_year(c.plan_year).duty(self.duty).after is None]

    def cycle_starting(self, moment: datetime) -> Cycle:
        """The cycle of a run whose data interval starts then. Raises LookupError."""
        day = datetime.combine(self._period_start(moment), time.min, self._zone)
        found = self._cycles_from(day)
        position = self._position(moment, found)
        if position is None:
            raise LookupError(f"no cycle starts at {moment}")
        return found[position]

    def _run(self, cycle: Cycle) -> DagRunInfo:
        from dutyflow.calendars.cycles import opening_moment

        at = pendulum.instance(opening_moment(cycle.opens, self._zone)).in_tz("UTC")
        return DagRunInfo(
            run_after=at, data_interval=DataInterval(start=self._start_of(cycle), end=at)
        )

    def _start_of(self, cycle: Cycle) -> pendulum.DateTime:
        """The start of the cycle's period; of a cycle that opens before, the day on which it does.

        Airflow starts no run before its data interval does. The seconds after midnight are then
        the days until the period starts, by which `_period_start` finds it.
        """
        early = max(0, (cycle.period_start - cycle.opens).days)
        midnight = datetime.combine(cycle.period_start - ONE_DAY * early, time.min, self._zone)
        return pendulum.instance(midnight + timedelta(seconds=early)).in_tz("UTC")

    def _day(self, moment: datetime | None) -> date | None:
        """A day at the office: who asks for cycles "from 1 January" means midnight nowhere else."""
        return moment.astimezone(self._zone).date() if moment is not None else None

    def _period_start(self, moment: datetime) -> date:
        local = moment.astimezone(self._zone)
        seconds = local.hour * 3600 + local.minute * 60 + local.second
        return local.date() + ONE_DAY * seconds

    @property
    def _plans(self) -> OfficePlan:
        from .plans import office_named

        return office_named(self.office)

    @cached_property
    def _zone(self) -> ZoneInfo:
        return self._plans.zone
