"""Processes that tests kill: each is forked off a process that has imported what they all need.

Started anew, each would spend a second and a half on imports before it came to be killed.
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

PATIENCE_SECONDS = 300
PRELOADED = ["tests.support.intake", "tests.support.rounds"]

_context = multiprocessing.get_context("forkserver")  # it has no threads, unlike a test's process
_context.set_forkserver_preload(PRELOADED)


@dataclass(frozen=True)
class Child:
    """A process, and where it writes what went wrong."""

    process: BaseProcess
    said: Path

    @property
    def pid(self) -> int:
        assert self.process.pid is not None
        return self.process.pid

    def end(self) -> tuple[int, str]:
        """Its exit code, negative where a signal ended it, and its stderr."""
        self.process.join(PATIENCE_SECONDS)
        code = self.process.exitcode
        if code is None:
            self.process.kill()
            raise TimeoutError(self.said.read_text(encoding="utf-8"))
        said = self.said.read_text(encoding="utf-8")
        self.said.unlink()
        return code, said


def fork(work: Callable[..., None], *args: Any) -> Child:
    """Start a process that does this one thing. What is given to it must be fit for pickling."""
    number, name = tempfile.mkstemp(prefix="dutyflow-child-")
    os.close(number)
    process = _context.Process(target=_work, args=(name, work, args))
    process.start()
    return Child(process, Path(name))


def _work(said: str, work: Callable[..., None], args: tuple[Any, ...]) -> None:
    out = os.open(said, os.O_WRONLY)
    os.dup2(out, 2)
    work(*args)
