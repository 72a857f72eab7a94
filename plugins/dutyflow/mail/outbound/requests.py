"""What is told about requests for more time (展期), and of what is waived (免報)."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Literal

from dutyflow.calendars.roc import format_roc

from .contexts import About, Content, Deadline, Submitted

Fact = tuple[str, str]
HOW_TO_ASK = "展期 107/7/20 原因：資料尚待彙整"


@dataclass(frozen=True, kw_only=True)
class ShortMail(Content):
    """A short mail about one assignment: what it is about, the lead, facts, what there is to do."""

    template = "request"
    mood: ClassVar[Literal["calm", "alert", "done"]] = "calm"

    about: About

    @property
    @abstractmethod
    def headline(self) -> str: ...

    @property
    @abstractmethod
    def lead(self) -> str: ...

    @property
    def facts(self) -> tuple[Fact, ...]:
        return ()

    @property
    def more(self) -> tuple[str, ...]:
        return ()

    @property
    def subject(self) -> str:
        return f"{self.headline}：{self.about.title}（{self.about.section}）"

    @property
    def all_facts(self) -> tuple[Fact, ...]:
        about = self.about
        what = (("工作", about.duty), ("期別", about.period), ("組室", about.section))
        return (*what, *self.facts)


@dataclass(frozen=True, kw_only=True)
class ExtensionAsked(ShortMail):
    """請核示: for the person who decides. `deadline` is the present one, `before` what was granted
    already: how often, and how many working days. `acting_for` names who should have decided."""

    asked_by: str
    asked_on: date
    deadline: Deadline
    until: date
    days: int
    why: str
    before: tuple[int, int]
    acting_for: str = ""

    @property
    def headline(self) -> str:
        return f"請核示展期至 {format_roc(self.until, weekday=True)}"

    @property
    def lead(self) -> str:
        acting = f"（代理{self.acting_for}）" if self.acting_for else ""
        return f"請回覆這封信，寫「同意」，或「不同意」與原因{acting}"

    @property
    def facts(self) -> tuple[Fact, ...]:
        times, days = self.before
        return (
            ("申請人", self.asked_by),
            ("申請日", format_roc(self.asked_on, weekday=True)),
            ("現在期限", self.deadline.title),
            ("申請展至", f"{format_roc(self.until, weekday=True)}，{self.days} 個工作天"),
            ("原因", self.why or "（未說明）"),
            ("先前展期", f"{times} 次，共 {days} 個工作天" if times else "無"),
        )

    @property
    def more(self) -> tuple[str, ...]:
        return ("核示之前，期限不變。不同意時，請在同一行寫上原因，系統會轉知組室。",)


@dataclass(frozen=True, kw_only=True)
class ExtensionSent(ShortMail):
    """已送核: for the section. Until it is decided, the present deadline holds."""

    submitted: ClassVar[Submitted] = "auto-replied"

    until: date
    days: int
    why: str
    approver: str
    deadline: Deadline

    @property
    def headline(self) -> str:
        return "展期申請已送核"

    @property
    def lead(self) -> str:
        return f"已送請{self.approver}核示；核示之前，期限仍為 {self.deadline.title}"

    @property
    def facts(self) -> tuple[Fact, ...]:
        return (
            ("申請展至", f"{format_roc(self.until, weekday=True)}，{self.days} 個工作天"),
            ("原因", self.why or "（未說明）"),
        )

    @property
    def more(self) -> tuple[str, ...]:
        return ("核示後會再通知您。要改日期，請再回覆一次，新的申請會取代這一次。",)


@dataclass(frozen=True, kw_only=True)
class ExtensionNotTaken(ShortMail):
    """未受理: what was asked for cannot be, in one sentence that says what can."""

    submitted: ClassVar[Submitted] = "auto-replied"
    mood = "alert"

    sentence: str
    deadline: Deadline

    @property
    def headline(self) -> str:
        return "展期申請未受理"

    @property
    def lead(self) -> str:
        return self.sentence

    @property
    def facts(self) -> tuple[Fact, ...]:
        return (("現在期限", self.deadline.title),)

    @property
    def more(self) -> tuple[str, ...]:
        return (f"申請展期，請回覆這封信，單獨寫一行，例如：{HOW_TO_ASK}",)


@dataclass(frozen=True, kw_only=True)
class ExtensionGranted(ShortMail):
    """同意展期: for the section. Names the new deadline alone."""

    mood = "done"

    deadline: Deadline
    by: str

    @property
    def headline(self) -> str:
        return f"期限已展延至 {self.deadline.title}"

    @property
    def lead(self) -> str:
        return f"請於 {self.deadline.title}前回覆，{self.deadline.remaining}"

    @property
    def facts(self) -> tuple[Fact, ...]:
        return (("核准人", self.by), ("新的期限", self.deadline.title))

    @property
    def more(self) -> tuple[str, ...]:
        return ("先前寄給您的填報檔照樣可用；填好後回覆這封信，附上檔案即可。",)


@dataclass(frozen=True, kw_only=True)
class ExtensionRefused(ShortMail):
    """不同意展期, or the request is void: the deadline stays."""

    mood = "alert"

    deadline: Deadline
    by: str
    why: str

    @property
    def headline(self) -> str:
        return "展期未獲同意"

    @property
    def lead(self) -> str:
        return f"期限仍為 {self.deadline.title}，{self.deadline.remaining}"

    @property
    def facts(self) -> tuple[Fact, ...]:
        return (("核示人", self.by), ("原因", self.why))


@dataclass(frozen=True, kw_only=True)
class DecisionNoted(ShortMail):
    """已登記: for whoever decided, or tried to. `sentence` says what became of it."""

    submitted: ClassVar[Submitted] = "auto-replied"

    sentence: str
    unclear: bool = False

    @property
    def headline(self) -> str:
        return "看不出是否同意" if self.unclear else "核示已登記"

    @property
    def lead(self) -> str:
        return self.sentence


@dataclass(frozen=True, kw_only=True)
class CollectAgain(ShortMail):
    """重新收件: for the coordinator. An extension was granted after the collection had ended."""

    deadline: Deadline

    @property
    def headline(self) -> str:
        return "將重新收件"

    @property
    def lead(self) -> str:
        granted = f"{self.about.section}已同意展期至 {self.deadline.title}"
        return f"{granted}；這一期的「收件」已因逾期停止，系統會自動重新收件"

    @property
    def more(self) -> tuple[str, ...]:
        return (
            "您不必處理：收到填報或到了新的期限，系統會重新彙整，再請您核定。",
            "要是 Airflow 的「重新收件」成為紅色，請到這件工作那一次執行，"
            f"清除{self.about.section}的「收件」。",
        )


@dataclass(frozen=True, kw_only=True)
class Waived(ShortMail):
    """免報: for the section. Nothing is expected any more in this cycle."""

    mood = "done"

    by: str
    why: str

    @property
    def headline(self) -> str:
        return "本期免報"

    @property
    def lead(self) -> str:
        return "這一期不必填報，也不會再收到提醒"

    @property
    def facts(self) -> tuple[Fact, ...]:
        return (("決定人", self.by), ("原因", self.why))
