"""The sections that the owner column names, and an id for each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from .assigning import Assigned
from .outline import Outlined, places
from .owners import is_every, is_plausible
from .parts import Doubt

# What the names of sections begin with, and an English word for it. The longest that fits counts.
_WORDS: Mapping[str, str] = {
    "業務": "business",
    "總務": "general_affairs",
    "設計": "design",
    "電費": "billing",
    "人資": "human_resources",
    "人力資源": "human_resources",
    "人事": "personnel",
    "會計": "accounting",
    "主計": "accounting",
    "政風": "ethics",
    "資訊": "information",
    "行政": "administration",
    "秘書": "secretariat",
    "企劃": "planning",
    "規劃": "planning",
    "研考": "evaluation",
    "工務": "engineering",
    "工程": "works",
    "維護": "maintenance",
    "檢驗": "inspection",
    "供電": "power_supply",
    "線路": "lines",
    "變電": "substations",
    "調度": "dispatch",
    "配電": "distribution",
    "材料": "materials",
    "客服": "customer_service",
    "服務": "service",
    "工安": "safety",
    "安全": "safety",
    "法務": "legal",
    "財務": "finance",
    "公關": "public_relations",
    "用戶": "customers",
    "稽查": "audit",
}
_SEVERAL = re.compile(r"[及與和暨]")
_STEM = re.compile(r"(?:組|課|科|室|處|部|股|隊|站|所|廠|中心)$")


@dataclass(frozen=True)
class Named:
    """A section; `proposed` tells that its id is ours to propose, not the office's own."""

    id: str
    name: str
    proposed: bool


def sections_of(assigned: Sequence[Assigned], known: Mapping[str, str]) -> list[Named]:
    """The sections in the order in which the office or, failing that, the column names them.

    `known` maps the names of sections that the office has to their ids.
    """
    names = Counter(
        name
        for each in assigned
        for name in each.owners or ()
        if not is_every(name) and is_plausible(name, known)
    )
    ids = dict(known)
    for name, _ in names.most_common():  # the usual name has the plain id, not its misspelling
        if name not in ids:
            ids[name] = _proposed(name, set(ids.values()))
    ordered = [*(name for name in known if name in names), *(n for n in names if n not in known)]
    return [Named(ids[name], name, proposed=name not in known) for name in ordered]


def _proposed(name: str, taken: set[str]) -> str:
    stems = sorted((stem for stem in _WORDS if name.startswith(stem)), key=len)
    word = _WORDS[stems[-1]] if stems else "section"
    if stems and word not in taken:
        return word
    return next(f"{word}_{n}" for n in range(1, len(taken) + 2) if f"{word}_{n}" not in taken)


def doubts_about(
    assigned: Sequence[Assigned], outline: Sequence[Outlined], known: Mapping[str, str]
) -> Iterator[Doubt]:
    """Names that may be another one misspelt, and what 各部門 may mean."""
    by_name: dict[str, list[int]] = {}
    for index, each in enumerate(assigned):
        for name in each.owners or ():
            by_name.setdefault(name, []).append(index)
    sections = {name: where for name, where in by_name.items() if not is_every(name)}
    for name, where in sections.items():
        found = _strange(name, sections, known)
        if found and is_plausible(name, known):
            yield Doubt(
                where=places(outline, where),
                found=f"承辦部門{found}",
                assumed="暫視為另一組室",
                measures=tuple(where),
            )
    if len(sections) < len(by_name):
        unnamed = [name for name in known if name not in sections]
        also = f"（現有計畫另有{'、'.join(unnamed)}）" if unnamed else ""
        yield Doubt(
            where="承辦部門欄",
            found=f"「各部門」包含哪些組室，文件未列{also}",
            assumed="暫以欄中出現的組室為限",
            field="sections",
        )


def _strange(name: str, sections: Mapping[str, list[int]], known: Mapping[str, str]) -> str:
    if name in known:
        return ""
    stem = _STEM.sub("", name)
    alike = [n for n in {**known, **sections} if n != name and _STEM.sub("", n) == stem]
    usual = [n for n in alike if n in known or len(sections[n]) >= len(sections[name])]
    if usual:
        return f"「{name}」與「{usual[0]}」相近，不知是否為同一組室"
    if _SEVERAL.search(name):
        return f"「{name}」不知是一個組室或數個"
    return f"現有計畫沒有「{name}」這個組室" if known else ""
