"""Mistakes in a plan that is well-formed: things that do not fit together. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from dutyflow.calendars.roc import format_roc, roc_year
from dutyflow.calendars.working_days import WorkingDays
from dutyflow.plan.draft import Draft
from dutyflow.plan.model import ALL, Contacts
from dutyflow.plan.source import Place, Remark
from dutyflow.plan.texts import shown
from dutyflow.plan.words import CHOICE_TITLES, did_you_mean, guess, listed, titled

from .duties import lint_duties
from .extensions import lint_extensions
from .forms import lint_forms
from .ladders import lint_ladders


def lint_plan(draft: Draft, calendar: WorkingDays) -> Iterator[Remark]:
    """What does not fit together in one plan file."""
    for rule in _RULES:
        yield from rule(draft)
    yield from lint_forms(draft)
    yield from lint_ladders(draft)
    yield from lint_extensions(draft)
    yield from lint_duties(draft, calendar)


def lint_contacts(
    contacts: Contacts, *, required: Mapping[str, str], known: Mapping[str, str]
) -> Iterator[Remark]:
    """Sections without contacts (of those `required`), contacts of sections not `known`.

    Both map a section's id to its name.
    """
    meant: set[str] = set()
    for section in contacts.sections:
        if section not in known:
            meant.update(_meant(section, known, known))
            yield Remark(
                place=("sections", section),
                found=f"計畫沒有組室{shown(section)}",
                expected=listed(titled(each, known) for each in known),
                hint=did_you_mean(section, known, known),
            )
    for section, name in required.items():
        if section not in contacts.sections and section not in meant:
            yield Remark(
                place=("sections",),
                found=f"組室 {section}（{name}）沒有聯絡人",
                expected="計畫中的每一個組室都有 owners（承辦人）與 head（組長）",
            )


def _meant(written: str, codes: Iterable[str], titles: Mapping[str, str]) -> Iterator[str]:
    """The code that a misspelt one stands for: it is not missing as well."""
    meaning = guess(written, codes, titles)
    if meaning is not None:
        yield meaning[0]


def _unique_ids(draft: Draft) -> Iterator[Remark]:
    for field, parts in (
        ("sections", draft.sections),
        ("measures", draft.measures),
        ("forms", draft.forms),
        ("ladders", draft.ladders),
        ("duties", draft.duties),
    ):
        ids: dict[Place, str] = {(field, index, "id"): part.id for index, part in parts.items()}
        yield from _repeated(ids, "代碼", "每一個代碼只用一次")
    names: dict[Place, str] = {
        ("sections", index, "name"): part.name for index, part in draft.sections.items()
    }
    yield from _repeated(names, "組室名稱", "每一個組室名稱只用一次")


def _repeated(values: Mapping[Place, str], what: str, expected: str) -> Iterator[Remark]:
    first: dict[str, Place] = {}
    for place, value in values.items():
        if value in first:
            found = f"{what}{shown(value)}重複"
            yield Remark(place=place, found=found, expected=expected, see=first[value])
        first.setdefault(value, place)


def _reserved_ids(draft: Draft) -> Iterator[Remark]:
    for index, section in draft.sections.items():
        if section.id == ALL:
            yield Remark(
                place=("sections", index, "id"),
                found=f"組室代碼「{ALL}」",
                expected=f"其他代碼：{ALL} 用來表示各部門",
            )


def _known_owners(draft: Draft) -> Iterator[Remark]:
    for index, measure in draft.measures.items():
        if measure.owners != ALL:
            yield from _owners(("measures", index, "owners"), measure.owners, draft)


def _owners(place: Place, owners: Iterable[str], draft: Draft) -> Iterator[Remark]:
    names = draft.section_names
    seen: set[str] = set()
    for position, owner in enumerate(owners):
        here = (*place, position)
        if owner in seen:
            yield Remark(
                place=here, found=f"承辦部門{shown(owner)}重複", expected="每一個組室只列一次"
            )
        elif owner in (ALL, CHOICE_TITLES[ALL]):
            yield Remark(
                place=here,
                found=f"清單中的{shown(owner)}",
                expected="組室代碼的清單，或單獨一個 all（各部門）",
                hint=f"各部門請寫 owners: {ALL}，不用括號",
            )
        elif names and owner not in names and not _blamed_on_section(owner, draft):
            yield Remark(
                place=here,
                found=f"沒有組室{shown(owner)}",
                expected=listed(titled(each, names) for each in names),
                hint=did_you_mean(owner, names, names),
            )
        seen.add(owner)


def _blamed_on_section(owner: str, draft: Draft) -> bool:
    """Whether it is the section's own code that is wrong: that is told once, where it stands."""
    meaning = guess(owner, draft.section_names, draft.section_names)
    return meaning is not None and meaning[0] not in {each.id for each in draft.sections.values()}


def _weights(draft: Draft) -> Iterator[Remark]:
    if draft.scoring is None or not draft.aspects:
        return
    place: Place = ("scoring", "weights")
    unweighted = [each for each in draft.aspects if each not in draft.scoring.weights]
    meant: set[str] = set()
    for aspect in draft.scoring.weights:
        if aspect not in draft.aspects:
            meant.update(_meant(aspect, unweighted, {}))
            yield Remark(
                place=(*place, aspect),
                found=f"沒有面向{shown(aspect)}",
                expected=listed(draft.aspects),
                hint=did_you_mean(aspect, unweighted or draft.aspects, {}),
            )
    for aspect in filter(lambda each: each not in meant, unweighted):
        yield Remark(
            place=place, found=f"面向{shown(aspect)}沒有權重", expected="每一個面向都有權重"
        )


def _score_range(draft: Draft) -> Iterator[Remark]:
    if draft.scoring is not None and draft.scoring.range[0] >= draft.scoring.range[1]:
        low, high = draft.scoring.range
        yield Remark(
            place=("scoring", "range"),
            found=f"分數範圍為 [{low}, {high}]",
            expected="[最低分, 最高分]，最低分在前",
            hint=f"是不是 [{high}, {low}]？" if low > high else "",
        )


def _effective_from(draft: Draft) -> Iterator[Remark]:
    if draft.effective_from is None or draft.year is None:
        return
    if roc_year(draft.effective_from) not in (draft.year - 1, draft.year):
        yield Remark(
            place=("effective_from",),
            found=f"{draft.year} 年度的計畫自{format_roc(draft.effective_from)}生效",
            expected=f"{draft.year - 1} 年或 {draft.year} 年的日期",
        )


_RULES: tuple[Callable[[Draft], Iterator[Remark]], ...] = (
    _unique_ids,
    _reserved_ids,
    _known_owners,
    _weights,
    _score_range,
    _effective_from,
)
