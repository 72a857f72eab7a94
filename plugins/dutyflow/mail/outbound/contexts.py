"""What each mail says, as values: a caller fills one in, its template puts it into words.

The template of a context is its `template`, in plain text and in HTML. Dates are ROC dates.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import ClassVar, Literal
from zoneinfo import ZoneInfo

from dutyflow.calendars.roc import TAIPEI, format_roc, format_roc_moment, in_zone
from dutyflow.errors import Finding
from dutyflow.plan.model import Person

PROBLEMS_SHOWN = 30
CHANGES_SHOWN = 15
SHORT_HASH = 12  # hexadecimal digits of a SHA-256 that a person compares

Submitted = Literal["auto-generated", "auto-replied"]


@dataclass(frozen=True, kw_only=True)
class About:
    """The assignment that a mail is about, in the words people use for it.

    `period` is spoken (`107年上半年`), `clause` says where in the plan the duty stands.
    """

    office: str
    section: str
    duty: str
    period: str
    clause: str
    coordinator: Person
    zone: ZoneInfo = TAIPEI

    @property
    def title(self) -> str:
        return f"{self.period} {self.duty}"


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """The last day for an answer, and how many working days are left (0: today; less: gone by).

    `hour` where an answer must come earlier than by the day's end.
    """

    day: date
    working_days: int
    hour: time | None = None

    @property
    def title(self) -> str:
        day = format_roc(self.day, weekday=True)
        return f"{day}{self.hour:%H:%M}" if self.hour else day

    @property
    def remaining(self) -> str:
        if self.working_days > 0:
            return f"還有 {self.working_days} 個工作天"
        if self.working_days == 0:
            return "就是今天"
        return f"已過 {-self.working_days} 個工作天"


@dataclass(frozen=True, kw_only=True)
class Content(ABC):
    """What a mail says. `submitted` is its Auto-Submitted field (RFC 3834, 5)."""

    template: ClassVar[str]
    submitted: ClassVar[Submitted] = "auto-generated"

    @property
    @abstractmethod
    def subject(self) -> str: ...

    @property
    def replies_to(self) -> Person | None:
        """Who reads an answer, where it should not be the mailbox."""
        return None

    def only(self, lines: Sequence[int]) -> Content:
        """The same mail about fewer things, named by their places. Most are about one thing."""
        raise NotImplementedError(f"{type(self).__name__} is about one thing, not {lines}")


@dataclass(frozen=True, kw_only=True)
class Opening(Content):
    """請填報: the first mail of an assignment; the form is attached under `form_name`.

    `reason` completes "您收到這封信，是因為…". `asked` is how much is asked: `31 項具體作法`.
    `may_have_nothing`: 無辦理事項 is an answer. `may_extend`: more time (展期) can be asked for.
    `link` opens the form on the web, "" where there is no page.
    """

    template = "opening"

    about: About
    deadline: Deadline
    asked: str
    reason: str
    form_name: str
    may_have_nothing: bool = True
    may_extend: bool = True
    link: str = ""

    @property
    def subject(self) -> str:
        return f"請填報：{self.about.title}（{self.about.section}），{self.deadline.title}前"


@dataclass(frozen=True, kw_only=True)
class SetAside:
    """A file that came and does not count; `why` completes "…，" in a section's words."""

    name: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Receipt(Content):
    """已收到: an accepted submission.

    `understood` are labels and values: how much was filled. `sha256` is that of the file received.
    `late` marks one that came after the cut-off, `closed` one after the end of all, `again` one
    whose content had come before: then number and moment are those of the first, which
    `counts_again` if another had replaced it.
    `replaces` names the number of the earlier one, if any, and `changes` say what is different, a
    cell each. `doubts` are what is odd about the answers.
    """

    template = "receipt"
    submitted = "auto-replied"

    about: About
    number: str
    received_at: datetime
    understood: tuple[tuple[str, str], ...]
    sha256: str
    sent_by: str = ""
    late: bool = False
    closed: bool = False
    again: bool = False
    counts_again: bool = False
    replaces: str = ""
    changes: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    set_aside: tuple[SetAside, ...] = ()

    def __post_init__(self) -> None:
        in_zone(self.received_at)

    @property
    def arrived(self) -> str:
        if self.again:
            return "先前已收到"
        return "已收到（逾期送達）" if self.late else "已收到"

    @property
    def subject(self) -> str:
        return f"{self.arrived}：{self.about.title}（{self.about.section}），編號 {self.number}"

    @property
    def received(self) -> str:
        return format_roc_moment(self.received_at, self.about.zone)

    @property
    def short_hash(self) -> str:
        return self.sha256[:SHORT_HASH]

    @property
    def difference(self) -> str:
        """What is different from the one that it replaces, in a sentence."""
        if not self.changes:
            return f"與 {self.replaces} 相比，各欄填寫的內容沒有變更"
        return f"與 {self.replaces} 相比，變更 {len(self.changes)} 格"

    @property
    def changes_shown(self) -> tuple[str, ...]:
        return self.changes[:CHANGES_SHOWN]

    @property
    def more_changes(self) -> int:
        return len(self.changes) - len(self.changes_shown)


@dataclass(frozen=True, kw_only=True)
class Problems(Content):
    """還需要修正: what was sent cannot be taken over as it stands.

    The form goes back under `form_name`, with marks; empty where none can be attached. `again`: the
    same came before. `untouched`: it is a form as we sent it.
    """

    template = "problems"
    submitted = "auto-replied"

    about: About
    received_at: datetime
    problems: tuple[Finding, ...]
    deadline: Deadline
    form_name: str = ""
    set_aside: tuple[SetAside, ...] = ()
    again: bool = False
    untouched: bool = False

    def __post_init__(self) -> None:
        in_zone(self.received_at)

    @property
    def subject(self) -> str:
        return f"{self.headline}：{self.about.title}（{self.about.section}）"

    @property
    def headline(self) -> str:
        if self.untouched:
            return "還需要修正，寄回的表單沒有填寫"
        return f"{'仍須' if self.again else '還需要'}修正 {len(self.problems)} 處"

    @property
    def received(self) -> str:
        return format_roc_moment(self.received_at, self.about.zone)

    @property
    def shown(self) -> tuple[Finding, ...]:
        return self.problems[:PROBLEMS_SHOWN]

    @property
    def more(self) -> int:
        return len(self.problems) - len(self.shown)


@dataclass(frozen=True, kw_only=True)
class Returned(Content):
    """退回補正: the coordinator sends a submission back, with a note and a new deadline."""

    template = "returned"

    about: About
    note: str
    deadline: Deadline
    form_name: str = ""
    link: str = ""

    @property
    def subject(self) -> str:
        return f"請補正：{self.about.title}（{self.about.section}），{self.deadline.title}前"


@dataclass(frozen=True, kw_only=True)
class Delivery(Content):
    """檢送: a report for head office. `report` is its title without the period.

    From version 2 on it is an amendment: `changes` are sentences about what differs from the
    version before. `missing` names the sections that have not answered yet.
    """

    template = "delivery"

    office: str
    report: str
    period: str
    version: int
    files: tuple[str, ...]
    coordinator: Person
    changes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def amendment(self) -> bool:
        return self.version > 1

    @property
    def title(self) -> str:
        return f"{self.period}{self.report}"

    @property
    def subject(self) -> str:
        amended = "，更正版" if self.amendment else ""
        return f"檢送{self.title}（第 {self.version} 版{amended}）：{self.office}"

    @property
    def replies_to(self) -> Person:
        return self.coordinator


@dataclass(frozen=True, kw_only=True)
class NotUnderstood(Content):
    """A message about a known assignment without a form in it. `received` names what was attached.

    The form goes along once more under `form_name`; empty where none is attached.
    """

    template = "not_understood"
    submitted = "auto-replied"

    about: About
    received: tuple[str, ...]
    deadline: Deadline
    form_name: str = ""
    set_aside: tuple[SetAside, ...] = ()

    @property
    def subject(self) -> str:
        return f"來信沒有填報檔：{self.about.title}（{self.about.section}）"


@dataclass(frozen=True, kw_only=True)
class Unmatched(Content):
    """待認領: a message of somebody we know, of which nobody can say yet what it belongs to. `why`
    completes "無法列入填報，因為…"; the coordinator will see to it."""

    template = "unmatched"
    submitted = "auto-replied"

    office: str
    why: str
    coordinator: Person

    @property
    def subject(self) -> str:
        return "來信已收到，但無法判斷是哪一項填報"
