"""Mappings that come in several kinds, told apart by their keys.

Pydantic tries every member of a union and reports what is wrong with each; a person wants to hear
of the one that was meant. So the kind is guessed first, even from a misspelt key.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Discriminator

UNKNOWN_KIND = "unknown_kind"  # the error's type where no kind, or more than one, can be meant


def told_apart(kinds: Mapping[str, type[BaseModel]]) -> Discriminator:
    """The discriminator of a union whose members carry these tags.

    Where it gives up, the error's message lists the kinds, each by the keys that it needs.
    """
    keys_of = {tag: _keys(model) for tag, model in kinds.items()}
    times = Counter(key for keys in keys_of.values() for key in keys)
    own = {key: tag for tag, keys in keys_of.items() for key in keys if times[key] == 1}
    titles = {keys_of[tag][key]: tag for key, tag in own.items()}
    tags_of_models = {model: tag for tag, model in kinds.items()}

    def kind_of(written: Any) -> str | None:
        if isinstance(written, BaseModel):
            return tags_of_models.get(type(written))
        if not isinstance(written, dict):
            return next(iter(kinds))  # whose complaint is that it is no mapping
        meant = {own[key] for key in written if key in own}
        meant = meant or {tag for key in written for tag in _resembling(key, {**own, **titles})}
        return meant.pop() if len(meant) == 1 else None

    return Discriminator(
        kind_of,
        custom_error_type=UNKNOWN_KIND,
        custom_error_message="、".join(map(_needed, kinds.values())),
    )


def _keys(model: type[BaseModel]) -> dict[str, str]:
    return {info.alias or name: info.title or name for name, info in model.model_fields.items()}


def _needed(model: type[BaseModel]) -> str:
    fields = model.model_fields.items()
    return "＋".join(info.alias or name for name, info in fields if info.is_required())


def _resembling(key: object, tags: Mapping[str, str]) -> list[str]:
    return [tags[close] for close in difflib.get_close_matches(str(key), tags, n=1)]
