"""What reasons, rungs and steps are called in Chinese: in notices, silences, summaries and proofs.

Only people read these words; what is done, the values decide. Whoever needs them calls
`wording.worded(...)` by the module's name, so that a test can put other words in their place.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from dutyflow.calendars.roc import format_roc
from dutyflow.plan.roles import ROLE_TITLES
from dutyflow.plan.titles import Titles

from .decisions import Nag
from .digests import OFFICE_HOURS
from .reasons import Reason, ReasonCode
from .rungs import Rung, RungKind, StepKind, StepName
from .steps import Step

HOURS_IN_WORDS = "–".join(f"{hour:%H:%M}" for hour in OFFICE_HOURS)
_NOT_SENT = "未寄："
_EXTENSION_ASKED = "請核示展期"

_STEPS = {
    StepKind.BEFORE: "到期前 {days} 個工作天",
    StepKind.DUE: "今日截止",
    StepKind.OVERDUE: "逾期第 {days} 日",
    StepKind.GIVEN_UP: "不再稽催",
}
_RUNGS = {
    RungKind.STEP: "{step}",
    RungKind.OPENING: "首次通知",
    RungKind.UNREACHABLE: "{step}，組室無人可收信",
    RungKind.UNDECIDED: "待核定，{step}",
    RungKind.MOVED: "改期通知",
    RungKind.SUMMARY: "晨間摘要",
    RungKind.RETURNED: "退回補正",
    RungKind.DELIVERY: "報送",
    RungKind.UNDELIVERABLE: "信箱退信",
    RungKind.REQUEST: "申請展期",
    RungKind.WAIVED: "免報",
    RungKind.ANSWER: "回覆填報",
    RungKind.MISPLACED: "回覆填報",
}
_REASONS = {
    ReasonCode.MORNING_SUMMARY: "晨間摘要",
    ReasonCode.WEEKLY_STATUS: "每週狀態",
    ReasonCode.DAYS_ESTIMATED: "期限為推估",
    ReasonCode.RETURNED: "退回補正",
    ReasonCode.REPORT_DELIVERED: "報送第{version}版",
    ReasonCode.ADDRESS_UNDELIVERABLE: "信箱退信：{email}",
    ReasonCode.EXTENSION_REFUSED: "展期未獲同意",
    ReasonCode.COLLECTED_AGAIN: "將重新收件",
    ReasonCode.EXEMPTED: "本期免報",
    ReasonCode.REPLY: "{subject}",
    ReasonCode.ANSWERED: "已填報",
    ReasonCode.WAIVED: "已免報",
    ReasonCode.TOO_SOON: "距上次通知未滿 {days} 個工作天",
    ReasonCode.OUT_OF_HOURS: f"不在辦公時間（{HOURS_IN_WORDS}），併入下次",
}


def worded(reason: Reason, titles: Titles) -> str:
    """A reason in words, with what the office calls its posts."""
    if compose := _COMPOSED.get(reason.code):
        return compose(reason, titles)
    return _REASONS[reason.code].format_map(reason.parameters)


def worded_silence(reason: Reason, titles: Titles) -> str:
    """Why somebody is told nothing, as it goes on record: `未寄：已填報`."""
    return f"{_NOT_SENT}{worded(reason, titles)}"


def without_prefix(told: str) -> str:
    """A silence as it is on record, without the words that they all begin with."""
    return told.removeprefix(_NOT_SENT)


def step_title(step: Step) -> str:
    """`到期前 5 個工作天`; of the last one, after how many days no more is sent."""
    return _step_words(step.id, step.gives_up_after)


def counted_step(reason: Reason | None, rung: Rung) -> str:
    """The step under which a summary counts a notice: `逾期第 2 日` of `逾期第 2 日，副知組長`.

    Of a notice that is older than reasons as values, what its rung tells.
    """
    if reason is not None and reason.code is ReasonCode.EXTENSION_UNDECIDED:
        return _EXTENSION_ASKED
    if reason is None or reason.code is not ReasonCode.REMINDER:
        return rung_title(rung)
    if reason.get("returned"):
        return _RUNGS[RungKind.RETURNED]
    after = reason.get("after")
    return _given_up(after) if after else _step_of(reason)


def rung_title(rung: Rung) -> str:
    """A rung by its name; one that is none of ours, by its key."""
    words = _RUNGS.get(rung.kind)
    return words.format(step=rung.step and _step_words(rung.step)) if words else rung.key


def as_role(nag: Nag, titles: Titles) -> str:
    """In which role somebody is told: `代理 王小美`, `副知組長`; "" for who is asked themselves."""
    if nag.to.acting_for:
        return f"代理 {nag.to.acting_for}"
    return f"副知{titles.of(nag.copied_as)}" if nag.copied_as else ""


def why_told(nag: Nag, titles: Titles) -> str:
    """The reason without the role, which a mail's line names apart."""
    reason = nag.reason.without("acting_for")
    return worded(reason.without("copied_to") if nag.copied_as else reason, titles)


def others_told(nag: Nag, titles: Titles) -> str:
    """Who besides hears of the same step."""
    return "、".join(map(titles.of, nag.other_roles))


def why_opening(section: str, duty: str) -> str:
    """Completes "您收到這封信，是因為…" in an opening mail."""
    return f"您是{section}的承辦人，本期{duty}由此開始（首次通知）"


def why_opening_for(absent: str) -> str:
    """The same for a deputy, where the owners' mailboxes take no mail."""
    return f"{absent}的信箱收不到信，由您代理（首次通知）"


def _opening(reason: Reason, _: Titles) -> str:
    nobody = "，當日承辦人均請假或無承辦人" if reason.get("nobody") else ""
    return f"首次通知{nobody}"


def _reminder(reason: Reason, titles: Titles) -> str:
    """`逾期第 2 日，副知組長`; with what was missed before it, and whom they act for."""
    parts = ["退回補正"] if reason.get("returned") else []
    parts.append(_step_of(reason))
    if acting_for := reason.get("acting_for"):
        parts.append(f"代理 {acting_for}")
    if copied_to := reason.get("copied_to"):
        parts.append(f"副知{titles.of(copied_to)}")
    if missed := reason.get("missed"):
        parts.append(f"併入先前未寄的「{_step_words(StepName.parse(missed))}」")
    return "，".join(parts)


def _nobody_reachable(reason: Reason, titles: Titles) -> str:
    people = "、".join(
        f"{ROLE_TITLES['deputy'] if each['role'] == 'deputy' else ''}{each['name']}"
        f"（{_nested(each['why'], titles)}）"
        for each in reason.get("people") or ()
    )
    return f"{_step_of(reason)}，組室無人可收信：{people or '通訊錄沒有承辦人'}"


def _report_undecided(reason: Reason, _: Titles) -> str:
    """The ladder gives up on sections; on whoever decides it does not."""
    if late_by := reason.get("late_by"):
        return f"待核定，逾報送期限 {late_by} 個工作天"
    return f"待核定，{_step_of(reason)}" if reason.get("step") else "待核定"


def _days_moved(reason: Reason, _: Titles) -> str:
    return "：".join(filter(None, ("改期通知", reason.get("why"))))


def _extension_asked(reason: Reason, titles: Titles) -> str:
    why_not = reason.get("why_not")
    acting = f"，代理 {reason.get('acting_for')}（{_nested(why_not, titles)}）" if why_not else ""
    return f"{_EXTENSION_ASKED}{acting}"


def _extension_undecided(reason: Reason, titles: Titles) -> str:
    return f"{_extension_asked(reason, titles)}，{_step_of(reason)}"


def _extension_granted(reason: Reason, _: Titles) -> str:
    day = format_roc(date.fromisoformat(reason.parameters["until"]), weekday=True)
    return f"期限已展延至 {day}{reason.get('hour') or ''}"


def _paused(reason: Reason, _: Titles) -> str:
    return f"暫停至{format_roc(date.fromisoformat(reason.parameters['until']))}"


def _daily_maximum(reason: Reason, _: Titles) -> str:
    had = reason.parameters["had"]
    return f"今日已寄過{'一' if had == 1 else f' {had} '}封，併入下次"


def _away(reason: Reason, _: Titles) -> str:
    return f"請假{_stood_in(reason)}"


def _mail_returned(reason: Reason, _: Titles) -> str:
    return f"信箱退信{_stood_in(reason)}"


def _stood_in(reason: Reason) -> str:
    name = reason.get("stood_in_by")
    return f"，已由代理人{name}收受" if name else ""


def _nested(code: str, titles: Titles) -> str:
    return worded(Reason(ReasonCode(code)), titles)


def _step_of(reason: Reason) -> str:
    return _step_words(StepName.parse(reason.parameters["step"]), reason.get("after"))


def _step_words(step: StepName, after: int | None = None) -> str:
    words = _STEPS[step.kind].format(days=step.days)
    return f"{_given_up(after)}，{words}" if after else words


def _given_up(after: int) -> str:
    return f"逾期超過 {after} 個工作天"


_COMPOSED: dict[ReasonCode, Callable[[Reason, Titles], str]] = {
    ReasonCode.OPENING: _opening,
    ReasonCode.REMINDER: _reminder,
    ReasonCode.NOBODY_REACHABLE: _nobody_reachable,
    ReasonCode.REPORT_UNDECIDED: _report_undecided,
    ReasonCode.DAYS_MOVED: _days_moved,
    ReasonCode.EXTENSION_ASKED: _extension_asked,
    ReasonCode.EXTENSION_UNDECIDED: _extension_undecided,
    ReasonCode.EXTENSION_GRANTED: _extension_granted,
    ReasonCode.PAUSED: _paused,
    ReasonCode.DAILY_MAXIMUM: _daily_maximum,
    ReasonCode.AWAY: _away,
    ReasonCode.MAIL_RETURNED: _mail_returned,
}
