"""What people read of why something does not count: the words for each reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from dutyflow.calendars.roc import format_roc
from dutyflow.nagging.reasons import Reason, ReasonCode


def worded(reason: Reason) -> str:
    """The reason in a sentence without its full stop. Raises KeyError for one that is not of the
    intake."""
    words = _WORDS[reason.code]
    said = _Said(reason.parameters)
    return words.format_map(said) if isinstance(words, str) else words(reason)


class _Said(dict[str, Any]):
    """What says nothing is left out of a reason."""

    def __missing__(self, name: str) -> str:
        return ""


def _unknown_sender(reason: Reason) -> str:
    return f"寄件人不在通訊錄：{reason.get('sender') or '（寄件人不明）'}"


def _absence_note(reason: Reason) -> str:
    until = date.fromisoformat(reason.get("until"))
    return f"自動回覆：請假至{format_roc(until, weekday=True)}，不計為填報"


def _no_form(reason: Reason) -> str:
    said = reason.get("said")
    return f"信中沒有填報檔，寫的是「{said}」" if said else "信中沒有填報檔"


_WORDS: dict[ReasonCode, str | Callable[[Reason], str]] = {
    ReasonCode.UNREADABLE: "無法解讀的信件：{found}；原信在收信信箱裡",
    ReasonCode.INTAKE_FAILED: "處理時發生錯誤（{error}），請聯絡系統管理者",
    ReasonCode.INTAKE_GIVEN_UP: "試了 {tries} 次都無法處理，先擱置：{why}；原信在收信信箱裡",
    ReasonCode.UNKNOWN_SENDER: _unknown_sender,
    ReasonCode.SENDER_NOT_PROVED: "寄件人身分驗證未過",
    ReasonCode.MAY_NOT_DECIDE: "不是核示人的來信，不予採計",
    ReasonCode.NO_ASSIGNMENT: "找不到對應的應辦事項",
    ReasonCode.ADDRESS_AND_THREAD_DISAGREE: (
        "收件地址是「{address}」，回覆的卻是「{thread}」的通知"
    ),
    ReasonCode.SENDER_OF_OTHER_SECTION: "寄件人是{section}的人，這卻是「{assignment}」",
    ReasonCode.SUBJECT_OF_OTHER_ASSIGNMENT: "主旨是「{subject}」，這卻是「{assignment}」",
    ReasonCode.FORM_WITHOUT_STAMP: "「{file}」沒有可以辨認的識別資料",
    ReasonCode.FORM_OF_OTHER_ASSIGNMENT: (
        "「{file}」是「{assignment}」的表單，與收件地址所指的應辦事項不符"
    ),
    ReasonCode.UNFIT_FILE: "「{file}」：{why}",
    ReasonCode.FILE_WITHOUT_STAMP: "共用資料夾的「{file}」沒有可以辨認的識別資料",
    ReasonCode.FILE_TOO_LARGE: "共用資料夾的「{file}」太大，沒有讀取",
    ReasonCode.EVIDENCE_OF_UNKNOWN: (
        "共用資料夾「{folder}」裡沒有填報檔，看不出「{file}」是哪一項填報的佐證；請與填報檔一起放入"
    ),
    ReasonCode.AUTOMATIC_REPLY: "自動回覆信，不計為填報",
    ReasonCode.ABSENCE_NOTE: _absence_note,
    ReasonCode.BOUNCE_OF_OTHER_MAIL: "退信通知，但所退的信不是本系統寄出的",
    ReasonCode.BOUNCE_OF_UNKNOWN_ADDRESS: "退信通知，但本系統近期沒有寄信給所指的信箱",
    ReasonCode.MISTAKES: "有 {count} 處須修正",
    ReasonCode.UNTOUCHED_FORM: "寄回的表單與我們寄出的完全相同，沒有填寫",
    ReasonCode.NO_FORM: _no_form,
}
