"""Text that is fit for a header, a file name, a database: nothing invisible, nothing broken."""

from __future__ import annotations

import re
import unicodedata

NAME_LIMIT = 120  # characters; 255 bytes of UTF-8 are what file systems hold
UNNAMED = "未命名"

_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|]')  # Windows refuses them; / and \ would be a path
_RESERVED = re.compile(r"(?:CON|PRN|AUX|NUL|COM\d|LPT\d)\s*(?:\.|$)", re.IGNORECASE)  # devices
_LINE_ENDS = re.compile(r"\r\n?|[\u2028\u2029\x85\x0b\x0c]")
_KEPT_FORMATS = "\u200c\u200d"  # joiners, part of emoji and of some scripts


def one_line(text: str) -> str:
    """The text on one line: line ends and other blanks become one space, controls vanish."""
    return " ".join(printable(text).split())


def printable(text: str) -> str:
    """The text with plain line ends and without what a screen cannot show.

    Gone are control characters (NUL among them, which PostgreSQL refuses), marks that turn the
    reading direction round (they make `fdp.exe` look like `exe.pdf`); halves of a character that
    were torn apart (UTF-8 cannot hold them) become U+FFFD.
    """
    return _LINE_ENDS.sub("\n", text).translate(_SHOWN)


def file_name(text: str) -> str:
    """A name that any file system takes and that is no path; its ending is kept when it is long."""
    name = one_line(_NOT_IN_NAMES.sub("_", text)).strip(". ")
    if _RESERVED.match(name):
        name = f"_{name}"
    stem, dot, ending = name.rpartition(".")
    if dot and len(ending) < 10:
        stem, ending = stem[: NAME_LIMIT - 1 - len(ending)], f".{ending}"
    else:
        stem, ending = name[:NAME_LIMIT], ""
    return f"{stem}{ending}" or UNNAMED


class _Shown(dict[int, str]):
    """What each character becomes, found out once: a mail has thousands of the same few."""

    def __missing__(self, code: int) -> str:
        self[code] = _shown(chr(code))
        return self[code]


def _shown(character: str) -> str:
    if character in "\n\t" or character in _KEPT_FORMATS:
        return character
    match unicodedata.category(character):
        case "Cs":
            return "\ufffd"
        case "Cc" | "Cf":
            return ""
        case _:
            return character


_SHOWN = _Shown()
