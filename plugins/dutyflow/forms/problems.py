"""Mistakes in a form that came back, in words for the section that sent it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from dutyflow.errors import DutyflowError

_SHOWN = 40  # characters of a stranger's text that we repeat to them


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One mistake: what was found, what was expected, and a hint at what to do.

    `sheet` and `cell` (like `F12`) are empty where it is not in one place.

    `row` (its id, "" in a form that is filled once) and `column` (the title of the column or the
    field) say what it is about, for marking the same place in the form that goes back; None and ""
    where there is no such place.
    """

    sheet: str
    cell: str
    found: str
    expected: str
    hint: str = ""
    row: str | None = None
    column: str = ""

    def __str__(self) -> str:
        where = f"「{self.sheet}」工作表 {self.cell}".strip() if self.sheet else self.cell
        sentence = f"{where}：{self.found}" if where else self.found
        sentence += f"；應為：{self.expected}"
        return f"{sentence}（{self.hint}）。" if self.hint else f"{sentence}。"


class FormRejected(DutyflowError):
    """A file cannot be read as a form at all; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


def rejected(found: str, expected: str, hint: str = "") -> FormRejected:
    return FormRejected(Problem(sheet="", cell="", found=found, expected=expected, hint=hint))


def quoted(value: object) -> str:
    """What a stranger typed, in 「」 and fit to be repeated to them (see `shown`)."""
    return f"「{shown(value)}」"


def shown(value: object) -> str:
    """What a stranger typed, on one line, cut where it is long, without invisible characters."""
    text = str(value)[: 10 * _SHOWN]
    visible = "".join(" " if _is_blank(character) else character for character in text)
    line = " ".join(visible.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"


def _is_blank(character: str) -> bool:
    return unicodedata.category(character)[0] in "CZ"
