"""What pydantic finds wrong with a file's structure, in words for the person who wrote it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from dutyflow.calendars.roc import ROC_EPOCH

from .fields import model_at, names, title_of
from .model import ALL, IDENTIFIER_PATTERN, MEASURE_ID_PATTERN, NAME_PATTERN
from .source import Place, Remark, Source, shown
from .words import CHOICE_TITLES, did_you_mean, guess, listed, titled

NO_SUCH_DAY = "沒有這一天"
DATE_EXPECTED = "民國年-月-日，例如 107-07-06"
_QUOTED = re.compile(r"'([^']*)'")
_PATTERNS: dict[str, str] = {
    IDENTIFIER_PATTERN: "代碼：小寫英文字母開頭，只含小寫英文字母、數字與底線，40 字以內",
    MEASURE_ID_PATTERN: '計畫所印編號，數字以點相連，例如 "1.1.2.3"',
    NAME_PATTERN: "100 字以內的一行文字，開頭不留空白",
}
_TYPES: dict[str, str] = {
    "string_type": "文字",
    "int_type": "整數",
    "float_type": "數字",
    "finite_number": "數字",
    "bool_type": "true 或 false",
    "bool_parsing": "true 或 false",
    "tuple_type": "清單",
    "dict_type": "一組「欄位: 值」",
    "model_type": "一組「欄位: 值」",
}


def explain(error: ValidationError, model: type[BaseModel], source: Source) -> Iterator[Remark]:
    """One remark for each mistake, in the file's order of fields."""
    details = [(_place(each, source.data), each) for each in error.errors(include_url=False)]
    misspelt = _misspelt(details, model)
    for place, detail in details:
        if detail["type"] == "missing" and place in misspelt:
            continue  # said once, where the misspelt field stands
        if detail["type"] == "too_short" and detail["input"]:
            continue  # the list is too short only because of the wrong items in it
        yield _remark(place, detail, model, source)


def _place(detail: ErrorDetails, data: Any) -> Place:
    """Pydantic's way to the mistake, without the names of the union's branches in it."""
    place: list[str | int] = []
    for part in detail["loc"]:
        if _holds(data, part):
            place.append(part)
            data = data[part]
    if detail["type"] == "missing":
        place.append(detail["loc"][-1])
    return tuple(place)


def _holds(data: Any, part: str | int) -> bool:
    if isinstance(data, dict):
        return part in data
    return isinstance(data, list) and isinstance(part, int) and part < len(data)


def _misspelt(details: list[tuple[Place, ErrorDetails]], model: type[BaseModel]) -> set[Place]:
    """The fields that seem to stand there under a wrong name."""
    found = set()
    for place, detail in details:
        parent = model_at(model, place[:-1]) if detail["type"] == "extra_forbidden" else None
        meant = guess(str(place[-1]), names(parent), names(parent)) if parent else None
        if meant is not None:
            found.add((*place[:-1], meant[0]))
    return found


def _remark(place: Place, detail: ErrorDetails, model: type[BaseModel], source: Source) -> Remark:
    kind = detail["type"]
    if kind == "extra_forbidden":
        return _unknown_field(place, model)
    label = _label(place, model)
    if kind == "missing":
        what = "個欄位" if isinstance(place[-1], str) else "一項"
        return Remark(place=place, found=f"缺少 {label}", expected=f"寫出這{what}")
    written = source.written.get(place, "")
    return Remark(
        place=place,
        found=f"{label}為{_found(detail, written)}",
        expected=_expected(place, detail),
        hint=_hint(place, detail, written),
    )


def _unknown_field(place: Place, model: type[BaseModel]) -> Remark:
    parent = model_at(model, place[:-1])
    fields = names(parent) if parent else {}
    around = title_of(model, place[:-1])
    return Remark(
        place=place,
        found=f"{shown(str(place[-1]))}不是{around or '本檔'}的欄位",
        expected=listed(fields),
        hint=did_you_mean(str(place[-1]), fields, fields),
    )


def _label(place: Place, model: type[BaseModel]) -> str:
    """What a person calls the place: `frequency（執行期間）`, `owners（承辦部門）第 2 項`."""
    if not place:
        return "整個檔案"
    *around, last = place
    if isinstance(last, int):
        return f"{_label(tuple(around), model)}第 {last + 1} 項"
    title = title_of(model, place)
    if title and model_at(model, tuple(around)):
        return f"{last}（{title}）"
    return f"{title}{shown(last)}"


def _found(detail: ErrorDetails, written: str) -> str:
    value = detail["input"]
    if isinstance(value, dict):
        return "一組欄位"
    if isinstance(value, (list, tuple)):
        return f" {len(value)} 項的清單" if value else "空的清單"
    if value is None or value == "":
        return "空白"
    return shown(written or str(value))


def _expected(place: Place, detail: ErrorDetails) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if _is_owners(place, detail):
        return "組室代碼的清單，或 all（各部門）"
    return _TYPES.get(kind) or _phrase(kind, context) or str(detail["msg"])


def _choices(context: dict[str, Any]) -> list[str]:
    return _QUOTED.findall(context["expected"])


def _phrase(kind: str, context: dict[str, Any]) -> str | None:
    match kind:
        case "literal_error":
            return listed([titled(each, CHOICE_TITLES) for each in _choices(context)], "或")
        case "string_pattern_mismatch":
            return _PATTERNS.get(context["pattern"], "不可空白，不含控制字元")
        case "string_too_short":
            return "不可空白"
        case "string_too_long":
            return f"{context['max_length']} 字以內"
        case "too_short":
            return f"至少 {context['min_length']} 項"
        case "too_long":
            return f"最多 {context['max_length']} 項"
        case "greater_than":
            return f"大於 {context['gt']:g}"
        case "greater_than_equal":
            return f"{context['ge']} 以上"
        case "less_than_equal":
            return f"{context['le']} 以下"
        case "roc_date":
            return DATE_EXPECTED
        case "time_zone":
            return "時區名稱，例如 Asia/Taipei"
        case "value_error":  # only the check of e-mail addresses raises these
            return "電子郵件地址，例如 name@example.tw"
    return None


def _is_owners(place: Place, detail: ErrorDetails) -> bool:
    return bool(place) and place[-1] == "owners" and detail["type"] == "literal_error"


def _hint(place: Place, detail: ErrorDetails, written: str) -> str:
    kind, value = detail["type"], detail["input"]
    if kind == "roc_date" and NO_SUCH_DAY in detail["ctx"]["reason"]:
        return f"{NO_SUCH_DAY}，請檢查月份與日期"
    if kind == "string_type" and isinstance(value, (bool, int, float)):
        return f'請加引號："{written or value}"'
    if kind == "tuple_type" and isinstance(value, str):
        return f"請寫成清單：[{value}]"
    if _is_owners(place, detail):
        return _owners_hint(value)
    if kind == "literal_error" and isinstance(value, str):
        return did_you_mean(value, _choices(detail["ctx"]), CHOICE_TITLES)
    if place and place[-1] == "year" and isinstance(value, int) and value > ROC_EPOCH:
        return f"西元 {value} 年是民國 {value - ROC_EPOCH} 年"
    return ""


def _owners_hint(value: Any) -> str:
    if not isinstance(value, str):
        return ""
    return f"應寫 {ALL}" if value == CHOICE_TITLES[ALL] else f"請寫成清單：[{value}]"
