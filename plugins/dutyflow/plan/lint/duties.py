"""Duties whose parts do not fit together: their measures, their periods, their days. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from dutyflow.calendars.periods import Period
from dutyflow.calendars.roc import ROC_EPOCH, format_roc
from dutyflow.calendars.rules import GivenDayRule, in_order, resolve_all
from dutyflow.calendars.working_days import WorkingDays, days_from
from dutyflow.plan.dates import Duties, chain, days_of, periods_of
from dutyflow.plan.draft import Draft
from dutyflow.plan.ladders import Ladder
from dutyflow.plan.model import Duty, MeasureCovers, Span
from dutyflow.plan.source import Place, Remark
from dutyflow.plan.texts import shown
from dutyflow.plan.words import CHOICE_TITLES, FIELD_TITLES, did_you_mean, listed, titled

YEARS_TRIED = 3  # the plan's own and the two after, each with its own holidays
_NEEDED = {"once": "period", "dates": "dates", "after": "after"}  # by each such `every`


def lint_duties(draft: Draft, calendar: WorkingDays) -> Iterator[Remark]:
    """What does not fit together in the duties of one plan file."""
    duties = {duty.id: duty for duty in draft.duties.values()}
    sound: set[str] = set()
    for index, duty in draft.duties.items():
        place: Place = ("duties", index)
        yield from _covers(place, duty, draft)
        remarks = [
            *_recurrence(place, duty),
            *_opening(place, duty),
            *_after(place, duty, duties, draft),
            *_counting(place, duty),
            *_spans(place, duty, draft.year),
            *_given_days(place, duty, draft.year),
        ]
        yield from remarks
        if not remarks:
            sound.add(duty.id)
    for index, duty in draft.duties.items():
        links = chain(duty, duties)
        if all(each.id in sound for each in links) and links[-1].every != "after":
            yield from _days(("duties", index), links, draft, calendar)


def _covers(place: Place, duty: Duty, draft: Draft) -> Iterator[Remark]:
    here = (*place, "covers")
    if isinstance(duty.covers, MeasureCovers):
        yield from _measures((*here, "measures"), duty.covers.measures, draft)
    elif draft.frequencies and not draft.frequencies.intersection(duty.covers.frequency):
        wanted = listed((titled(each, CHOICE_TITLES) for each in duty.covers.frequency), "或")
        yield Remark(
            place=here,
            found=f"沒有任何具體作法的執行期間是 {wanted}",
            expected="定期工作至少涵蓋一項具體作法",
        )


def _measures(place: Place, measures: tuple[str, ...], draft: Draft) -> Iterator[Remark]:
    known = draft.measure_ids
    for position, measure in enumerate(measures):
        if measure in measures[:position]:
            found, expected, hint = f"具體作法{shown(measure)}重複", "每一項只列一次", ""
        elif known and measure not in known:
            found, expected = f"沒有具體作法{shown(measure)}", "measures 中的編號"
            hint = did_you_mean(measure, known, {})
        else:
            continue
        yield Remark(place=(*place, position), found=found, expected=expected, hint=hint)


def _recurrence(place: Place, duty: Duty) -> Iterator[Remark]:
    every = titled(duty.every, CHOICE_TITLES)
    given = {"period": duty.period, "dates": duty.dates, "after": duty.after}
    for code, field in _NEEDED.items():
        name = titled(field, FIELD_TITLES)
        if code == duty.every and not given[field]:
            yield Remark(
                place=(*place, "every"),
                found=f"週期為 {every}，沒有寫 {name}",
                expected=f"寫出 {name}",
            )
        if code != duty.every and given[field]:
            yield Remark(
                place=(*place, field),
                found=f"週期為 {every}，卻寫了 {name}",
                expected=f"{name} 只用於 every: {code}",
            )


def _opening(place: Place, duty: Duty) -> Iterator[Remark]:
    if duty.opens is None and duty.unannounced is None:
        yield Remark(place=place, found="缺少 opens（開始填報）", expected="寫出這個欄位")
    if duty.unannounced is None:
        return
    here = (*place, "unannounced")
    if duty.opens is not None:
        yield Remark(
            place=here,
            found="既寫了 opens（開始填報），又寫了 unannounced（不預告）",
            expected="只寫其中一個：不預告者的開始填報日由抽籤決定",
        )
    if duty.every == "after":
        yield Remark(
            place=here,
            found="接續另一項工作，卻寫了 unannounced（不預告）",
            expected="接續者於前項核定後開始，無從不預告",
        )


def _after(place: Place, duty: Duty, duties: Duties, draft: Draft) -> Iterator[Remark]:
    if duty.every != "after" or not duty.after:
        return
    here, known = (*place, "after"), draft.duty_names
    links = chain(duty, duties)
    if duty.after not in known:
        yield Remark(
            place=here,
            found=f"沒有定期工作{shown(duty.after)}",
            expected=listed(titled(each, known) for each in known),
            hint=did_you_mean(duty.after, known, known),
        )
    elif links[-1].after == duty.id and duty == next(d for d in duties.values() if d in links):
        circle = "，".join(f"{each.id} 接續 {each.after}" for each in links)
        yield Remark(place=here, found=circle, expected="不互相接續")


def _counting(place: Place, duty: Duty) -> Iterator[Remark]:
    """Rules that count from what is not there, or from each other."""
    known = {"period_start", "period_end"}
    if duty.unannounced is not None:
        known.add("opens")
    if duty.every == "after":
        known.add("approval")
    unapproved = [name for name, rule in duty.rules.items() if rule.anchor == "approval"]
    if duty.every != "after" and unapproved:
        yield Remark(
            place=(*place, unapproved[0]),
            found=f"{listed(map(_day, unapproved))}由 approval（核定）起算",
            expected="approval 只用於 every: after",
        )
        return
    if duty.opens is None and duty.unannounced is None:
        return  # told already; nothing can count from it
    ordered = in_order(duty.rules, known)
    circle = {name: rule for name, rule in duty.rules.items() if name not in ordered}
    if circle:
        told = "，".join(
            f"{_day(name)}由{CHOICE_TITLES[rule.anchor]}起算" for name, rule in circle.items()
        )
        yield Remark(place=(*place, next(iter(circle))), found=told, expected="不互相起算")


def _spans(place: Place, duty: Duty, year: int | None) -> Iterator[Remark]:
    """Periods given by their dates that cannot be, are not of the plan's year, or overlap."""
    spans = _placed_spans(place, duty)
    for here, span in spans.items():
        told = f"{format_roc(span.start)}至{format_roc(span.end)}"
        if span.start > span.end:
            yield Remark(place=here, found=f"起訖為{told}", expected="起日不晚於迄日")
        elif year is not None and not _of_year(span, year):
            yield Remark(
                place=here,
                found=f"{year} 年度計畫的期間為{told}",
                expected=f"與 {year} 年重疊，且在 {year - 1} 年至 {year + 1} 年之內的期間",
            )
    yield from _overlaps(spans)
    names: dict[str, Place] = {}
    for number, each in enumerate(duty.dates):
        here = (*place, "dates", number)
        if each.name in names:
            found = f"各期名稱{shown(each.name)}重複"
            yield Remark(place=here, found=found, expected="各期名稱不同", see=names[each.name])
        names.setdefault(each.name, here)


def _overlaps(spans: Mapping[Place, Span]) -> Iterator[Remark]:
    latest: tuple[Place, Span] | None = None
    for here, span in sorted(spans.items(), key=lambda item: item[1].start):
        if span.start > span.end:
            continue
        if latest is not None and span.start <= latest[1].end:
            both = f"{format_roc(span.start)}至{format_roc(min(span.end, latest[1].end))}"
            found = f"{both}同時在兩期之內"
            yield Remark(place=here, found=found, expected="各期不重疊", see=latest[0])
        if latest is None or span.end > latest[1].end:
            latest = (here, span)


def _given_days(place: Place, duty: Duty, year: int | None) -> Iterator[Remark]:
    for name, rule in duty.rules.items():
        if not isinstance(rule, GivenDayRule):
            continue
        if not duty.is_given:
            yield Remark(
                place=(*place, name),
                found=f"{_day(name)}每一期都是{format_roc(rule.given)}",
                expected="date 只用於 every: once 或 dates；其他請寫 month、day 等規則",
            )
        elif year is not None and abs(rule.given.year - ROC_EPOCH - year) > 1:
            yield Remark(
                place=(*place, name),
                found=f"{year} 年度計畫的{_day(name)}為{format_roc(rule.given)}",
                expected=f"{year - 1} 年至 {year + 1} 年的日期",
            )


def _placed_spans(place: Place, duty: Duty) -> dict[Place, Span]:
    if duty.every == "once" and duty.period is not None:
        return {(*place, "period"): duty.period}
    if duty.every == "dates":
        return {(*place, "dates", number): span for number, span in enumerate(duty.dates)}
    return {}


def _of_year(span: Span, year: int) -> bool:
    first, last = span.start.year - ROC_EPOCH, span.end.year - ROC_EPOCH
    return year - 1 <= first <= year <= last <= year + 1


def _days(place: Place, links: list[Duty], draft: Draft, calendar: WorkingDays) -> Iterator[Remark]:
    """The first cycle of the years tried whose days are in no order that can be kept."""
    if draft.year is None:
        return
    duty, office = links[0], draft.office.id if draft.office is not None else ""
    start = date(draft.year + ROC_EPOCH, 1, 1)
    end = date(draft.year + ROC_EPOCH + YEARS_TRIED - 1, 12, 31)
    openings = []
    for period in periods_of(links[-1], draft.year, start, end):
        possible = list(_possible_days(links, period, office, calendar))
        if not possible:
            found = f"{period.title}的期間內沒有工作天"
            yield Remark(place=(*place, "unannounced"), found=found, expected="至少一個工作天可抽")
            return
        for days in possible:
            problem = _wrong_order(duty, draft.ladder_of(duty), days, calendar)
            if problem is not None:
                field, found, expected = problem
                found = f"{period.title}的{found}"
                yield Remark(place=(*place, field), found=found, expected=expected)
                return
            openings.append(days["opens"])
    if duty.is_given and draft.effective_from is not None and max(openings) < draft.effective_from:
        yield Remark(
            place=(*place, _NEEDED[duty.every]),
            found=f"各期都在計畫生效（{format_roc(draft.effective_from)}）之前開始填報，永不開辦",
            expected="至少一期在生效日以後開始填報",
        )


def _possible_days(
    links: list[Duty], period: Period, office: str, calendar: WorkingDays
) -> Iterator[Mapping[str, date]]:
    """The days of a period; of an unannounced duty, for each day that may be drawn."""
    duty = links[0]
    if duty.unannounced is None:
        yield days_of(links, period, office, calendar)
        return
    for day in filter(calendar.is_working, days_from(period.start, period.end)):
        known = {"period_start": period.start, "period_end": period.end, "opens": day}
        yield resolve_all(duty.rules, known, calendar)


def _wrong_order(
    duty: Duty, ladder: Ladder | None, days: Mapping[str, date], calendar: WorkingDays
) -> tuple[str, str, str] | None:
    """The field to change, what was found and what expected; None where the days are in order."""
    opening = "unannounced" if duty.unannounced is not None else "opens"
    opens, collect_by, report_due = (
        f"{_day(name)}是{format_roc(days[name], weekday=True)}"
        for name in ("opens", "collect_by", "report_due")
    )
    approval = days.get("approval")
    if approval is not None and days["opens"] < approval:
        before = f"{opens}，所接續之 {duty.after} 預定{format_roc(approval, weekday=True)}核定"
        return "opens", before, "開始填報不早於核定"
    if days["opens"] >= days["collect_by"]:
        return opening, f"{opens}，{collect_by}", "開始填報早於填報截止"
    if days["collect_by"] > days["report_due"]:
        return "report_due", f"{collect_by}，{report_due}", "填報截止不晚於彙整表期限"
    time = calendar.between(days["opens"], days["collect_by"])
    needed = max(1, ladder.days_needed if ladder is not None else 1)
    if ladder is not None and time < needed:
        found = f"{opens}，{collect_by}，其間有 {time} 個工作天"
        named = titled(ladder.id, {ladder.id: ladder.name})
        expected = f"至少 {needed} 個工作天：{named}的第一次稽催在截止前 {needed} 個工作天"
        return "collect_by", found, expected
    return None


def _day(name: str) -> str:
    return f"{FIELD_TITLES[name]}（{name}）"
