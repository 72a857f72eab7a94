"""The process in which what came from outside is parsed: no secrets, no files, little memory.

Started by `room.py` as a script, not imported: it may import only what starts fast. A request is a
head (lengths of an order and of the data, bytes of memory, seconds of processor) with the order, in
JSON, and the data. The order names a job and its arguments; the job gets the data before them, and
gives a value that JSON can hold, with bytes apart from it. A reply is a head (their lengths, and
whether the child is spent and must be replaced) with both. The child dies of what it cannot
survive; that too is an answer.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import struct
import sys
from contextlib import suppress
from importlib import import_module

TYPE_CHECKING = False  # typing would cost a third of the start
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

SOCKET = 0
HEAD = struct.Struct(">QQQd")
REPLY = struct.Struct(">QQ?")
_PART = 1 << 20
_statm = -1


def main() -> None:
    global _statm
    with suppress(FileNotFoundError):  # macOS has no /proc
        _statm = os.open("/proc/self/statm", os.O_RDONLY)
    sys.path[:] = [*sys.path, *sys.argv[1:]]  # -I -S leaves out where our packages are
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    _lower(resource.RLIMIT_NOFILE, 8)
    while head := _receive(HEAD.size):
        order_length, length, memory, seconds = HEAD.unpack(head)
        order = json.loads(_receive(order_length))
        job = _job(order["job"])
        _limit(memory, seconds)
        value, apart = job(_receive(length), **order["arguments"])
        reply = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str).encode()
        spent = _held() > memory // 3
        head = REPLY.pack(len(reply), sum(map(len, apart)), spent)
        for part in (head + reply, *apart):
            _send(part)
        signal.setitimer(signal.ITIMER_PROF, 0)


def _job(name: str) -> Callable[..., tuple[Any, list[bytes]]]:
    module, _, function = name.partition(":")
    job: Callable[..., tuple[Any, list[bytes]]] = getattr(import_module(module), function)
    return job


def _limit(memory: int, seconds: float) -> None:
    """The timer ends a child that overruns its processor's time, to the millisecond; the resource
    limit, in whole seconds, cannot be taken back by whatever runs here."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime)
    _lower(resource.RLIMIT_CPU, int(spent + seconds) + 2)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    with suppress(ValueError, OSError):  # macOS limits no address space; time is limited there too
        _lower(resource.RLIMIT_AS, memory)


def _lower(which: int, limit: int) -> None:
    """To at most what the system gave us in the first place."""
    _, given = resource.getrlimit(which)
    ours = limit if given == resource.RLIM_INFINITY else min(limit, given)
    resource.setrlimit(which, (ours, given))


def _held() -> int:
    """Bytes of address space. What one file took may not come back, and the next misses it."""
    if _statm < 0:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # bytes, on macOS
    return int(os.pread(_statm, 64, 0).split()[0]) * resource.getpagesize()


def _receive(length: int) -> bytes:
    """Exactly so many bytes; b"" when the parent is gone."""
    received = bytearray()
    while len(received) < length:
        part = os.read(SOCKET, min(length - len(received), _PART))
        if not part:
            return b""
        received += part
    return bytes(received)


def _send(data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(SOCKET, view) :]


if __name__ == "__main__":
    main()
