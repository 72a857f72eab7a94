"""When the round goes: at 08:30 in Taipei, on each day on which an office works.

What keeps a single office from working on such a day, the round sees for itself.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pendulum
from airflow.timetables.base import DagRunInfo, DataInterval, TimeRestriction, Timetable

log = logging.getLogger(__name__)

TAIPEI = ZoneInfo("Asia/Taipei")
MORNING = time(8, 30)
ONE_DAY = timedelta(days=1)
DAYS_AHEAD = 60  # no holiday is longer

Works = Callable[[date], bool]


class WorkingMornings(Timetable):
    """One run for each morning. After an outage without catch-up, the last that was missed.

    The calendars are asked at each look, so a closure counts from the next look on; nothing is
    computed while a DAG file is parsed.
    """

    description = "每個工作天 08:30"

    @property
    def summary(self) -> str:
        return self.description

    def infer_manual_data_interval(self, *, run_after: pendulum.DateTime) -> DataInterval:
        return DataInterval.exact(run_after)

    def next_dagrun_info(
        self,
        *,
        last_automated_data_interval: DataInterval | None,
        restriction: TimeRestriction,
    ) -> DagRunInfo | None:
        last = last_automated_data_interval.end if last_automated_data_interval else None
        try:
            found = self._next(last, restriction, now=pendulum.now("UTC"))
        except Exception:
            # An exception here would end the scheduler, and with it every office's duties.
            log.exception("no next morning can be told")
            return None
        return DagRunInfo.exact(pendulum.instance(found).in_tz("UTC")) if found else None

    def _next(
        self, last: datetime | None, restriction: TimeRestriction, now: datetime
    ) -> datetime | None:
        from .plans import working_day_of_any_office

        works = working_day_of_any_office()
        first = restriction.earliest or now
        if not restriction.catchup:
            first = max(first, _previous(now, works))
        found = _following(first - timedelta(microseconds=1), works)
        if last is not None and found <= last:
            found = _following(last, works)
        too_late = restriction.latest is not None and found > restriction.latest
        return None if too_late else found


def _previous(moment: datetime, works: Works) -> datetime:
    """The last morning that is not after a moment."""
    return _search(moment, works, -ONE_DAY, lambda morning: morning <= moment)


def _following(moment: datetime, works: Works) -> datetime:
    """The first morning after a moment."""
    return _search(moment, works, ONE_DAY, lambda morning: morning > moment)


def _search(
    moment: datetime, works: Works, step: timedelta, fits: Callable[[datetime], bool]
) -> datetime:
    day: date = moment.astimezone(TAIPEI).date()
    for _ in range(DAYS_AHEAD):
        morning = datetime.combine(day, MORNING, TAIPEI)
        if fits(morning) and works(day):
            return morning
        day += step
    raise LookupError(f"no working day within {DAYS_AHEAD} days of {moment}")
