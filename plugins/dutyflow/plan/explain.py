"""What pydantic finds wrong with a file's structure, in words for the person who wrote it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from dutyflow.calendars.kinds import UNKNOWN_KIND
from dutyflow.calendars.roc import ROC_EPOCH
from dutyflow.calendars.rules import NOT_EXPECTED

from .field_types import TYPE_TITLES
from .fields import Way, model_at, names, title_of
from .forms import SHEET_NAME_PATTERN, UNKNOWN_TYPE
from .model import ALL
from .parts import (
    CONNECTION_PATTERN,
    DOMAIN_PATTERN,
    IDENTIFIER_PATTERN,
    MEASURE_ID_PATTERN,
    NAME_PATTERN,
)
from .source import Place, Remark, Source
from .texts import shown
from .words import CHOICE_TITLES, did_you_mean, guess, listed, titled

NO_SUCH_DAY = "沒有這一天"
DATE_EXPECTED = "民國年-月-日，例如 107-07-06"
_QUOTED = re.compile(r"'([^']*)'")
_PATTERNS: dict[str, str] = {
    DOMAIN_PATTERN: "網域名稱，例如 design.example.tw，不含 @",
    IDENTIFIER_PATTERN: "代碼：小寫英文字母開頭，只含小寫英文字母、數字與底線，40 字以內",
    MEASURE_ID_PATTERN: '計畫所印編號，數字以點相連，例如 "1.1.2.3"',
    CONNECTION_PATTERN: "Airflow 連線的名稱：只含英文字母、數字與 . _ -，100 字以內",
    NAME_PATTERN: "100 字以內的一行文字，開頭不留空白",
    SHEET_NAME_PATTERN: "31 字以內的一行文字，不含 [ ] : * ? / \\ '",
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


@dataclass(frozen=True, kw_only=True)
class _Mistake:
    """A mistake at a place of the file. `way` is pydantic's to it, `around` that to the mapping or
    list in which it stands: they name the members of unions that are passed."""

    place: Place
    way: Way
    around: Way
    detail: ErrorDetails


def explain(error: ValidationError, model: type[BaseModel], source: Source) -> Iterator[Remark]:
    """One remark for each mistake, in the file's order of fields."""
    mistakes = [_mistake(each, source.data) for each in error.errors(include_url=False)]
    meant = _misspelt(mistakes, model)
    for mistake in mistakes:
        kind = mistake.detail["type"]
        if kind == "missing" and mistake.place in meant.values():
            continue  # said once, where the misspelt field stands
        if kind == "too_short" and mistake.detail["input"]:
            continue  # the list is too short only because of the wrong items in it
        if kind == "extra_forbidden":
            yield _unknown_field(mistake, model, meant.get(mistake.place))
        else:
            yield _remark(mistake, model, source)


def _mistake(detail: ErrorDetails, data: Any) -> _Mistake:
    place: list[str | int] = []
    passed: list[str | int] = []
    way: Way = ()
    around: Way = ()
    for part in detail["loc"]:
        if _holds(data, part):
            around = tuple(passed)
            place.append(part)
            way = (*passed, part)
            data = data[part]
        passed.append(part)
    if detail["type"] == "missing":
        place.append(detail["loc"][-1])
        way, around = detail["loc"], detail["loc"][:-1]
    return _Mistake(place=tuple(place), way=way, around=around, detail=detail)


def _holds(data: Any, part: str | int) -> bool:
    if isinstance(data, dict):
        return part in data
    return isinstance(data, list) and isinstance(part, int) and part < len(data)


def _misspelt(mistakes: list[_Mistake], model: type[BaseModel]) -> dict[Place, Place]:
    """The unknown fields, each with the field that it seems to stand for.

    That is one whose name it resembles; else, in a mapping that is one of several kinds, the one
    field that is missing, where nothing else is unknown.
    """
    unknown: dict[Place, list[_Mistake]] = defaultdict(list)
    missing: dict[Place, list[Place]] = defaultdict(list)
    for each in mistakes:
        if each.detail["type"] == "extra_forbidden":
            unknown[each.place[:-1]].append(each)
        if each.detail["type"] == "missing":
            missing[each.place[:-1]].append(each.place)
    meant: dict[Place, Place] = {}
    for around, fields in unknown.items():
        for each in fields:
            code = _resembled(each, model)
            if code is not None:
                meant[each.place] = (*around, code)
            elif each.around != around and len(fields) == len(missing[around]) == 1:
                meant[each.place] = missing[around][0]
    return meant


def _resembled(mistake: _Mistake, model: type[BaseModel]) -> str | None:
    parent = model_at(model, mistake.around)
    titles = names(parent) if parent is not None else {}
    meaning = guess(str(mistake.place[-1]), titles, titles)
    return meaning[0] if meaning is not None else None


def _remark(mistake: _Mistake, model: type[BaseModel], source: Source) -> Remark:
    place, detail = mistake.place, mistake.detail
    label = _label(mistake, model)
    if detail["type"] == "missing":
        what = "個欄位" if isinstance(place[-1], str) else "一項"
        return Remark(place=place, found=f"缺少 {label}", expected=f"寫出這{what}")
    if detail["type"] == UNKNOWN_KIND:
        return _unknown_kind(mistake, label)
    if detail["type"] == UNKNOWN_TYPE:
        return _unknown_type(mistake)
    written = source.written.get(place, "")
    return Remark(
        place=place,
        found=f"{label}為{_found(detail, written)}",
        expected=_expected(place, detail),
        hint=_hint(place, detail, written),
    )


def _unknown_field(mistake: _Mistake, model: type[BaseModel], meant: Place | None) -> Remark:
    parent = model_at(model, mistake.around)
    fields = names(parent) if parent else {}
    around = title_of(model, mistake.around)
    written = str(mistake.place[-1])
    hint = did_you_mean(written, fields, fields)
    if not hint and meant is not None:
        hint = f"是不是 {titled(str(meant[-1]), fields)}？"
    return Remark(
        place=mistake.place,
        found=f"{shown(written)}不是{around or '本檔'}的欄位",
        expected=listed(fields),
        hint=hint,
    )


def _unknown_kind(mistake: _Mistake, label: str) -> Remark:
    """A mapping that may be of several kinds, and by its fields is of none, or of more than one."""
    fields = [str(field) for field in mistake.detail["input"]]
    return Remark(
        place=mistake.place,
        found=f"{label}寫了 {listed(fields)}" if fields else f"{label}沒有寫任何欄位",
        expected=f"下列寫法之一：{mistake.detail['msg']}",
    )


def _unknown_type(mistake: _Mistake) -> Remark:
    written = str(mistake.detail["input"]["type"])
    return Remark(
        place=(*mistake.place, "type"),
        found=f"type（欄位型態）為{shown(written)}",
        expected=listed((titled(each, TYPE_TITLES) for each in TYPE_TITLES), "或"),
        hint=did_you_mean(written, TYPE_TITLES, TYPE_TITLES),
    )


def _label(mistake: _Mistake, model: type[BaseModel]) -> str:
    """What a person calls the place: `frequency（執行期間）`, `owners（承辦部門）第 2 項`."""
    place, around = mistake.place, mistake.around
    if not place:
        return "整個檔案"
    numbers = ""
    while isinstance(place[-1], int):
        numbers = f"第 {place[-1] + 1} 項{numbers}"
        place, around = place[:-1], around[:-1]
    title = title_of(model, (*around, place[-1]))
    if title and model_at(model, around):
        return f"{place[-1]}（{title}）{numbers}"
    return f"{title}{shown(str(place[-1]))}{numbers}"


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
        case _ if kind == NOT_EXPECTED:
            return str(context["expected"])
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
