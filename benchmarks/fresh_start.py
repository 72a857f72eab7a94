"""How long after `make run`, in a new clone, the first mail arrives and the whole play is over.

    .venv/bin/python -m benchmarks.fresh_start [repository]

Clones what is committed into a temporary folder and runs it there, with an empty home folder and
none of this shell's settings but those of pip, uv and the network. Only the package caches are
kept, as for somebody who installs it a second time. The clone is removed; when the play fails, a
copy of its logs is kept. These are seconds on this machine at this moment, not ratios. (Of the
play's time, 75 seconds are its wait for the cut-off.)
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .figures import Figure, show

ROOT = Path(__file__).resolve().parents[1]
FIRST_MAIL_SECONDS, END_SECONDS = 60, 180
PATIENCE_SECONDS = 20 * 60
OPENING_MAIL = "opening mail, with the form"  # as tools/play.py says it

KEPT = ("PATH", "LANG", "LANGUAGE", "TZ", "TMPDIR", "PYTHON", "LD_LIBRARY_PATH")
KEPT_IF_BEGINNING = ("LC_", "PIP_", "UV_", "SSL_", "REQUESTS_", "CURL_")
KEPT_IF_ENDING = ("_PROXY",)


class CouldNotMeasure(Exception):
    """The play did not come to its end."""


def main(repository: str = str(ROOT)) -> int:
    with tempfile.TemporaryDirectory(
        prefix="dutyflow-fresh-", ignore_cleanup_errors=True
    ) as folder:
        clone, home = Path(folder, "dutyflow"), Path(folder, "home")
        home.mkdir()
        subprocess.run(["git", "clone", "--quiet", repository, str(clone)], check=True)
        environment = _environment(home)
        try:
            first_mail, end = _play(clone, environment)
        except CouldNotMeasure as error:
            raise SystemExit(f"{error}; its logs: {_keep_logs(clone)}") from None
        finally:
            subprocess.run(["make", "-s", "stop"], cwd=clone, env=environment)
    show(
        "make run in a new clone, package caches warm (SECONDS on this machine, not ratios)",
        [
            Figure(
                what="first section has its opening mail",
                baseline="make run",
                value=first_mail,
                target=FIRST_MAIL_SECONDS,
            ),
            Figure(
                what="report delivered, play over",
                baseline="make run",
                value=end,
                target=END_SECONDS,
            ),
        ],
        measured="seconds",
    )
    return 0


def _play(clone: Path, environment: dict[str, str]) -> tuple[float, float]:
    """The seconds to the first opening mail and to the end; prints each line with its time."""
    port, smtp_port = _free_ports()
    command = ["make", "run", f"PORT={port}", f"SMTP_PORT={smtp_port}"]
    first_mail = None
    begun = time.monotonic()
    with _started(command, clone, environment) as process:
        assert process.stdout is not None
        for line in process.stdout:
            seconds = time.monotonic() - begun
            print(f"  {seconds:6.1f} s  {line.rstrip()}", flush=True)
            if OPENING_MAIL in line and first_mail is None:
                first_mail = seconds
        code = process.wait()
    end = time.monotonic() - begun
    if code or first_mail is None:
        raise CouldNotMeasure(f"make run ended with {code} after {end:.0f} seconds")
    return first_mail, end


def _keep_logs(clone: Path) -> Path:
    """A copy of the instance's logs that stays when the clone is removed."""
    kept = Path(tempfile.mkdtemp(prefix="dutyflow-fresh-logs-"))
    for logs in (Path("log"), Path("airflow", "logs")):
        if (clone / "var" / logs).is_dir():
            shutil.copytree(clone / "var" / logs, kept / logs, symlinks=True)
    return kept


@contextmanager
def _started(
    command: list[str], folder: Path, environment: dict[str, str]
) -> Iterator[subprocess.Popen[str]]:
    """A process that is ended with its children when it takes too long, or we are interrupted."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    alarm = threading.Timer(PATIENCE_SECONDS, os.killpg, (process.pid, signal.SIGTERM))
    alarm.start()
    try:
        yield process
    finally:
        alarm.cancel()
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()


def _environment(home: Path) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in KEPT
        or name.startswith(KEPT_IF_BEGINNING)
        or name.upper().endswith(KEPT_IF_ENDING)
    }
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return {
        "UV_CACHE_DIR": str(caches / "uv"),
        "PIP_CACHE_DIR": str(caches / "pip"),
        **kept,
        "HOME": str(home),
        "PYTHONUNBUFFERED": "1",
    }


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
