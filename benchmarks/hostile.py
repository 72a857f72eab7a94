"""What a mail or a workbook that is built to wear us out takes before it is refused.

    .venv/bin/python -m benchmarks.hostile

The time is that of whoever waits, the memory the most that the child held which takes it apart.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from dutyflow.infra.sandbox import runner
from dutyflow.mail.errors import UnreadableMessage
from dutyflow.mail.inbound.message import read_message
from tests.forms.samples import judged
from tests.support.hostile_books import BOMBS
from tests.support.hostile_mails import READ, REFUSED, envelope

SECONDS, MEMORY = 2.0, 300  # MB


def main() -> int:
    print(f"{'':42}{'seconds':>9}{'MB':>6}   (target: {SECONDS:.0f} s, {MEMORY} MB)")
    for name, work in _all():
        runner.run(
            "dutyflow.infra.sandbox.sheets:read", b"", runner.Limits(seconds=9, memory=300 * 2**20)
        )
        child = runner._idle[-1]._process.pid
        begun = time.perf_counter()
        said = work()
        passed = time.perf_counter() - begun
        print(f"{name:42}{passed:9.2f}{_most_held(child):>6}   {said[:60]}")
        runner._end_all()  # a fresh one for each
    return 0


def _all() -> Iterator[tuple[str, Callable[[], str]]]:
    for name, mail in (REFUSED | READ).items():
        message = mail(envelope())
        yield f"mail: {name}", lambda message=message: _read(message)
    for name, book in BOMBS.items():
        data = book()
        yield f"workbook: {name}", lambda data=data: str((*judged(data).problems, "read")[0])


def _read(message: bytes) -> str:
    try:
        read_message(message, mailbox="plan@pingtung.example.tw")
    except UnreadableMessage as refused:
        return str(refused)
    return "read"


def _most_held(child: int) -> str:
    """VmHWM; — of a child that was ended."""
    try:
        status = Path(f"/proc/{child}/status").read_text()
    except FileNotFoundError:
        return "—"
    held = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    return str(int(held[0]) // 1024) if held else "—"


if __name__ == "__main__":
    sys.exit(main())
