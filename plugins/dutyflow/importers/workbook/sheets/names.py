"""What the sheets call sections, forms and duties, when they refer to each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dutyflow.importers.workbook.labels import Labels
from dutyflow.plan.catalogue import shipped_forms, shipped_ladders
from dutyflow.plan.model import Plan

from .measures import TITLES  # a section's column is told from the others by its title

Pairs = Iterable[tuple[str, str]]  # codes and names


@dataclass(frozen=True, kw_only=True)
class Names:
    """`asked` are all forms that a duty may use, `forms` the plan's own; `ladders` are all."""

    sections: Labels
    forms: Labels
    asked: Labels
    ladders: Labels
    duties: Labels


def names_of(plan: Plan) -> Names:
    return names_in(
        sections=((each.id, each.name) for each in plan.sections),
        forms=((each.id, each.name) for each in plan.forms),
        ladders=((each.id, each.name) for each in plan.ladders),
        duties=((each.id, each.name) for each in plan.duties),
    )


def names_in(
    *, sections: Pairs = (), forms: Pairs = (), ladders: Pairs = (), duties: Pairs = ()
) -> Names:
    own = _first(forms)
    shipped = {code: form.name for code, form in shipped_forms().items()}
    reminded = {code: ladder.name for code, ladder in shipped_ladders().items()}
    return Names(
        sections=Labels(_first(sections), TITLES),
        forms=Labels(own),
        asked=Labels({**shipped, **own}),
        ladders=Labels({**reminded, **_first(ladders)}),
        duties=Labels(_first(duties)),
    )


def _first(pairs: Pairs) -> Mapping[str, str]:
    """Of a code that is used twice, which is told elsewhere, the first name."""
    names: dict[str, str] = {}
    for code, name in pairs:
        names.setdefault(code, name)
    return names
