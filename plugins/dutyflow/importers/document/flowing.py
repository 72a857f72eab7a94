"""Lines made into running text: what the layout broke is joined, the words stay as printed."""

from __future__ import annotations

import re

# Chinese signs, full-width punctuation included. Between two of them a space is only layout.
_WIDE = "\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\u3000-\u303f‧…—「」『』（）"
_BETWEEN_WIDE = re.compile(rf"(?<=[{_WIDE}]) +(?=[{_WIDE}])")
_NARROW = re.compile(r"[!-~\u00c0-\u024f]")
_ENDS = re.compile(r"[。！？；：!?;:]$")


def spaced(text: str) -> str:
    """The text without the spaces that stand between two Chinese signs."""
    return _BETWEEN_WIDE.sub("", text)


def joined(first: str, second: str) -> tuple[str, str]:
    """Two lines as one, and what is doubtful about that ("" where nothing is)."""
    if not first or not second:
        return first or second, ""
    if _NARROW.match(first[-1]) and _NARROW.match(second[0]):
        return f"{first} {second}", f"「{first[-12:]}」與「{second[:12]}」之間換行，不知是否有空格"
    return spaced(first + second), ""


def is_ended(text: str) -> bool:
    """Whether a sentence is over here, so that what follows need not belong to it."""
    return _ENDS.search(text) is not None


def bare(text: str) -> str:
    """The text without any space."""
    return re.sub(r"\s+", "", text)
