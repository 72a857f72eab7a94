"""What the daily digest says: everything that one person is asked for, the most urgent first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dutyflow.plan.ladders import Purpose, Tone
from dutyflow.plan.model import Person

from .contexts import Content, Deadline


@dataclass(frozen=True, kw_only=True)
class Line:
    """One assignment in a digest.

    `why` is the named reason in words (`到期前 3 個工作天`). `as_role` says in which role the
    person is told, "" for an owner: `代理 王小美`, `副知組長`. `others` names who else is told,
    `awaited_by` who waits for the report that it goes into, and until when.
    `correction`: an answer was accepted and sent back; it is the correction that is asked for.
    `reply_to` is the address to answer to, `link` opens the form on the web, `form_name` is the
    attachment; "" where there is none.
    """

    office: str
    section: str
    duty: str
    period: str
    why: str
    deadline: Deadline
    tone: Tone
    reply_to: str
    as_role: str = ""
    others: str = ""
    awaited_by: str = ""
    form_name: str = ""
    note: str = ""
    subject: str = ""
    purpose: Purpose = "ask"
    correction: bool = False
    may_extend: bool = True
    link: str = ""

    @property
    def asks(self) -> str:
        return "補正" if self.correction else "填報"

    @property
    def title(self) -> str:
        return f"{self.period} {self.duty}（{self.section}）"

    @property
    def overdue(self) -> bool:
        return self.deadline.working_days < 0


_TO_COORDINATOR: dict[Purpose, str] = {"alarm": "組室無人可收信", "take_over": "不再稽催"}
_ANSWER: dict[Tone, str] = {"plain": "提醒", "firm": "即將截止", "urgent": "已逾期"}
_CORRECTION: dict[Tone, str] = {
    "plain": "提醒補正",
    "firm": "補正即將截止",
    "urgent": "補正已逾期",
}


@dataclass(frozen=True, kw_only=True)
class Reminder(Content):
    """稽催: a digest to one person. There is at least one line; the first is the most urgent."""

    template = "reminder"

    office: str
    lines: tuple[Line, ...]
    coordinator: Person

    def only(self, lines: Sequence[int]) -> Reminder:
        return replace(self, lines=tuple(self.lines[place] for place in lines))

    @property
    def first(self) -> Line:
        return self.lines[0]

    @property
    def alone(self) -> bool:
        return len(self.lines) == 1

    @property
    def overdue(self) -> int:
        return sum(line.overdue for line in self.lines)

    @property
    def forms(self) -> tuple[str, ...]:
        return tuple(line.form_name for line in self.lines if line.form_name)

    @property
    def may_extend(self) -> bool:
        """Whether more time can be asked for, by a reply, of any of it."""
        return any(line.may_extend and not line.overdue for line in self.lines)

    @property
    def purposes(self) -> frozenset[Purpose]:
        return frozenset(line.purpose for line in self.lines)

    @property
    def informs_only(self) -> bool:
        """Whether the person is told of others' work, and nothing is asked of them."""
        return self.purposes == {"inform"}

    @property
    def action(self) -> str:
        """What it is, at its head: whether anything is asked of the person at all."""
        if "ask" in self.purposes:
            return f"請{self.first.asks if self.alone else '填報'}"
        return _TO_COORDINATOR.get(self.first.purpose, "副知填報進度")

    @property
    def subject(self) -> str:
        if self.alone:
            return f"{self._opening}：{self.first.title}，{self.first.deadline.title}前"
        late = f"，其中 {self.overdue} 件已逾期" if self.overdue else ""
        return f"{self._opening}：{len(self.lines)} 件填報{late}，最早 {self._earliest}截止"

    @property
    def headline(self) -> str:
        if self.alone:
            return self.first.deadline.remaining
        said = [f"共 {len(self.lines)} 件"]
        said += [f"{self.overdue} 件已逾期"] if self.overdue else []
        said += ["請由上而下處理"] if "ask" in self.purposes else []
        return "，".join(said)

    @property
    def _opening(self) -> str:
        if self.first.subject:
            return self.first.subject
        if "ask" not in self.purposes:
            return _TO_COORDINATOR.get(self.first.purpose, "副知")
        words = _CORRECTION if self.alone and self.first.correction else _ANSWER
        return words[self.first.tone]

    @property
    def _earliest(self) -> str:
        return min(self.lines, key=lambda line: line.deadline.day).deadline.title
