"""What is named in cells: by its name, as long as that tells it from the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from dutyflow.plan.texts import folded


class Labels:
    """A word for each code, and the code for each word that means one.

    The word is the name; where two have the same name, or it is `taken` by something else, the
    code stands beside it: `業務組（business）`.
    """

    def __init__(self, names: Mapping[str, str], taken: Iterable[str] = ()) -> None:
        self._names = names
        self._labels: dict[str, str] = {}
        used = {*map(_key, taken)}
        for code, name in names.items():
            others = {_key(n) for c, n in names.items() if c != code}
            others |= {_key(c) for c in names if c != code}
            label = next(
                each
                for each in (name, f"{name}（{code}）", code)
                if each == code or (_key(each) and _key(each) not in used | others)
            )
            used.add(_key(label))
            self._labels[code] = label

    @property
    def all(self) -> tuple[str, ...]:
        return tuple(self._labels.values())

    def items(self) -> Iterable[tuple[str, str]]:
        """Codes and their words."""
        return self._labels.items()

    def of(self, code: str) -> str:
        """The word for a code; the code itself where it is none of these."""
        return self._labels.get(code, code)

    def code(self, word: str) -> str | None:
        """The code that a label, a code or a name stands for."""
        return self._codes.get(_key(word))

    @cached_property
    def _codes(self) -> dict[str, str]:
        names = [_key(name) for name in self._names.values()]
        plain = {_key(n): code for code, n in self._names.items() if names.count(_key(n)) == 1}
        codes = {_key(code): code for code in self._names}
        return plain | codes | {_key(label): code for code, label in self._labels.items()}


def _key(word: str) -> str:
    return folded(word).casefold()
