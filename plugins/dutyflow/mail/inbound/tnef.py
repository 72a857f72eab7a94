"""winmail.dat: the files in what Outlook sends as "rich text" (TNEF, [MS-OXTNEF]).

Only names and contents are taken out; what else is in it is left alone. There is a library that
does it, but it has not been touched for years, and this is little.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from .decoding import decode

SIGNATURE = b"\x78\x9f\x3e\x22"
FILES_LIMIT = 100

_HEAD = struct.Struct("<BII")  # level, id with type, length
_ATTACHMENT_BEGINS, _TITLE, _DATA, _PROPERTIES = 0x00069002, 0x00018010, 0x0006800F, 0x00069005
_LONG_NAME, _SHORT_NAME = 0x3707, 0x3704
_STRING8, _UNICODE, _BINARY, _OBJECT = 0x1E, 0x1F, 0x102, 0x0D
_MANY, _NAMED = 0x1000, 0x8000
_SIZES = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}


@dataclass(kw_only=True)
class Packed:
    """A file in a winmail.dat. `name` may be anything."""

    name: str = ""
    data: bytes = b""


def files_in(data: bytes) -> tuple[Packed, ...]:
    """The files; those before the damage, where it is damaged. Raises nothing."""
    files: list[Packed] = []
    try:
        for kind, content in _attributes(data):
            if kind == _ATTACHMENT_BEGINS:
                files.append(Packed())
            elif files:
                _take(files[-1], kind, content)
            if len(files) > FILES_LIMIT:
                break
    except (struct.error, ValueError, LookupError):
        pass
    return tuple(file for file in files[:FILES_LIMIT] if file.data)


def _take(file: Packed, kind: int, content: bytes) -> None:
    if kind == _DATA:
        file.data = content
    elif kind == _TITLE:
        file.name = file.name or _text(content, "")
    elif kind == _PROPERTIES:
        file.name = _name_in(content) or file.name


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    place = len(SIGNATURE) + 2  # and a key
    while place + _HEAD.size <= len(data):
        _level, kind, length = _HEAD.unpack_from(data, place)
        place += _HEAD.size
        if place + length > len(data):
            return
        yield kind, data[place : place + length]
        place += length + 2  # and a checksum


def _name_in(content: bytes) -> str:
    """The long name among an attachment's MAPI properties."""
    reader = _Reader(content)
    names: dict[int, str] = {}
    for _ in range(min(reader.number(), 1000)):
        kind, name = reader.short(), reader.short()
        if name >= _NAMED:
            reader.skip_label()
        values = reader.values(kind)
        if name in (_LONG_NAME, _SHORT_NAME) and values:
            names[name] = _text(values[0], "utf-16-le" if kind == _UNICODE else "")
    return names.get(_LONG_NAME, names.get(_SHORT_NAME, ""))


def _text(data: bytes, charset: str) -> str:
    if charset:
        return data.decode(charset, "replace").rstrip("\x00")
    return decode(data.rstrip(b"\x00"), "")


@dataclass
class _Reader:
    data: bytes
    place: int = 0

    def take(self, length: int) -> bytes:
        """Raises ValueError where there is not so much left."""
        if length > len(self.data) - self.place:
            raise ValueError("it ends too soon")
        self.place += length
        return self.data[self.place - length : self.place]

    def short(self) -> int:
        return int.from_bytes(self.take(2), "little")

    def number(self) -> int:
        return int.from_bytes(self.take(4), "little")

    def padded(self) -> bytes:
        length = self.number()
        content = self.take(length)
        self.take(-length % 4)
        return content

    def skip_label(self) -> None:
        """A property with a name of its own says so: a GUID, and a number or a text."""
        self.take(16)
        if self.number():
            self.padded()
        else:
            self.take(4)

    def values(self, kind: int) -> list[bytes]:
        single = kind & ~_MANY
        long = single in (_STRING8, _UNICODE, _BINARY, _OBJECT)
        count = self.number() if long or kind & _MANY else 1
        if count > 1000:
            raise ValueError("too many values")
        if long:
            return [self.padded() for _ in range(count)]
        return [self.take(_SIZES[single]) for _ in range(count)]
