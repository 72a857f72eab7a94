"""Run a job on data from outside in a child that can do no harm and take no more than given.

One child is started at the first job, kept and reused; it is replaced when it dies or overruns.
Threads that ask at the same time have a child each; a forked process starts its own.
"""

from __future__ import annotations

import atexit
import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from dutyflow.errors import DutyflowError

from ._child import HEAD, REPLY

_MAX_REPLY = 64 * 2**20
_PATIENCE = 10  # seconds of waiting for one of processor: others have work to do, too
_KEPT = 2  # idle children


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a job may take: `seconds` of processor time, `memory` in bytes of address space."""

    seconds: float
    memory: int


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a job gave: a `value` out of JSON, and bytes `apart` from it, one after another.

    `size` is how many bytes the JSON had.
    """

    value: Any
    apart: bytes
    size: int = 0


class Overrun(DutyflowError):
    """The job's child died, or took more than it was given."""


def run(job: str, data: bytes, limits: Limits, **arguments: Any) -> Reply:
    """Run a job, a function named like `package.module:function`. Raises Overrun."""
    child = _take()
    try:
        order = json.dumps({"job": job, "arguments": arguments}).encode()
        reply = child.ask(order, data, limits)
    except (OSError, ValueError) as trouble:  # it died or overran its time
        child.end()
        raise Overrun("處理時超過給定的時間或記憶體") from trouble
    except BaseException:  # such as an interrupt: its reply would answer the next question
        child.end()
        raise
    _put_back(child)
    return reply


class _Child:
    def __init__(self) -> None:
        self._spent = False
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603  our own script
                [sys.executable, "-I", "-S", _script(), *_libraries()],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={},
                start_new_session=True,  # a Ctrl-C is for us, not for it
            )

    def ask(self, order: bytes, data: bytes, limits: Limits) -> Reply:
        """Raises OSError when the child dies or does not answer in time."""
        waiting = limits.seconds * _PATIENCE
        deadline = time.monotonic() + waiting
        self._socket.settimeout(waiting)
        head = HEAD.pack(len(order), len(data), limits.memory, limits.seconds)
        self._socket.sendall(head + order + data)
        length, apart, self._spent = REPLY.unpack(self._receive(REPLY.size, deadline))
        if length + apart > _MAX_REPLY:
            raise OSError("the reply is too long")
        value = json.loads(self._receive(length, deadline))
        return Reply(value=value, apart=self._receive(apart, deadline), size=length)

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


def _libraries() -> tuple[str, str]:
    """Where this package is, and where the one that reads workbooks is."""
    found = find_spec("python_calamine")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("python_calamine")
    return str(Path(__file__).parents[3]), str(Path(found.origin).parent.parent)
