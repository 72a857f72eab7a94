"""The plan's words in Chinese, and guesses at what a person meant to write."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from .roles import ROLE_TITLES

FIELD_TITLES: dict[str, str] = {
    "above": "高於",
    "address": "信箱位址",
    "after": "接續的工作",
    "also": "其他信箱",
    "any_hour": "不限辦公時間",
    "aspect": "面向",
    "assessment": "考核作業",
    "assumption": "假設",
    "authserv_ids": "郵件驗證伺服器",
    "away": "請假",
    "basis": "計畫依據",
    "below": "低於",
    "by": "核准人",
    "clause": "依據條文",
    "collect_again": "補件工作天數",
    "collect_by": "填報截止",
    "coordinator": ROLE_TITLES["coordinator"],
    "covers": "涵蓋範圍",
    "daily": "每日",
    "dates": "各期起迄",
    "deliver_to": "送交對象",
    "deputies": ROLE_TITLES["deputy"],
    "director": ROLE_TITLES["director"],
    "domains": "組室網域",
    "duties": "定期工作",
    "effective_from": "生效日",
    "email": "電子郵件",
    "end": "迄日",
    "established": "訂定日期",
    "every": "週期",
    "extensions": "展期",
    "field": "欄位",
    "fields": "欄位",
    "form": "填報表",
    "forms": "填報表",
    "frequency": "執行期間",
    "gives_up_after": "停止稽催",
    "goal": "計畫目標",
    "head": ROLE_TITLES["head"],
    "head_office": ROLE_TITLES["head_office"],
    "header": "計畫本文",
    "help": "填寫說明",
    "id": "代碼",
    "imap": "IMAP 連線",
    "is": "等於",
    "item": "項目",
    "ladder": "稽催階段",
    "ladders": "稽催階段",
    "levels": "各級",
    "mailbox": "收發信箱",
    "max_per_day": "每日上限",
    "measure": "具體作法得分",
    "measures": "具體作法",
    "min_gap": "最短間隔",
    "most": "合計上限",
    "name": "名稱",
    "note": "填表說明",
    "nothing": "可選無辦理事項",
    "office": "機關",
    "opens": "開始填報",
    "owners": "承辦部門",
    "period": "期間",
    "publish": "對外公開",
    "range": "分數範圍",
    "report": "彙整表",
    "report_due": "彙整表期限",
    "required": "必填",
    "required_when": "必填的情形",
    "rows": "各列",
    "rungs": "各階",
    "scope": "實施對象",
    "scoring": "計分",
    "sections": "組室",
    "start": "起日",
    "steps": "實施步驟",
    "strategy": "執行策略",
    "subject": "主旨",
    "supplement": "補充規定",
    "text": "內容",
    "times": "次數上限",
    "timezone": "時區",
    "title": "標題",
    "titles": "職稱",
    "to": "收件人",
    "tone": "語氣",
    "type": "欄位型態",
    "unannounced": "不預告",
    "version": "版次",
    "wanted": "留空提醒",
    "weights": "權重",
    "width": "欄寬",
    "working_days": "工作天數",
    "year": "年度",
}

CHOICE_TITLES: dict[str, str] = {
    **dict(ROLE_TITLES.items()),
    "after": "接續",
    "all": "各部門",
    "approval": "核定",
    "assessment_summary": "考核結果彙整表",
    "collect_by": "填報截止",
    "dates": "指定期間",
    "firm": "提醒",
    "friday": "星期五",
    "half_year": "每半年",
    "measures": "具體作法",
    "monday": "星期一",
    "month": "每月",
    "next": "順延",
    "none": "不調整",
    "off": "放假",
    "once": "一次",
    "ongoing": "隨時辦理",
    "opens": "開始填報",
    "period_end": "期末",
    "period_start": "期初",
    "plain": "填報彙整表",
    "previous": "提前",
    "quarter": "每季",
    "saturday": "星期六",
    "sections": "組室",
    "self_assessment": "自評表",
    "short": "簡短階段",
    "standard": "標準階段",
    "sunday": "星期日",
    "thursday": "星期四",
    "tuesday": "星期二",
    "urgent": "緊急",
    "wednesday": "星期三",
    "work": "上班",
    "year": "每年",
    "yearly": "每年一次",
}


def titled(code: str, titles: Mapping[str, str]) -> str:
    """`ongoing（隨時辦理）`, or the bare code where it has no title."""
    return f"{code}（{titles[code]}）" if code in titles else code


def listed(words: Iterable[str], last: str = "、") -> str:
    """`a、b、c`; with `last="或"`, `a、b或c`; "" for none."""
    *first, final = [*words] or [""]
    return f"{'、'.join(first)}{last}{final}" if first else final


def guess(written: str, codes: Iterable[str], titles: Mapping[str, str]) -> tuple[str, bool] | None:
    """The code that was meant by a code or a Chinese title, and whether that is certain."""
    meanings = {code.casefold(): code for code in codes}
    for code in tuple(meanings.values()):
        if title := titles.get(code):
            meanings.setdefault(title, code)
    word = written.strip().casefold()
    if word in meanings:
        return meanings[word], True
    close = difflib.get_close_matches(word, meanings, n=1)
    return (meanings[close[0]], False) if close else None


def did_you_mean(written: str, codes: Iterable[str], titles: Mapping[str, str]) -> str:
    """A hint, when what is written resembles a code or its Chinese title; else ""."""
    meant = guess(written, codes, titles)
    if meant is None:
        return ""
    code, certain = meant
    return f"應寫 {code}" if certain else f"是不是 {titled(code, titles)}？"
