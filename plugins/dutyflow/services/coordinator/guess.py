"""推測: whose something probably is that came without a token of ours. Pure.

A guess is preselected for a person who decides; it never decides by itself.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

# What tells most outweighs all that tells less.
_STAMP, _SENDER, _SECTION, _DUTY, _PERIOD, _WAITS = 64, 32, 16, 8, 4, 1


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """An assignment that something may belong to, by the names that people give it.

    `section` is its section's id; `waits` tells whether its answer is still to come, `until` its
    cut-off.
    """

    key: str
    section: str
    section_name: str
    duty: str
    period: str
    cycle: str
    waits: bool
    until: datetime


@dataclass(frozen=True, kw_only=True)
class Traits:
    """What something that came says of itself. `sections` are those, by id, that its sender belongs
    to, `stamped` the assignments that its forms were made for, `names` those of its files."""

    sections: Collection[str] = ()
    subject: str = ""
    names: Collection[str] = ()
    stamped: Collection[str] = ()


@dataclass(frozen=True, kw_only=True)
class Guess:
    """The assignment that something probably belongs to, and why, in words."""

    key: str
    why: str


def guess_whose(traits: Traits, candidates: Iterable[Candidate]) -> Guess | None:
    """The likeliest candidate; None where nothing points to a section.

    Of equals, the one that still waits and is due first.
    """
    written = [_plain(text) for text in (traits.subject, *traits.names)]
    rated = [(_hints(traits, written, each), each) for each in candidates]
    telling = [(hints, each) for hints, each in rated if hints.keys() & _TELLING]
    if not telling:
        return None
    hints, best = min(telling, key=lambda pair: _rank(*pair))
    return Guess(key=best.key, why=_spoken(hints))


_TELLING = {_STAMP, _SENDER, _SECTION}  # a duty or a period alone names no section


def _hints(traits: Traits, written: list[str], candidate: Candidate) -> dict[int, str]:
    """What points to a candidate: words, or a name that was written, by how much it tells."""
    found = {}
    if candidate.key in traits.stamped:
        found[_STAMP] = "附檔是這一份的表單"
    if candidate.section in traits.sections:
        found[_SENDER] = f"寄件人是{candidate.section_name}的人"
    named = {
        _SECTION: (candidate.section_name,),
        _DUTY: (candidate.duty,),
        _PERIOD: (candidate.period, candidate.cycle),
    }
    for weight, names in named.items():
        told = next((name for name in names if _plain(name) and _is_in(name, written)), None)
        if told is not None:
            found[weight] = told
    return found


def _spoken(hints: dict[int, str]) -> str:
    """`寄件人是設計組的人；主旨或檔名提到「設計組」「107年上半年」`."""
    sentences = [hints[weight] for weight in (_STAMP, _SENDER) if weight in hints]
    names = [f"「{hints[weight]}」" for weight in (_SECTION, _DUTY, _PERIOD) if weight in hints]
    if names:
        sentences.append(f"主旨或檔名提到{''.join(names)}")
    return "；".join(sentences)


def _rank(hints: dict[int, str], candidate: Candidate) -> tuple[int, datetime, str]:
    waits = _WAITS if candidate.waits else 0
    return -sum(hints) - waits, candidate.until, candidate.key


def _is_in(name: str, written: list[str]) -> bool:
    return any(_plain(name) in text for text in written)


def _plain(text: str) -> str:
    """Without what people type differently: width, case, blanks."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
