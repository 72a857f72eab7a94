"""The process in which files from outside are parsed: no secrets, no files, little memory.

Started by `reader.py` as a script, not imported: it may import only what starts fast. A request is
a head (length of the file, bytes of memory, seconds of processor) and the file. A reply is a head
(length, whether the child is spent and must be replaced) and JSON: a list of [sheet name, rows], or
null for what is no workbook or too large. A cell is text, a number, a boolean or "". The child dies
of what it cannot survive; that too is an answer.
"""

from __future__ import annotations

import io
import json
import os
import resource
import struct
import sys
from contextlib import suppress

TYPE_CHECKING = False  # typing would cost a third of the start
if TYPE_CHECKING:
    from typing import Any

    from python_calamine import CalamineWorkbook

MAX_CELLS = 200_000
SOCKET = 0
HEAD = struct.Struct(">QQQ")
REPLY = struct.Struct(">Q?")
_statm = -1


def main() -> None:
    global _statm
    with suppress(FileNotFoundError):  # macOS has no /proc
        _statm = os.open("/proc/self/statm", os.O_RDONLY)
    sys.path.append(sys.argv[1])  # where python_calamine is; -I -S leaves site-packages out
    from python_calamine import CalamineError, load_workbook

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (8, 8))
    while head := _receive(HEAD.size):
        length, memory, seconds = HEAD.unpack(head)
        _limit(memory, seconds)
        try:
            with load_workbook(io.BytesIO(_receive(length))) as workbook:
                sheets = _sheets(workbook)
        except CalamineError:
            sheets = None
        reply = json.dumps(sheets, ensure_ascii=False, separators=(",", ":"), default=str).encode()
        _send(REPLY.pack(len(reply), _held() > memory // 4) + reply)


def _sheets(workbook: CalamineWorkbook) -> list[tuple[str, list[list[Any]]]] | None:
    cells, sheets = 0, []
    for position, name in enumerate(workbook.sheet_names):
        sheet = workbook.get_sheet_by_index(position)
        if sheet.end is None:
            continue
        cells += (sheet.end[0] + 1) * (sheet.end[1] + 1)
        if cells > MAX_CELLS:
            return None
        sheets.append((name, sheet.to_python(skip_empty_area=False)))
    return sheets


def _limit(memory: int, seconds: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime)
    unlimited = resource.RLIM_INFINITY
    resource.setrlimit(resource.RLIMIT_CPU, (spent + seconds + 1, unlimited))
    with suppress(ValueError, OSError):  # macOS limits no address space; time is limited there too
        resource.setrlimit(resource.RLIMIT_AS, (memory, unlimited))


def _held() -> int:
    """Bytes of address space. What one file took may not come back, and the next misses it."""
    if _statm < 0:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # bytes, on macOS
    return int(os.pread(_statm, 64, 0).split()[0]) * resource.getpagesize()


def _receive(length: int) -> bytes:
    """Exactly so many bytes; b"" when the parent is gone."""
    received = bytearray()
    while len(received) < length:
        part = os.read(SOCKET, min(length - len(received), 1 << 20))
        if not part:
            return b""
        received += part
    return bytes(received)


def _send(reply: bytes) -> None:
    view = memoryview(reply)
    while view:
        view = view[os.write(SOCKET, view) :]


if __name__ == "__main__":
    main()
