"""Read a workbook from outside in a child process that can do no harm and take no more than given.

One child is started at the first read, kept and reused; it is replaced when it dies or overruns.
Threads that read at the same time have a child each; a forked process starts its own.
"""

from __future__ import annotations

import atexit
import json
import math
import os
import socket
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

from ._child import HEAD, REPLY
from .guard import WANTED
from .problems import FormRejected, rejected
from .texts import Cell

Rows = list[list[Cell]]

TIMEOUT = 10.0  # seconds
MEMORY = 512 * 2**20  # bytes of address space
_MAX_REPLY = 64 * 2**20
_KEPT = 2  # idle children


def read_sheets(data: bytes, *, timeout: float = TIMEOUT, memory: int = MEMORY) -> dict[str, Rows]:
    """Every sheet's rows by its name, from cell A1 on; an empty cell is "".

    Takes at most `timeout` seconds and `memory` bytes. Raises FormRejected for what is no
    workbook or would take more. Let the guard check the data first.
    """
    child = _take()
    try:
        sheets = json.loads(child.ask(data, timeout=timeout, memory=memory))
    except (OSError, ValueError):  # it died or overran its time
        child.end()
        raise _too_much() from None
    except BaseException:  # such as an interrupt: its reply would answer the next question
        child.end()
        raise
    _put_back(child)
    if sheets is None:
        raise _too_much()
    return dict(sheets)


class _Child:
    def __init__(self) -> None:
        self._spent = False
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  our own script
                [sys.executable, "-I", "-S", _script(), _library()],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={},
                start_new_session=True,  # a Ctrl-C is for us, not for it
            )

    def ask(self, data: bytes, *, timeout: float, memory: int) -> bytes:
        """Raises OSError when the child dies or does not answer in time."""
        deadline = time.monotonic() + timeout
        self._socket.settimeout(timeout)
        self._socket.sendall(HEAD.pack(len(data), memory, math.ceil(timeout)) + data)
        length, self._spent = REPLY.unpack(self._receive(REPLY.size, deadline))
        if length > _MAX_REPLY:
            raise OSError("the reply is too long")
        return self._receive(length, deadline)

    def _receive(self, length: int, deadline: float) -> bytes:
        received = bytearray()
        while len(received) < length:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self._socket.settimeout(left)
            part = self._socket.recv(min(length - len(received), 1 << 20))
            if not part:
                raise ConnectionError("the child is gone")
            received += part
        return bytes(received)

    @property
    def usable(self) -> bool:
        return not self._spent and self._process.poll() is None

    def end(self) -> None:
        self._socket.close()
        self._process.kill()
        self._process.wait()

    def forget(self) -> None:
        """After a fork: the child belongs to the other process."""
        self._socket.close()
        self._process.returncode = 0


_idle: list[_Child] = []  # list.pop and list.append are atomic: no lock to inherit over a fork


def _take() -> _Child:
    while True:
        try:
            child = _idle.pop()
        except IndexError:
            return _Child()
        if child.usable:
            return child
        child.end()


def _put_back(child: _Child) -> None:
    if child.usable and len(_idle) < _KEPT:
        _idle.append(child)
    else:
        child.end()


def _forget_all() -> None:
    while _idle:
        _idle.pop().forget()


def _end_all() -> None:
    while _idle:
        _idle.pop().end()


atexit.register(_end_all)
os.register_at_fork(after_in_child=_forget_all)


def _script() -> str:
    return str(Path(__file__).with_name("_child.py"))


def _library() -> str:
    found = find_spec("python_calamine")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("python_calamine")
    return str(Path(found.origin).parent.parent)


def _too_much() -> FormRejected:
    return rejected(
        "檔案損毀，或內容太大而無法安全讀取",
        WANTED,
        "請改填原信所附的表單；多餘的工作表與資料請刪除",
    )
