"""What those who keep an eye on an office are told: each morning, each week, and when a decision
is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from dutyflow.calendars.roc import format_roc
from dutyflow.plan.ladders import Tone
from dutyflow.plan.model import Person

from .contexts import Content, Deadline

SHOWN = 12  # lines under one heading
BAR = 10  # characters of a bar in plain text


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A report that waits for a decision (核定). `due` is the day on which it must be delivered."""

    title: str
    version: int
    due: Deadline
    why: str
    tone: Tone = "plain"

    @property
    def line(self) -> str:
        return f"{self.title}（第 {self.version} 版）：{self.due.title}前報送，{self.due.remaining}"


@dataclass(frozen=True, kw_only=True)
class Late:
    """What a section has not answered in time."""

    title: str
    section: str
    deadline: Deadline

    @property
    def line(self) -> str:
        since = f"{self.deadline.title}截止，{self.deadline.remaining}"
        return f"{self.section}：{self.title}，{since}"


def went_out(section: str, steps: Mapping[str, int]) -> str:
    """`電費組：首次通知 1 封、今日截止 2 封`."""
    return f"{section}：" + "、".join(f"{step} {count} 封" for step, count in steps.items())


def silent(whose: str, recipient: str, reason: str) -> str:
    """Who was told nothing of what, and why; `recipient` is "" where it was nobody."""
    who = f"（{recipient}）" if recipient else ""
    return f"{whose}{who}：{reason}"


@dataclass(frozen=True, kw_only=True)
class Part:
    """One heading of a summary, with its lines; the `pressing` ones want something done."""

    title: str
    lines: tuple[str, ...]
    pressing: bool = False

    @property
    def shown(self) -> tuple[str, ...]:
        return self.lines[:SHOWN]

    @property
    def more(self) -> int:
        return len(self.lines) - len(self.shown)


@dataclass(frozen=True, kw_only=True)
class Summary(Content):
    """晨間摘要: how an office stands, for its coordinator. The most urgent stands first.

    `asked` are requests for more time that wait for somebody's decision, `granted` those that were
    granted since the summary before. `troubles` are mails that did not arrive and sections that
    nobody could be told for; `strays` is what came in and waits to be assigned, at the address
    `page`; `doubts` are answers that look odd, but count. What `went_out` and `came_in` is since
    the summary before. `unreached` are mailboxes that have not been read for long.
    """

    template: ClassVar[str] = "summary"

    office: str
    day: date
    waiting: tuple[Waiting, ...] = ()
    asked: tuple[str, ...] = ()
    granted: tuple[str, ...] = ()
    late: tuple[Late, ...] = ()
    unreached: tuple[str, ...] = ()
    troubles: tuple[str, ...] = ()
    strays: tuple[str, ...] = ()
    page: str = ""
    came_in: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    went_out: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()

    def only(self, lines: Sequence[int]) -> Summary:  # noqa: ARG002 - it is one thing
        return self

    @property
    def parts(self) -> tuple[Part, ...]:
        """What there is to say, without what there is not."""
        every = (
            Part(title="等您核定", lines=tuple(each.line for each in self.waiting), pressing=True),
            Part(title="展期等候核示", lines=self.asked, pressing=True),
            Part(title="收件信箱無法讀取", lines=self.unreached, pressing=True),
            Part(title="信件沒有送到，或組室無人可收信", lines=self.troubles, pressing=True),
            Part(title="收件待認領", lines=self.strays, pressing=True),
            Part(title="逾期未報", lines=tuple(each.line for each in self.late), pressing=True),
            Part(title="收到的填報", lines=self.came_in),
            Part(title="核准的展期", lines=self.granted),
            Part(title="填報內容存疑，已照收", lines=self.doubts),
            Part(title="寄出的通知", lines=self.went_out),
            Part(title="今天沒有通知的人", lines=self.silent),
        )
        return tuple(part for part in every if part.lines)

    @property
    def pressing(self) -> bool:
        return any(part.pressing for part in self.parts)

    @property
    def headline(self) -> tuple[str, ...]:
        counts = (
            (f"{len(self.waiting)} 份待核定", self.waiting),
            (f"{len(self.asked)} 件展期待核示", self.asked),
            ("收件信箱無法讀取", self.unreached),
            (f"{len(self.troubles)} 件通知未達", self.troubles),
            (f"{len(self.strays)} 件收件待認領", self.strays),
            (f"{len(self.late)} 件逾期", self.late),
        )
        said = [words for words, things in counts if things]
        return tuple(f"{words}，" for words in said[:-1]) + tuple(said[-1:]) or ("沒有待處理的事",)

    @property
    def title(self) -> str:
        return format_roc(self.day, weekday=True)

    @property
    def subject(self) -> str:
        return f"晨間摘要 {self.title}：{''.join(self.headline)}"


@dataclass(frozen=True, kw_only=True)
class Undecided(Content):
    """待核定: for the director, reports that the coordinator has not decided on in time."""

    template: ClassVar[str] = "undecided"

    office: str
    waiting: tuple[Waiting, ...]
    coordinator: Person

    def only(self, lines: Sequence[int]) -> Undecided:
        return Undecided(
            office=self.office,
            waiting=tuple(self.waiting[place] for place in lines),
            coordinator=self.coordinator,
        )

    @property
    def subject(self) -> str:
        first, *more = self.waiting
        others = f"等 {len(self.waiting)} 份" if more else ""
        return f"待核定：{first.title}{others}，{first.due.title}前報送"


@dataclass(frozen=True, kw_only=True)
class SectionWeek:
    """How a section stands: of `due` assignments so many `answered`, and `on_time`."""

    name: str
    due: int
    on_time: int
    answered: int
    open_now: int
    late_now: int

    @property
    def percent(self) -> int | None:
        """On time, of what was due; None where nothing was."""
        return _percent(self.on_time, self.due)

    @property
    def complete(self) -> int | None:
        return _percent(self.answered, self.due)

    @property
    def bar(self) -> str:
        full = round((self.percent or 0) * BAR / 100)
        return "█" * full + "░" * (BAR - full)


@dataclass(frozen=True, kw_only=True)
class Week(Content):
    """每週狀態: for the director, how each section stands; the rates are of the last 12 months.

    The same is attached under `sheet_name`, to be printed; empty where it is not.
    """

    template: ClassVar[str] = "week"

    office: str
    monday: date
    since: date
    sections: tuple[SectionWeek, ...]
    late: tuple[Late, ...]
    waiting: tuple[Waiting, ...]
    coordinator: Person
    sheet_name: str = ""

    @property
    def title(self) -> str:
        return f"{format_roc(self.monday)}起的一週"

    @property
    def span(self) -> str:
        return f"{format_roc(self.since)}以來截止的應辦事項"

    @property
    def open_now(self) -> int:
        return sum(section.open_now for section in self.sections)

    @property
    def whole(self) -> SectionWeek:
        """All sections together."""
        each = self.sections
        return SectionWeek(
            name="全機關",
            due=sum(section.due for section in each),
            on_time=sum(section.on_time for section in each),
            answered=sum(section.answered for section in each),
            open_now=self.open_now,
            late_now=sum(section.late_now for section in each),
        )

    @property
    def headline(self) -> tuple[str, ...]:
        late, rate = self.whole.late_now, self.whole.percent
        said = "準時率尚無資料" if rate is None else f"準時率 {rate}%"
        return (f"逾期 {late} 件，", f"辦理中 {self.open_now} 件，", said)

    @property
    def subject(self) -> str:
        return f"每週狀態：{''.join(self.headline)}（{self.title}）"


def _percent(part: int, whole: int) -> int | None:
    """Rounded down: 100 % means all of them."""
    return part * 100 // whole if whole else None
