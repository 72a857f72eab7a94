"""The words of the plan file turned into those of the workbook: titles instead of codes."""

from __future__ import annotations

import re

from dutyflow.errors import Finding
from dutyflow.plan.field_types import ATTRIBUTE_TITLES, TYPE_TITLES
from dutyflow.plan.words import CHOICE_TITLES, FIELD_TITLES

_QUOTED = re.compile(r"(「[^」]*」)")
_BETWEEN_WORDS = re.compile(r"(?<=[一-鿿」）]) (?=[一-鿿「（]|$)|^ (?=[一-鿿])")
_TITLE_AND_CODE = re.compile(r"（([a-z][a-z0-9_]*)）")
_CODE_AND_TITLE = re.compile(r"[a-z][a-z0-9_]*（([^（）]+)）")
_FIELD_AND_CHOICE = re.compile(r"\b([a-z_]+): ([a-z_]+)\b")
_CODE = re.compile(r"(?<![\w/.@-])[a-z][a-z_]*(?![\w/.@-])")
# Where a code is used as something else than a choice or a field of that name.
_WORDS = {
    **FIELD_TITLES,
    **ATTRIBUTE_TITLES,
    **CHOICE_TITLES,
    **TYPE_TITLES,
    "once": "一次",
    "month": "月",
    "day": "日",
    "true": "是",
    "false": "否",
    "date": "日期",
    "kind": "放假或上班",
    "reason": "原因",
}
_CHOICES = {**CHOICE_TITLES, **TYPE_TITLES, "true": "是", "false": "否", "all": "各部門"}


def translated(finding: Finding) -> Finding:
    """The finding with titles for codes."""
    return Finding(
        where=finding.where,
        found=in_titles(finding.found),
        expected=in_titles(finding.expected),
        hint=in_titles(finding.hint),
    )


def in_titles(sentence: str) -> str:
    """The sentence with titles for codes; what a person wrote, in 「」, stays."""
    parts = _QUOTED.split(sentence)
    return "".join(part if part.startswith("「") else _translated(part) for part in parts)


def _translated(text: str) -> str:
    text = _TITLE_AND_CODE.sub(lambda match: "" if match[1] in _WORDS else match[0], text)
    text = _CODE_AND_TITLE.sub(r"\1", text)
    text = _FIELD_AND_CHOICE.sub(_pair, text)
    text = _CODE.sub(lambda match: _WORDS.get(match[0], match[0]), text)
    return _BETWEEN_WORDS.sub("", text)


def _pair(match: re.Match[str]) -> str:
    field, choice = match.groups()
    return f"{FIELD_TITLES.get(field, field)}「{_CHOICES.get(choice, choice)}」"
