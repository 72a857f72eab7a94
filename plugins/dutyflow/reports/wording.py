"""Words of reports that are the same in every rendering."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from .model import Status, Tally

NO_SCORE = "—"
STATUS_WORDS: dict[Status, str] = {
    "reported": "已填報",
    "nothing": "無辦理事項",
    "missing": "逾期未報",
    "waived": "免報",
}
LATE = "逾期填報"
ON_TIME = "準時"
_CHINESE_DIGITS = "〇一二三四五六七八九"


def spoken_score(score: float | None) -> str:
    """A score in a sentence, to two places at most: `85`, `88.2`, `87.67`.

    Halves go up (四捨五入), as in the cells of a spreadsheet.
    """
    if score is None:
        return NO_SCORE
    rounded = Decimal(str(score)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{rounded:f}".rstrip("0").rstrip(".")


def spoken_weight(weight: float) -> str:
    return f"{weight:g}"


def punctuality(tally: Tally) -> str:
    """Whether a section reported in time, and how much is missing: `逾期填報，缺 2 項`."""
    if tally.missing == tally.expected:
        return STATUS_WORDS["missing"]
    if tally.waived == tally.expected:
        return STATUS_WORDS["waived"]
    came = LATE if tally.late else ON_TIME
    return f"{came}，缺 {tally.missing} 項" if tally.missing else came


def counted(tally: Tally) -> str:
    """A tally in words: `應填 31　已填 28　無辦理事項 1　未報 2`; 免報 only where there is one."""
    parts = [
        f"應填 {tally.expected}",
        f"已填 {tally.answered}",
        f"無辦理事項 {tally.nothing}",
        f"未報 {tally.missing}",
    ]
    if tally.waived:
        parts.append(f"免報 {tally.waived}")
    return "　".join(parts)


def chinese_number(number: int) -> str:
    """1 to 99 as the plan numbers its aspects: 一, 十, 十二, 二十."""
    tens, ones = divmod(number, 10)
    leading = "" if tens == 0 else "十" if tens == 1 else f"{_CHINESE_DIGITS[tens]}十"
    return leading + (_CHINESE_DIGITS[ones] if ones else "")
