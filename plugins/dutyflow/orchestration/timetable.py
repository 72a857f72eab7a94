"""When a duty's runs begin: on the opening day of each of its cycles, at 08:30.

The timetable asks the plan at every look, so a new plan or closure counts from the next look on.
Airflow's scheduler and DAG processor look; nothing is computed while a DAG file is parsed.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pendulum
from airflow.timetables.base import DagRunInfo, DataInterval, TimeRestriction, Timetable

if TYPE_CHECKING:
    from dutyflow.calendars.cycles import Cycle
    from dutyflow.plan.office import OfficePlan

log = logging.getLogger(__name__)

RUN_TYPES = ("scheduled", "backfill")
YEARS_AHEAD = 3  # how far to look for a next cycle before saying that there is none


class DutyTimetable(Timetable):
    """One run for each cycle, named `scheduled__107H1`: Airflow reserves that name for schedules.

    A run's data interval starts with its period, which identifies the cycle even when a closure
    has since moved its opening day. Without catch-up, the first run is the earliest cycle whose
    cut-off is still to come.
    """

    description = "依執行計畫各期別的開啟日"

    def __init__(self, office: str, duty: str, summary: str = "") -> None:
        self.office = office
        self.duty = duty
        self._summary = summary

    def serialize(self) -> dict[str, Any]:
        return {"office": self.office, "duty": self.duty, "summary": self._summary}

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
        if kind in RUN_TYPES and data_interval is not None:
            return f"{kind}__{self._cycle_starting(data_interval.start).name}"
        run_id: str = super().generate_run_id(
            run_type=run_type, run_after=run_after, data_interval=data_interval, **extra
        )
        return run_id

    def _next(
        self, after: datetime | None, restriction: TimeRestriction, now: datetime
    ) -> DagRunInfo | None:
        from dutyflow.calendars.cycles import cut_off

        earliest = max(filter(None, (after, restriction.earliest)), default=now)
        if not restriction.catchup:
            earliest = max(earliest, now - timedelta(days=366))
        for cycle in self._cycles_from(earliest):
            start = self._start_of(cycle)
            if restriction.latest is not None and start > restriction.latest:
                return None
            too_early = restriction.earliest is not None and start < restriction.earliest
            gone_by = after is not None and start <= after
            too_late = not restriction.catchup and cut_off(cycle.collect_by, self._zone) <= now
            if not (too_early or gone_by or too_late):
                return self._run(cycle)
        return None

    def _cycles_from(self, moment: datetime) -> Iterator[Cycle]:
        from dutyflow.plan.cycles import cycles

        day = moment.astimezone(self._zone).date()
        return cycles(self._plans, day, day + timedelta(days=366 * YEARS_AHEAD), self.duty)

    def _cycle_starting(self, moment: datetime) -> Cycle:
        found = self._cycles_from(moment)
        return next(cycle for cycle in found if self._start_of(cycle) == moment)

    def _run(self, cycle: Cycle) -> DagRunInfo:
        from dutyflow.calendars.cycles import opening_moment

        at = pendulum.instance(opening_moment(cycle.opens, self._zone)).in_tz("UTC")
        return DagRunInfo(
            run_after=at, data_interval=DataInterval(start=self._start_of(cycle), end=at)
        )

    def _start_of(self, cycle: Cycle) -> pendulum.DateTime:
        """The start of the cycle's period; of the one before, for a cycle that opens before its
        period begins, since Airflow starts no run before its data interval does."""
        from dutyflow.calendars.periods import period_named, period_of

        period = period_named(cycle.name)
        if cycle.opens < period.start:
            period = period_of(period.every, period.start - timedelta(days=1))
        first = datetime.combine(period.start, time.min, self._zone)
        return pendulum.instance(first).in_tz("UTC")

    @property
    def _plans(self) -> OfficePlan:
        from .plans import office_named

        return office_named(self.office)

    @cached_property
    def _zone(self) -> ZoneInfo:
        return self._plans.zone
