"""The words for what happened, as they stand in a proof that is shown to people (稽催紀錄)."""

from __future__ import annotations

from enum import StrEnum

SYSTEM = "系統"  # who, where nobody in particular did it


class EventType(StrEnum):
    PLAN_KEPT = "收存計畫"

    OPENED = "開啟期別"
    CLOSED = "結案"
    REOPENED = "重啟期別"
    MOVED = "改期"
    MOVED_ALONG = "隨期別改期"

    LATE = "逾期"
    WAITING_AGAIN = "重新收件"
    RETURNED = "退回補正"
    WAIVED = "免報"
    EXTENDED = "展期"

    ASKED = "申請展期"
    GRANTED = "同意展期"
    REFUSED = "不同意展期"
    VOIDED = "申請作廢"

    NOTICE_CLAIMED = "準備通知"
    NOTICE_SENT = "寄出通知"
    NOTICE_DEFERRED = "暫緩寄送"
    NOTICE_REFUSED = "寄送失敗"
    NOTICE_UNKNOWN = "寄送結果不明"
    NOTICE_BOUNCED = "退信"
    NOTICE_DELAYED = "延遲送達"
    SILENT = "未寄"

    PAUSED = "暫停稽催"
    AWAY = "請假"
    BACK = "銷假"
    UNDELIVERABLE = "信箱退信"
    DELIVERABLE = "信箱恢復"

    LINK_ASKED = "索取填報連結"
    LINK_RESENT = "重寄填報連結"
    DEPUTY_NAMED = "告知代理人"

    RECEIVED = "收到填報"
    ACCEPTED = "受理"
    REJECTED = "不予受理"
    QUARANTINED = "待認領"
    ASSIGNED = "認領"
    DATED = "認定收件日"
    PUT_ASIDE = "不採計"

    ASSEMBLED = "彙整"
    APPROVED = "核定"
    REPORT_RETURNED = "退回彙整"
    WITHHELD = "暫不送出"
    DELIVERED = "送出"
