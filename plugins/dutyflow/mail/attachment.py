"""A file in a mail, in either direction."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """`name` is what the sender calls it; a received one has been made harmless (no path).

    `parameters` are those of the content type, for one that goes out. `opened`: an archive whose
    files stand beside it.
    """

    name: str
    content_type: str
    data: bytes
    parameters: tuple[tuple[str, str], ...] = ()
    opened: bool = False
