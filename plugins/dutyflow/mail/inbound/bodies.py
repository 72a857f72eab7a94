"""What a person has written in a reply: the new lines, without what was quoted below them.

A quoted mail of ours names dates and says how to ask for more time; none of it is the writer's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from dutyflow.calendars.roc import parse_date, roc_year

WHY_LIMIT = 500  # characters of a reason that are kept

_QUOTED = re.compile(r"\s*[>＞|｜]")
_QUOTE_BEGINS = re.compile(
    r"\s*(?:"
    r"[-_－─＿=*]{2,}\s*(?:original message|forwarded message)"
    r"|[-_－─＿=*]{2,}\s*(?:原始郵件|原始訊息|轉寄的?郵件|回覆郵件)"
    r"|_{10,}\s*$|─{10,}\s*$|-{10,}\s*$"
    r"|on\b.{4,200}\bwrote\s*[:：]"
    r"|.{0,200}(?:寫道|写道|撰寫|寫信)\s*[:：]\s*$"
    r"|(?:from|寄件者|寄件人|发件人|發件人)\s*[:：]"
    r"|(?:sent|寄件日期|傳送時間)\s*[:：]\s*\S+"
    r")",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"(?:--|－－|——)\s*$")
_POLITE = re.compile(
    r"(?:各位|承辦人|計畫承辦人|長官|先生|小姐|女士|敬啟者|您好|你好|大家好|早安|午安|晚安|哈囉|hi|hello"
    r"|謝謝您?|感謝您?|敬請|請|惠予|查照|察照|鑒核|鑑核|核備|備查|敬上|敬啟|謹啟|此致|順頌|時祺|敬祝"
    r"|thanks|thank you|以上|如題|報告|\s|[，,。.！!：:；;、~～])+",
    re.IGNORECASE,
)


def new_text(text: str) -> str:
    """The lines that the writer added: up to where a quoted mail or the signature begins."""
    return "\n".join(_new_lines(text)).strip()


def _new_lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if _QUOTE_BEGINS.match(line) or _SIGNATURE.fullmatch(line.strip()):
            return
        if not _QUOTED.match(line):
            yield line.strip()


@dataclass(frozen=True, kw_only=True)
class Wish:
    """展期: until a day, or for so many working days. Neither where it could not be read."""

    until: date | None = None
    working_days: int | None = None
    why: str = ""
    written: str = ""

    @property
    def readable(self) -> bool:
        return self.until is not None or self.working_days is not None


# Why they ask may stand before it; without a comma, where nothing in it says no.
_ASKS = re.compile(
    r"^(?:(?:您好|你好|本組|本課|本科|本室|本所|敝組|我們|因故)[，,：:\s]*)*"
    r"(?P<because>(?:因為?|由於)(?:[^，,。；;！!？?]{1,60}[，,]|[^，,。；;！!？?不無勿免毋未]{1,60}?))?\s*"
    r"(?:(?:請問|請求|請|懇請|敬請|惠請|擬|欲|想|我?要|希望|需要?|申請|准予|准|惠予|同意|辦理"
    r"|可不可以|能不能|是否可以?|[可能得]否|可以|能夠?)[，,\s]*)*"
    r"(?:展期|展延|延期|延長期限|延後|順延|寬限|延(?=[至到]))(?P<rest>.*)$"
)
_IN_WORDS = re.compile(r"([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})(?=[日號])")
_TO = re.compile(r"^[\s：:，,]*(?:填報)?\s*(?:至|到|為|改為|自即日起至)?[\s：:]*")
_YEAR = r"(?:(?:中華)?民國)?\s*(?P<year>\d{2,4})\s*[-./年]\s*"
_DAY = re.compile(
    rf"(?:{_YEAR})?(?P<month>\d{{1,2}})\s*[-./月]\s*(?P<day>\d{{1,2}})(?!\d)\s*[日號]?"
    r"\s*(?:[（(][^（）()]{1,4}[）)])?"
)
_DAYS = re.compile(r"(?P<count>\d{1,3}|[一二兩三四五六七八九十]{1,3})\s*個?\s*(?:工作|上班)[天日]")
_WHY = re.compile(
    r"^[\s，,。；;、：:]*(?:止|前)?(?:再?(?:繳交|填報|送交|提報|提交))?[\s，,。；;、：:]*"
)
_WHY_WORD = re.compile(r"^(?:原因|理由|事由|因為|因|由於)[\s是為：:]*")
_WIDE = str.maketrans("０１２３４５６７８９／．－", "0123456789/.-")


def wish_in(text: str, *, today: date) -> Wish | None:
    """What a reply asks for; None where it does not ask for more time. `text` is new text.

    A day without its year is the next such day after three months ago.
    """
    lines = [_in_digits(line.translate(_WIDE)).strip() for line in text.splitlines()]
    for place, line in enumerate(lines):
        asked = _ASKS.match(line)
        if asked:
            following = "" if place + 1 == len(lines) else lines[place + 1]
            wish = _wish(line, asked["rest"], following, today)
            because = _WHY_WORD.sub("", asked["because"] or "", count=1).rstrip("，, ")
            return replace(wish, why=wish.why or because[:WHY_LIMIT])
    return None


def _in_digits(line: str) -> str:
    """`七月十日` as `7月10日`."""
    return _IN_WORDS.sub(lambda found: f"{_number(found[1])}月{_number(found[2])}", line)


def _wish(line: str, rest: str, following: str, today: date) -> Wish:
    rest = _TO.sub("", rest, count=1)
    day, count = _DAY.match(rest), _DAYS.match(rest)
    if count:
        days = _number(count["count"])
        return Wish(working_days=days, why=_why(rest[count.end() :], following), written=line)
    until = _day_of(day, today) if day else None
    why = _why(rest[day.end() :], following) if day else ""
    return Wish(until=until, why=why, written=line)


def _day_of(match: re.Match[str], today: date) -> date | None:
    month, day = match["month"], match["day"]
    if match["year"]:
        return _read(f"{match['year']}-{month}-{day}")
    for year in (roc_year(today), roc_year(today) + 1):
        found = _read(f"{year}-{month}-{day}")
        if found is not None and (today - found).days < 90:
            return found
    return None


def _read(written: str) -> date | None:
    try:
        return parse_date(written)
    except ValueError:
        return None


def _number(written: str) -> int:
    """`5`, `五`, `十五`, `二十`."""
    if written.isdigit():
        return int(written)
    digits = {"兩": 2, **{digit: place for place, digit in enumerate("一二三四五六七八九", 1)}}
    tens, ten, ones = written.rpartition("十")
    return (digits.get(tens, 1) * 10 if ten else 0) + digits.get(ones, 0)


def _why(rest: str, following: str) -> str:
    here = _WHY.sub("", rest, count=1)
    if not here and _WHY_WORD.match(following):
        here = following
    return _WHY_WORD.sub("", here, count=1).strip(" 　。）)（(？?嗎呢")[:WHY_LIMIT]


@dataclass(frozen=True, kw_only=True)
class Decision:
    """同意, or 不同意 with the reason."""

    agrees: bool
    why: str = ""


_NO = re.compile(
    r"^(?:(?:不同意|不予同意|歉難同意|無法同意|不核[准可]|不准)(?:展期)?[\s，,。；;、：:]*"
    r"|(?:不可|不行|否|拒絕)(?:[\s，,。；;、：:]+|$))(?P<why>.*)$"
)
_YES = re.compile(
    r"^(?:同意|准予?|核[准可]|照准|可|好的?|ok)(?:展期|照辦|辦理|所請|備查)*[\s，,。！!]*$",
    re.IGNORECASE,
)


def decision_in(text: str) -> Decision | None:
    """What a reply decides, by the first line that is more than polite; None where that is unclear.

    「同意」 with anything else behind it is unclear: it may be a condition.
    """
    lines = [line.strip() for line in text.splitlines()]
    telling = [line for line in lines if line and not _POLITE.fullmatch(line)]
    if not telling:
        return None
    first, *more = (_unpolite(line) for line in telling)
    refused = _NO.match(first)
    if refused:
        why = refused["why"] or next(iter(more), "")
        return Decision(agrees=False, why=_WHY_WORD.sub("", why, count=1).strip()[:WHY_LIMIT])
    return Decision(agrees=True) if _YES.match(first) else None


def _unpolite(line: str) -> str:
    """A line without the greeting before it and the thanks behind it."""
    line = re.sub(r"^(?:您好|你好)[，,。！!\s]*", "", line)
    return re.sub(r"[，,。！!~～\s]*(?:謝謝您?|感謝您?)[。！!\s]*$", "", line)


_NOTHING = re.compile(
    r"(?:(?:本|這)(?:組|課|科|室|所|期|次|季|月|年度?|半年)){0,3}[，,：:\s]*無(?:辦理事項|應辦理事項)[。.！!]*"
)


def says_nothing(text: str, *, names: tuple[str, ...]) -> bool:
    """Whether new text says 無辦理事項 and else nothing, but for greetings, thanks and a name.

    `names` are those that may stand below it: the writer's, the section's.
    """
    lines = [_unpolite(line.strip()) for line in text.splitlines()]
    telling = [line for line in lines if line and not _POLITE.fullmatch(line)]
    bare = [line for line in telling if not _is_name(line, names)]
    return len(bare) == 1 and _NOTHING.fullmatch(bare[0]) is not None


def _is_name(line: str, names: tuple[str, ...]) -> bool:
    """A line made of the names alone, with a polite word at most: `業務組 王小美 敬上`."""
    for name in sorted((name for name in names if name), key=len, reverse=True):
        line = line.replace(name, " ")
    return not line.strip() or _POLITE.fullmatch(line) is not None
