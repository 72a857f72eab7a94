"""Print a calendar of planned days, a month to a page, and lists of days and mails.

After the days and the mails, what is tight: each section's load by day, weeks in which holidays
crowd deadlines, sections with nobody to mail.
"""

from __future__ import annotations

from calendar import SUNDAY, Calendar
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from dutyflow.calendars.roc import format_roc, roc_year
from dutyflow.infra.xlsx import measure_columns, save

from . import paper
from .paper import CENTRED, HEADER, OFFICE, PLAIN, TITLE, put, spread

WEEK = "日一二三四五六"
MOST_ENTRIES = 10  # on a day of the calendar, fewer where a month would not fit; the list has all
HEADINGS = (22.0, 30.0, 20.0)  # heights above the weeks, points
NUMBERS = 17.0
SIZE = 8.0
OFF, OUTSIDE = "FFF2F2F2", "FFFAFAFA"
DAY = replace(PLAIN, size=10, bold=True, open_below=True)
ENTRIES = replace(PLAIN, size=SIZE, vertical="top", open_above=True)
LEAST_ROOM = 34.0  # points under a day's number


@dataclass(frozen=True, kw_only=True)
class PlannedDay:
    """One thing that is planned on a day: `填報截止` of `107年上半年 半年自行考核`.

    `short` is how the calendar tells it, in few words.
    """

    day: date
    what: str
    short: str
    title: str
    sections: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class MailRow:
    """A mail that is planned, in the words of the list."""

    day: date
    to: str
    role: str
    reason: str
    about: str
    subject: str


@dataclass(frozen=True, kw_only=True)
class LoadRow:
    """How much one section's people are told of on one day, and how much of it ends then."""

    day: date
    section: str
    mails: int
    assignments: int
    deadlines: int


@dataclass(frozen=True, kw_only=True)
class WeekRow:
    """A week that begins on `start`, in which holidays (`off`) crowd the deadlines."""

    start: date
    office: str
    working_days: int
    off: tuple[date, ...]
    assignments: int
    titles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class UnreachedRow:
    """Something that nobody in a section can be told on a day, and why."""

    day: date
    section: str
    title: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class YearCalendar:
    """All that is printed. `off` are the days from `start` to `end` that are not worked."""

    office: str
    start: date
    end: date
    made_on: date
    entries: tuple[PlannedDay, ...]
    mails: tuple[MailRow, ...]
    off: frozenset[date]
    loads: tuple[LoadRow, ...] = ()
    weeks: tuple[WeekRow, ...] = ()
    unreached: tuple[UnreachedRow, ...] = ()


def year_xlsx(year: YearCalendar) -> bytes:
    """The workbook's bytes: the same for the same calendar."""
    workbook = Workbook()
    measure_columns(workbook)
    workbook.properties.title = paper.printable(f"{year.office} 各期日程")
    workbook.properties.creator = paper.printable(year.office)
    workbook.remove(workbook.worksheets[0])
    _MonthPages(workbook.create_sheet("年曆"), year).write()
    _ListPages(workbook.create_sheet("日程"), year, DAYS).write(_day_rows(year))
    _ListPages(workbook.create_sheet("信件"), year, MAILS).write(_mail_rows(year))
    _ListPages(workbook.create_sheet("每日負荷"), year, LOADS).write(_load_rows(year))
    _ListPages(workbook.create_sheet("連假擁擠"), year, WEEKS).write(_week_rows(year))
    _ListPages(workbook.create_sheet("無人可收信"), year, UNREACHED).write(_unreached_rows(year))
    return save(workbook)


class _MonthPages:
    """A page for each month."""

    def __init__(self, sheet: Worksheet, year: YearCalendar) -> None:
        self._sheet, self._year, self._row = sheet, year, 1
        self._width = paper.WHOLE_WIDTH / 7
        self._mails: dict[date, int] = {}
        for mail in year.mails:
            self._mails[mail.day] = self._mails.get(mail.day, 0) + 1
        self._entries: dict[date, list[PlannedDay]] = {}
        for entry in year.entries:
            self._entries.setdefault(entry.day, []).append(entry)

    def write(self) -> None:
        paper.set_paper(self._sheet, (self._width,) * 7, "預演", self._year.made_on)
        for first in _months(self._year.start, self._year.end):
            self._month(first)
            self._sheet.row_breaks.append(Break(id=self._row - 1))
        self._sheet.print_area = f"A1:G{self._row - 1}"

    def _month(self, first: date) -> None:
        spread(self._sheet, self._row, 1, 7, self._year.office, OFFICE)
        self._next(HEADINGS[0])
        spread(self._sheet, self._row, 1, 7, f"{roc_year(first)}年{first.month}月", TITLE)
        self._next(HEADINGS[1])
        for column, name in enumerate(WEEK, 1):
            put(self._sheet, self._row, column, name, HEADER)
        self._next(HEADINGS[2])
        weeks = Calendar(SUNDAY).monthdatescalendar(first.year, first.month)
        most = self._most_that_fit(weeks, first.month)
        for week in weeks:
            self._week(week, self._texts(week, first.month, most), first.month)

    def _most_that_fit(self, weeks: Sequence[Sequence[date]], month: int) -> int:
        """So many entries of a day can be shown that the month stays on its page."""
        room = paper.ROOM - sum(HEADINGS) - NUMBERS * len(weeks)
        for most in range(MOST_ENTRIES, 1, -1):
            texts = (self._texts(week, month, most) for week in weeks)
            if sum(map(self._height, texts)) <= room:
                return most
        return 1

    def _texts(self, week: Sequence[date], month: int, most: int) -> list[str]:
        return [self._text(day, most) if day.month == month else "" for day in week]

    def _height(self, texts: Sequence[str]) -> float:
        return max(LEAST_ROOM, paper.row_height(texts, [self._width] * 7, SIZE))

    def _week(self, week: Sequence[date], texts: Sequence[str], month: int) -> None:
        for column, (day, text) in enumerate(zip(week, texts, strict=True), 1):
            inside = day.month == month
            fill = (OFF if day in self._year.off else None) if inside else OUTSIDE
            color = paper.RED if day in self._year.off else paper.INK
            number = self._number(day) if inside else ""
            put(self._sheet, self._row, column, number, replace(DAY, fill=fill, color=color))
            put(self._sheet, self._row + 1, column, text, replace(ENTRIES, fill=fill))
        self._next(NUMBERS)
        self._next(self._height(texts))

    def _number(self, day: date) -> str:
        count = self._mails.get(day)
        return f"{day.day}　✉ {count}" if count else str(day.day)

    def _text(self, day: date, most: int) -> str:
        entries = self._entries.get(day, [])
        lines = [each.short for each in entries[:most]]
        if len(entries) > most:
            lines.append(f"…另 {len(entries) - most} 項，見「日程」")
        return "\n".join(lines)

    def _next(self, height: float) -> None:
        self._sheet.row_dimensions[self._row].height = height
        self._row += 1


Columns = Mapping[str, float]  # titles, and their parts of the page's width
DAYS: Columns = {"日期": 2, "事項": 1.6, "定期工作": 4, "組室": 5}
MAILS: Columns = {"日期": 1.9, "收件人": 2, "身分": 1.1, "原因": 2.6, "應辦事項": 2.4, "主旨": 4}

LOADS: Columns = {"日期": 2, "組室": 3, "信件": 1, "應辦事項": 1, "當日截止": 1}
WEEKS: Columns = {"週": 2, "機關": 3, "工作天": 1, "放假": 3, "截止件數": 1, "期別": 5}
UNREACHED: Columns = {"日期": 2, "組室": 2, "定期工作": 3.4, "原因": 6}
NOTHING = "（這段期間沒有）"


class _ListPages:
    """A list with a heading that every page repeats."""

    def __init__(self, sheet: Worksheet, year: YearCalendar, columns: Columns) -> None:
        self._sheet, self._year, self._columns = sheet, year, columns
        whole = sum(columns.values())
        self._widths = tuple(paper.WHOLE_WIDTH * part / whole for part in columns.values())

    def write(self, rows: Iterator[tuple[str, ...]]) -> None:
        sheet, last = self._sheet, len(self._columns)
        paper.set_paper(sheet, self._widths, f"預演：{sheet.title}", self._year.made_on)
        between = f"{format_roc(self._year.start)}至{format_roc(self._year.end)}"
        spread(sheet, 1, 1, last, f"{self._year.office}　{between}", OFFICE)
        sheet.row_dimensions[1].height = 26
        for column, title in enumerate(self._columns, 1):
            put(sheet, 2, column, title, HEADER)
        row = 2
        for row, cells in enumerate(list(rows) or [self._nothing], 3):
            for column, cell in enumerate(cells, 1):
                put(sheet, row, column, cell, CENTRED if column == 1 else PLAIN)
            height = paper.row_height(cells, self._widths)
            sheet.row_dimensions[row].height = max(18.0, height)
        sheet.print_title_rows = "2:2"
        sheet.freeze_panes = "A3"
        sheet.print_area = f"A1:{get_column_letter(last)}{row}"

    @property
    def _nothing(self) -> tuple[str, ...]:
        return (NOTHING, *[""] * (len(self._columns) - 1))


def _day_rows(year: YearCalendar) -> Iterator[tuple[str, ...]]:
    for each in year.entries:
        day = format_roc(each.day, weekday=True)
        yield day, each.what, each.title, "、".join(each.sections)


def _mail_rows(year: YearCalendar) -> Iterator[tuple[str, ...]]:
    for each in year.mails:
        day = format_roc(each.day, weekday=True)
        yield day, each.to, each.role, each.reason, each.about, each.subject


def _load_rows(year: YearCalendar) -> Iterator[tuple[str, ...]]:
    for each in year.loads:
        counts = (f"{each.mails} 封", f"{each.assignments} 件", f"{each.deadlines} 件")
        yield format_roc(each.day, weekday=True), each.section, *counts


def _week_rows(year: YearCalendar) -> Iterator[tuple[str, ...]]:
    for each in year.weeks:
        off = "、".join(format_roc(day, weekday=True) for day in each.off)
        counts = (f"{each.working_days} 天", off, f"{each.assignments} 件")
        yield f"{format_roc(each.start)}起", each.office, *counts, "、".join(each.titles)


def _unreached_rows(year: YearCalendar) -> Iterator[tuple[str, ...]]:
    for each in year.unreached:
        yield format_roc(each.day, weekday=True), each.section, each.title, each.reason


def _months(start: date, end: date) -> Iterator[date]:
    first = start.replace(day=1)
    while first <= end:
        yield first
        year, month = divmod(first.year * 12 + first.month, 12)
        first = date(year, month + 1, 1)
