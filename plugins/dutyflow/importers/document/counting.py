"""Numbers as a plan prints them: 壹、 一、 （一） 1. (1) 甲. and their kin, read and written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

_DIGITS = "〇一二三四五六七八九"
_LEGAL = "零壹貳參肆伍陸柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
# Other ways to write the same: 叁 and 参 for 參, 貮 and 弐 for 貳, 零 and ○ for 〇.
_SAME = str.maketrans("叁参貮弐○零拾\u2f00\u2f06\u2f0b\u2f17", "參參貳貳〇〇十一二八十")

_HAN = r"[一二三四五六七八九十]{1,3}"
_WIDE = r"[0-9０-９]{1,2}"  # no more: (107)年 is a year, 106. none of a plan's numbers
_END = r"[.、．,，:：]"
# Kind by kind: what stands around the number. A digit after `1.` makes it a decimal, no number.
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("great", re.compile(rf"([壹貳貮弐參叁参肆伍陸柒捌玖拾]{{1,3}})\s*{_END}")),
    ("han", re.compile(rf"({_HAN})\s*{_END}")),
    ("bracketed han", re.compile(rf"[(（]\s*({_HAN})\s*[)）]|([\u3220-\u3229])")),
    ("digit", re.compile(rf"({_WIDE})\s*{_END}(?![0-9０-９])|([\u2488-\u249b])")),
    ("half-bracketed digit", re.compile(rf"({_WIDE})\s*[)）]")),
    ("bracketed digit", re.compile(rf"[(（]\s*({_WIDE})\s*[)）]|([\u2474-\u2487])")),
    ("circled", re.compile(r"([\u2460-\u2473])")),
    ("stem", re.compile(rf"([{_STEMS}])\s*{_END}|[(（]\s*([{_STEMS}])\s*[)）]")),
    ("letter", re.compile(r"([A-Za-zＡ-Ｚａ-ｚ])\s*[.、．)）](?![A-Za-z0-9])")),
    ("bullet", re.compile(r"([•‧●○◎■□◆◇▲△※★☆✓➢\uf06c\uf06e\uf0b7\uf0d8])|([-–—])\s")),
)


@dataclass(frozen=True)
class Mark:
    """A printed number at the beginning of a line, and what follows it."""

    kind: str
    number: int
    printed: str
    rest: str


_TO_LEGAL = str.maketrans("一二三四五六七八九十", "壹貳參肆伍陸柒捌玖拾")


def mark_of(line: str) -> Mark | None:
    """The number that a line begins with, if it begins with one."""
    for kind, pattern in _KINDS:
        match = pattern.match(line)
        if match is not None:
            written = next(filter(None, match.groups()))
            rest = line[match.end() :].strip()
            return Mark(kind, _value(kind, written), match.group().strip(), rest)
    return None


def _value(kind: str, written: str) -> int:
    plain = unicodedata.normalize("NFKC", written).strip("().")
    if kind == "bullet":
        return 0
    if kind == "stem":
        return _STEMS.index(plain) + 1
    if kind == "letter":
        return ord(plain.upper()) - ord("A") + 1
    if kind == "great":
        plain = "".join(_legal(each) for each in plain.translate(_SAME))
    return int(plain) if plain.isdecimal() else han_value(plain)


def _legal(sign: str) -> str:
    return _DIGITS[_LEGAL.index(sign)] if sign in _LEGAL else sign


def han_value(written: str) -> int:
    """`十二` as 12, `一〇七` as 107."""
    plain = written.translate(_SAME)
    tens, ten, ones = plain.partition("十")
    if not ten:
        return int("".join(str(_DIGITS.index(sign)) for sign in plain))
    return _small(tens, 1) * 10 + _small(ones, 0)


def _small(written: str, default: int) -> int:
    digits = [str(_DIGITS.index(sign)) for sign in written if sign in _DIGITS]
    return int("".join(digits)) if digits else default


def han(number: int) -> str:
    """12 as `十二`; below 100."""
    tens, ones = divmod(number, 10)
    if number > 99 or number < 1:
        return str(number)
    return (_DIGITS[tens] if tens > 1 else "") + "十" * (tens > 0) + (_DIGITS[ones] if ones else "")


def _legal_han(number: int) -> str:
    return han(number).translate(_TO_LEGAL)


def _picked(signs: str) -> Callable[[int], str]:
    return lambda number: signs[(number - 1) % len(signs)]


def _wide(number: int) -> str:
    return str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９"))


def _letter(number: int) -> str:
    return chr(ord("A") + (number - 1) % 26)


_CIRCLED = "".join(chr(0x2460 + offset) for offset in range(20))

# The names that OOXML (ST_NumberFormat, ECMA-376 part 1, 17.18.59) and ODF (style:num-format,
# ODF 1.3 part 3, 20.307) give to ways of counting.
FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "1": str,
    "decimalZero": lambda number: f"{number:02}",
    "decimalFullWidth": _wide,
    "decimalFullWidth2": _wide,
    "１, ２, ３, ...": _wide,
    "decimalHalfWidth": str,
    "decimalEnclosedCircle": _picked(_CIRCLED),
    "decimalEnclosedCircleChinese": _picked(_CIRCLED),
    "①, ②, ③, ...": _picked(_CIRCLED),
    "decimalEnclosedParen": lambda number: f"({number})",
    "decimalEnclosedFullstop": lambda number: f"{number}.",
    "taiwaneseCounting": han,
    "taiwaneseCountingThousand": han,
    "chineseCounting": han,
    "chineseCountingThousand": han,
    "japaneseCounting": han,
    "ideographDigital": han,
    "taiwaneseDigital": han,
    "一, 二, 三, ...": han,
    "ideographLegalTraditional": _legal_han,
    "壹, 貳, 參, ...": _legal_han,
    "壹, 貮, 參, ...": _legal_han,
    "ideographTraditional": _picked(_STEMS),
    "甲, 乙, 丙, ...": _picked(_STEMS),
    "ideographZodiac": _picked(_BRANCHES),
    "子, 丑, 寅, ...": _picked(_BRANCHES),
    "upperLetter": _letter,
    "A": _letter,
    "lowerLetter": lambda number: _letter(number).lower(),
    "a": lambda number: _letter(number).lower(),
}
