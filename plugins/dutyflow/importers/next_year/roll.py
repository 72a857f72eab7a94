"""Next year's draft, made from a plan: what stays, what moves, what goes, what a person must check.

Rules stay, as they give each year its own days. What a plan gives by its dates is of its own
year: duties that are done once go, and so do those that come after them; periods given by their
dates move by whole years, which is a guess. The plan's own words are never altered. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from dutyflow.calendars.cycles import Cycle
from dutyflow.calendars.roc import ROC_EPOCH, format_roc, roc_year
from dutyflow.calendars.rules import DateRule, GivenDayRule
from dutyflow.calendars.working_days import WorkingDays
from dutyflow.errors import DutyflowError
from dutyflow.plan.cycles import cycle_of
from dutyflow.plan.dates import chain, periods_of
from dutyflow.plan.model import Duty, Plan
from dutyflow.plan.source import Place, Source, parse
from dutyflow.plan.writing import written_date

from .editing import TextChange, applied, rewritten, without_items
from .mentions import Mention, mentions_of_years

FIRST_CYCLES = 2  # of each duty, shown beside those of the old plan
LAST_YEAR = 999


class NotAfter(DutyflowError):
    """The draft would not come after the plan that it is made from."""


@dataclass(frozen=True, kw_only=True)
class Dropped:
    """A duty that is not carried over: done once, or coming after one that is gone."""

    duty: Duty
    after: Duty | None

    @property
    def because(self) -> str:
        if self.after is not None:
            return f"接續「{self.after.name}」，該項未沿用"
        return "一次性工作（every: once）"


@dataclass(frozen=True, kw_only=True)
class Beside:
    """A duty's first cycles by the draft, each beside that of the old plan's own year."""

    duty: Duty
    pairs: tuple[tuple[Cycle, Cycle], ...]


@dataclass(frozen=True, kw_only=True)
class Rolled:
    """The draft: as a plan, as the text of its file, and how it came about.

    Without any duty left, `plan` is one that the model would refuse; the check of the text says so.
    """

    before: Plan
    plan: Plan
    text: str
    dropped: tuple[Dropped, ...]

    @property
    def years(self) -> int:
        return self.plan.year - self.before.year

    @property
    def moved(self) -> tuple[Duty, ...]:
        """The duties whose dates have been moved by whole years."""
        return tuple(duty for duty in self.plan.duties if duty.is_given)

    @cached_property
    def source(self) -> Source:
        return parse(self.text.encode(), "")

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """Texts that speak of years, which nobody but a person may change."""
        return tuple(mentions_of_years(self.source, self.before.year))

    def never_opened(self, calendar: WorkingDays) -> Iterator[Cycle]:
        """Cycles that the draft gives by their dates, but that open before it takes effect."""
        for duty in self.moved:
            for cycle in _cycles(self.plan, duty, calendar):
                if cycle.opens < self.plan.effective_from:
                    yield cycle

    def first_cycles(self, calendar: WorkingDays) -> Iterator[Beside]:
        for duty in self.plan.duties:
            old = _cycles(self.before, self.before.duty(duty.id), calendar)
            new = _cycles(self.plan, duty, calendar)
            pairs = tuple(zip(old, new, strict=False))[:FIRST_CYCLES]
            yield Beside(duty=duty, pairs=pairs)


def roll(plan: Plan, source: Source, year: int, effective_from: date | None = None) -> Rolled:
    """The draft for that ROC year, from a plan and its file.

    It takes effect on 1 January of its year, if nothing else is said. Raises NotAfter.
    """
    since = effective_from or date(year + ROC_EPOCH, 1, 1)
    _check(plan, year, since)
    dropped = tuple(_dropped(plan))
    gone = {each.duty.id for each in dropped}
    moved = [_moved(duty, year - plan.year) for duty in plan.duties]
    duties = tuple(duty for duty in moved if duty.id not in gone)
    update = {"year": year, "effective_from": since, "duties": duties}
    rolled = plan.model_copy(update=update)
    changes = _changes(plan, source, rolled, moved, dropped)
    return Rolled(before=plan, plan=rolled, text=applied(source.text, changes), dropped=dropped)


def _check(plan: Plan, year: int, since: date) -> None:
    if not plan.year < year <= LAST_YEAR:
        western = f"西元 {year} 年是民國 {year - ROC_EPOCH} 年；" if year > ROC_EPOCH else ""
        raise NotAfter(
            f"{western}最新的計畫是 {plan.year} 年度，草稿的年度要在其後；"
            f"請指定 {plan.year + 1} 以後的民國年度"
        )
    if roc_year(since) not in (year - 1, year) or since <= plan.effective_from:
        raise NotAfter(
            f"{year} 年度的計畫不能自{format_roc(since)}生效：生效日應在 {year - 1} 年或 {year} 年"
            f"，且在 {plan.year} 年度計畫的生效日（{format_roc(plan.effective_from)}）之後"
        )


def _dropped(plan: Plan) -> Iterator[Dropped]:
    for duty in plan.duties:
        links = chain(duty, plan.duties_by_id)
        if links[-1].every == "once":
            yield Dropped(duty=duty, after=links[1] if len(links) > 1 else None)


def _moved(duty: Duty, years: int) -> Duty:
    """The duty with the dates that it is given moved by so many years; by its rules, as it is."""
    if duty.every != "dates":
        return duty
    spans = [
        span.model_copy(update={"start": later(span.start, years), "end": later(span.end, years)})
        for span in duty.dates
    ]
    rules: dict[str, Any] = {name: _moved_rule(rule, years) for name, rule in duty.rules.items()}
    return duty.model_copy(update={**rules, "dates": tuple(spans)})


def _moved_rule(rule: DateRule, years: int) -> DateRule:
    if not isinstance(rule, GivenDayRule):
        return rule
    return rule.model_copy(update={"given": later(rule.given, years)})


def later(day: date, years: int) -> date:
    """The same day so many years later; of 29 February in a common year, the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _changes(
    plan: Plan, source: Source, rolled: Plan, moved: Sequence[Duty], dropped: Sequence[Dropped]
) -> Iterator[TextChange]:
    yield rewritten(source, ("year",), str(rolled.year))
    yield rewritten(source, ("effective_from",), written_date(rolled.effective_from))
    index = {duty.id: number for number, duty in enumerate(plan.duties)}
    notes = {index[each.duty.id]: _note(each, rolled.year) for each in dropped}
    yield from without_items(source, ("duties",), notes)
    for number, duty in enumerate(moved):
        if number not in notes:
            for place, day in _given_dates(duty):
                yield rewritten(source, ("duties", number, *place), written_date(day))


def _note(dropped: Dropped, year: int) -> str:
    return f"{year} 年度未沿用：{dropped.duty.name}（{dropped.duty.id}），{dropped.because}"


def _given_dates(duty: Duty) -> Iterator[tuple[Place, date]]:
    if duty.every != "dates":
        return
    for number, span in enumerate(duty.dates):
        yield ("dates", number, "start"), span.start
        yield ("dates", number, "end"), span.end
    for name, rule in duty.rules.items():
        if isinstance(rule, GivenDayRule):
            yield (name, "date"), rule.given


def _cycles(plan: Plan, duty: Duty, calendar: WorkingDays) -> list[Cycle]:
    """The cycles of the plan's own year, by this plan alone."""
    links = chain(duty, plan.duties_by_id)
    start, end = date(plan.year + ROC_EPOCH, 1, 1), date(plan.year + ROC_EPOCH, 12, 31)
    periods = periods_of(links[-1], plan.year, start, end)
    return [cycle_of(plan, duty, period, calendar) for period in periods]
