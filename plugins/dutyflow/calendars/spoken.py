"""Rules in words, as a coordinator writes them: `期末後第5個工作天`, `次年1月8日（遇假日順延）`.

The words are those with which rules tell themselves; a few more are understood.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

from .roc import WEEKDAYS, parse_date
from .rules import ANCHOR_WORDS, WEEKDAY_CODES, YEAR_WORDS, DateRule, WorkingDaysRule

Written = dict[str, Any]  # a rule as its file has it

EXAMPLES = (
    "期末前第10個工作天",
    "期末後第3個工作天",
    "期初後第1個工作天",
    "開始填報後第10個工作天",
    "填報截止後第2個工作天",
    "核定後第1個工作天",
    "期末後15個日曆天（遇假日順延）",
    "期末當日（遇假日提前）",
    "每年6月20日（遇假日提前）",
    "次年1月8日（遇假日順延）",
    "期初起最近的6月20日或12月20日",
    "期末當月第2個星期五",
    "期末當月最後一個星期五（遇假日提前）",
    "107年6月30日（遇假日順延）",
)

_ANCHORS: dict[str, str] = {word: code for code, word in ANCHOR_WORDS.items()}
_ANCHORS |= {code: code for code in ANCHOR_WORDS}
_ANCHORS |= {"期間開始": "period_start", "期間結束": "period_end", "截止": "collect_by"}
_ROLLS = {"順延": "next", "延後": "next", "提前": "previous"}
_YEARS = {**{word: offset for offset, word in YEAR_WORDS.items()}, "當年": 0, "隔年": 1, "": 0}


def _either(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_NUMBER = r"[0-9]{1,3}|[一二三四五六七八九十]{1,3}"
_ROLL = re.compile(rf"[(,，、]?(?:[如若]?[遇逢]?例?假日)?({_either(_ROLLS)})\)?")
_ANCHOR = rf"(?P<anchor>{_either(_ANCHORS)})日?"
_COUNTED = re.compile(
    rf"{_ANCHOR}(?:之|的)?(?P<side>後|前)第?(?P<count>{_NUMBER})個?(?P<unit>工作天|工作日|日曆天|天|日)"
)
_SAME_DAY = re.compile(rf"{_ANCHOR.removesuffix('日?')}(?:當日|當天)")
_MONTH_DAY = r"[0-9]{1,2}月[0-9]{1,2}日"
_FIXED = re.compile(rf"(?P<year>{_either(_YEARS)})的?(?P<day>{_MONTH_DAY})")
_NEAREST = re.compile(rf"{_ANCHOR}起?最近的?(?P<days>{_MONTH_DAY}(?:[或、,]{_MONTH_DAY})*)")
_NTH = re.compile(
    rf"{_ANCHOR}(?:所在之?月份?|當月)的?(?P<nth>最後一?個?|(?P<last>倒數)?第(?P<count>{_NUMBER})個?)"
    rf"(?:星期|週|禮拜)(?P<weekday>[{WEEKDAYS}天])"
)
_WEEKDAY_TOLD = re.compile(rf"\([{WEEKDAYS}]\)")


def spoken(rule: DateRule) -> str:
    """The rule in words that read back as the same rule."""
    if isinstance(rule, WorkingDaysRule) and rule.working_days == 0:
        return f"{ANCHOR_WORDS[rule.anchor]}後第0個工作天"
    return str(rule)


def heard(words: str) -> Written | None:
    """What the words say, as a plan file has it; None where they are not understood."""
    said = "".join(unicodedata.normalize("NFKC", words).split())
    roll: Written = {}
    if (found := _ROLL.search(said)) is not None and found.end() == len(said):
        said, roll = said[: found.start()], {"roll": _ROLLS[found[1]]}
    rule = _counted(said) or _on_a_day(said) or _nth(said) or _given(said)
    if rule is None or "working_days" in rule:  # which is never a holiday
        return rule
    return {**rule, **roll}


def _counted(said: str) -> Written | None:
    if (same := _SAME_DAY.fullmatch(said)) is not None:
        return {"calendar_days": 0, "from": _ANCHORS[same["anchor"]]}
    match = _COUNTED.fullmatch(said)
    if match is None:
        return None
    count = _number(match["count"]) * (-1 if match["side"] == "前" else 1)
    unit = "working_days" if match["unit"].startswith("工作") else "calendar_days"
    return {unit: count, "from": _ANCHORS[match["anchor"]]}


def _on_a_day(said: str) -> Written | None:
    if (nearest := _NEAREST.fullmatch(said)) is not None:
        days = [_month_day(day) for day in re.findall(_MONTH_DAY, nearest["days"])]
        return {"on": days, "from": _ANCHORS[nearest["anchor"]]}
    match = _FIXED.fullmatch(said)
    if match is None:
        return None
    offset = _YEARS[match["year"]]
    return {**_month_day(match["day"]), **({"year_offset": offset} if offset else {})}


def _month_day(said: str) -> Written:
    month, day = map(int, re.findall(r"[0-9]+", said))
    return {"month": month, "day": day}


def _nth(said: str) -> Written | None:
    match = _NTH.fullmatch(said)
    if match is None:
        return None
    count = _number(match["count"]) if match["count"] else 1
    backwards = match["last"] or match["nth"].startswith("最後")
    weekday = WEEKDAYS.index(match["weekday"].replace("天", "日"))
    return {
        "weekday": WEEKDAY_CODES[weekday],
        "nth": -count if backwards else count,
        "of": _ANCHORS[match["anchor"]],
    }


def _given(said: str) -> Written | None:
    try:
        return {"date": parse_date(_WEEKDAY_TOLD.sub("", said))}
    except ValueError:
        return None


def _number(said: str) -> int:
    """`12` or `十二`."""
    if said.isdigit():
        return int(said)
    tens, ten, ones = said.rpartition("十")
    value = {digit: number for number, digit in enumerate("一二三四五六七八九", 1)}
    if not ten:
        return value.get(said, 0)
    return value.get(tens, 1) * 10 + value.get(ones, 0)
