"""Recognise placeholders, which people write where they have nothing to say: 無, N/A, －, 同上期.

Nothing is guessed. In a field that may stay empty a placeholder counts as empty; where words are
required, the section is asked for them. 無 may be an answer: to what users complained of.
"""

from __future__ import annotations

import re
from functools import lru_cache

from dutyflow.infra.sandbox.cell_errors import MARK
from dutyflow.plan.texts import folded

from .texts import Cell, plain

_EMPTY = re.compile(
    r"[-－―—–─_~/\\.。…·Xx]+|(?:本期|本季|本月|本年度?|本組)?(?:無|没有|沒有|尚無)(?:辦理)?(?:事項)?"
    r"|無資料|不適用|免填|略|從略|待補|後補|容後補[陳送]?|另補|n\.?/?a\.?|none|nil|null|tbd",
    re.IGNORECASE,
)
_BACK = re.compile(
    r"(?:(?:同|如|比照|詳如?|見|[與和跟])(?:上一?|前一?|去)"
    r"(?:期|次|年度?|季|月|半年|列|項|述|開|表|年[上下]半年)?(?:所述|辦理|內容|資料|填報內容)?"
    r"|(?:同|如)(?:左|右)|〃|″|\"|”|ditto|sameasabove)"
    r"(?:相同|一樣|一致)?(?:[，,、]?(?:無|沒有)(?:變動|異動|修正|變更))?[。.]?",
    re.IGNORECASE,
)
_FRAMED = re.compile(r"[(（【〔\[*-]*([^()（）【】〔〕\[\]*-]+?)[)）】〕\]*-]*[。.]?")
_ERRORS = {
    "#N/A": "查不到資料",
    "#REF!": "公式所指的儲存格已經不在",
    "#VALUE!": "公式用到不能計算的內容",
    "#DIV/0!": "除數是零或空白",
    "#NAME?": "公式裡的名稱無法辨識",
    "#NUM!": "算出的數字超出範圍",
    "#NULL!": "公式的範圍有誤",
    "#SPILL!": "公式的結果放不下",
    "#BUSY!": "公式還沒有算完",
    "#GETTING_DATA": "公式還沒有算完",
}
_LONGEST = 12  # characters: what is longer says something


def is_placeholder(cell: Cell) -> bool:
    """Whether a cell says that there is nothing: 無, N/A, －."""
    text = _bare(cell)
    return bool(text) and _EMPTY.fullmatch(text) is not None


def refers_back(cell: Cell) -> bool:
    """Whether a cell refers to an answer elsewhere: 同上期, 如前."""
    return _BACK.fullmatch(_bare(cell)) is not None


def formula_error(cell: str) -> str:
    """What is wrong with a formula's value, in words: `是公式的錯誤值「#N/A」（查不到資料）`.

    "" for anything but an error value or a formula without a value; also for `#N/A` that was typed.
    """
    if not cell.startswith(MARK):
        return ""
    error = cell.removeprefix(MARK).strip()[:_LONGEST]
    if not error:
        return "是公式，檔案裡沒有算好的值"
    return f"是公式的錯誤值「{error}」（{_ERRORS.get(error.upper(), '公式無法計算')}）"


def may_be_placeholder(cell: str) -> bool:
    """Whether a cell is short enough to be one at all, as most answers are not."""
    return len(cell) <= 2 * _LONGEST or len(cell.strip()) <= 2 * _LONGEST


def _bare(cell: Cell) -> str:
    """A cell's text without brackets, dashes or a full stop around it: `（無）`, `無。`, `-無-`."""
    text = _short(cell)
    framed = _FRAMED.fullmatch(text)
    return framed[1] if framed else text


def _short(cell: Cell) -> str:
    return _shortened(cell.strip()) if isinstance(cell, str) and may_be_placeholder(cell) else ""


@lru_cache(maxsize=1024)  # each is asked about more than once, and stands in many rows
def _shortened(text: str) -> str:
    shortened = folded(plain(text))
    return shortened if len(shortened) <= _LONGEST else ""
