"""A winmail.dat as Outlook makes one, by script ([MS-OXTNEF])."""

from __future__ import annotations

import struct

_RENDERING, _TITLE, _DATA, _PROPERTIES = 0x00069002, 0x00018010, 0x0006800F, 0x00069005


def winmail(files: dict[str, bytes], *, long_names: bool = True) -> bytes:
    """The files wrapped up; `long_names` adds each name in Unicode, as Outlook has long done."""
    parts = [b"\x78\x9f\x3e\x22\x01\x00", _attribute(1, 0x00089006, b"\x00\x00\x01\x00")]
    for number, (name, data) in enumerate(files.items()):
        parts.append(_attribute(2, _RENDERING, b"\0" * 14))
        short = f"FILE{number}.XLS" if long_names else name
        parts.append(_attribute(2, _TITLE, short.encode("cp950") + b"\0"))
        parts.append(_attribute(2, _DATA, data))
        if long_names:
            parts.append(_attribute(2, _PROPERTIES, _properties(name)))
    return b"".join(parts)


def _attribute(level: int, kind: int, data: bytes) -> bytes:
    return (
        struct.pack("<BII", level, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)
    )


def _properties(name: str) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    named = struct.pack("<HH", 0x0003, 0x8001) + b"\7" * 16 + struct.pack("<III", 0, 0x8501, 5)
    method = struct.pack("<HHI", 0x0003, 0x3705, 1)
    many = struct.pack("<HHIII", 0x1003, 0x3777, 2, 1, 2)
    long = struct.pack("<HHII", 0x001F, 0x3707, 1, len(text)) + text + b"\0" * (-len(text) % 4)
    return struct.pack("<I", 4) + named + method + many + long
