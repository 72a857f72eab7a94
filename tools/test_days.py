"""Run the tests as if it were another day, to find those whose outcome hangs on the date.

    make test-days                                  all MOMENTS below; takes hours
    make test-days AT="2027-01-01 00:05"            this one only
    make test-days AT="2027-03-14 01:58" ZONE=America/New_York TESTS=tests/e2e/test_play.py

The clock is moved by libfaketime, preloaded into the tests and all that they start: children,
PostgreSQL, LibreOffice, Airflow. It then runs on as usual; waiting takes as long as ever. File
systems keep their own clock: a file made meanwhile bears the real time.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[1]
LOGS = ROOT / "build" / "test-days"
TAIPEI, NEW_YORK = "Asia/Taipei", "America/New_York"
LIGHT, OTHERS = ["-m", "light"], ["-m", "not light"]
RELOADS = 5  # seconds of difference that are not the clock's fault


class ClockStands(Exception):
    """The clock of a child process cannot be moved on this machine."""


@dataclass(frozen=True, kw_only=True)
class Moment:
    """When and where the tests are made to believe to run."""

    at: str
    """`2028-02-29 12:00`, or without the year for the next such day."""
    zone: str = TAIPEI
    why: str = ""
    others: bool = False
    """Also run what `make check` leaves out: Airflow, LibreOffice, browsers."""

    def begins(self) -> datetime:
        if re.match(r"\d{4}-", self.at):
            return self._in(self.at)
        now = datetime.now(UTC)
        return next(day for day in self._years(now.year) if day > now)

    def _years(self, first: int):
        for year in range(first, first + 9):  # two leap days are eight years apart at most
            try:
                yield self._in(f"{year}-{self.at}")
            except ValueError:
                continue

    def _in(self, written: str) -> datetime:
        return datetime.strptime(written, "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo(self.zone))


MOMENTS = (
    Moment(at="01-01 00:05", why="a year, a half-year, a quarter and a month begin", others=True),
    Moment(at="01-01 00:05", zone="UTC", why="as above, where the office is hours ahead"),
    Moment(at="01-01 00:05", zone=NEW_YORK, why="as above, half a day behind the office"),
    Moment(at="01-31 23:59", why="the longest month ends while the tests run"),
    Moment(at="2027-02-05 09:00", why="Lunar New Year's Eve"),
    Moment(at="2027-02-06 00:01", why="Lunar New Year"),
    Moment(at="2025-02-08 09:00", why="a Saturday on which the lost workday is made up"),
    Moment(at="02-28 23:59", why="the shortest month ends"),
    Moment(at="02-29 12:00", why="the leap day", others=True),
    Moment(at="02-29 23:59", zone="UTC", why="the leap day ends; it has ended for the office"),
    Moment(at="2027-03-14 01:58", zone=NEW_YORK, why="an hour is left out", others=True),
    Moment(at="03-31 17:30", why="a quarter's last evening"),
    Moment(at="04-01 08:29", why="a quarter begins, just before the daily round"),
    Moment(at="05-01 09:00", zone="UTC", why="the 1st of a month and a holiday"),
    Moment(at="06-16 10:00", why="half-yearly cycles open by themselves", others=True),
    Moment(at="06-30 23:57", why="a half-year ends while the tests run", others=True),
    Moment(at="07-01 00:00", zone="UTC", why="a half-year begins"),
    Moment(at="2027-08-14 12:00", why="a Saturday"),
    Moment(at="2027-09-26 03:00", why="a Sunday night"),
    Moment(at="10-10 08:30", why="a national holiday, at the minute of the daily round"),
    Moment(at="2027-11-07 01:30", zone=NEW_YORK, why="an hour comes twice"),
    Moment(at="11-30 16:00", zone="UTC", why="the office's next month has just begun"),
    Moment(at="12-31 23:57", why="a year ends while the tests run", others=True),
    Moment(at="12-31 12:00", zone=NEW_YORK, why="the office's new year, not yet here"),
)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    summary: str
    broken: list[str]


def run(moment: Moment, tests: list[str], *, name: str) -> Outcome:
    """Run pytest at that moment. What it prints goes to a file of this name below LOGS."""
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{name}.log"
    with log.open("w", encoding="utf-8") as out:
        command = [sys.executable, "-m", "pytest", "-q", *tests]
        environment = environment_at(moment.begins(), moment.zone)
        subprocess.run(command, cwd=ROOT, env=environment, stdout=out, stderr=out, check=False)
    lines = log.read_text(encoding="utf-8").splitlines()
    broken = [line for line in lines if line.startswith(("FAILED ", "ERROR "))]
    return Outcome(summary=lines[-1] if lines else f"nothing was said, see {log}", broken=broken)


def environment_at(moment: datetime, zone: str) -> dict[str, str]:
    """The variables with which a process believes that it is that moment now."""
    ahead = round((moment - datetime.now(UTC)).total_seconds())
    return {
        **os.environ,
        "TZ": zone,
        "LD_PRELOAD": str(library()),
        "FAKETIME": f"{ahead:+d}",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",  # else whoever waits for a while waits for ever
    }


def library() -> Path:
    """libfaketime from PyPI: Debian's (0.9.10) breaks `time.sleep` from Python 3.11 on."""
    package = find_spec("libfaketime")
    assert package is not None, "make test-days installs it"
    assert package.origin is not None
    return Path(package.origin).with_name("vendor") / "libfaketime" / "src" / "libfaketime.so.1"


def require_a_clock_that_moves() -> None:
    asked = datetime.now(UTC) + timedelta(days=100)
    look = "import time; time.sleep(0.01); print(time.time())"
    told = subprocess.run(
        [sys.executable, "-c", look],
        env=environment_at(asked, "UTC"),
        capture_output=True,
        text=True,
        check=False,
    )
    if told.returncode or abs(float(told.stdout) - asked.timestamp()) > RELOADS:
        raise ClockStands(
            "這台電腦無法調整測試的時鐘（需要 Linux 與 libfaketime）。\n"
            "The clock cannot be moved here; it takes Linux, and libfaketime built for it:\n"
            "  .venv/bin/uv pip install --no-binary libfaketime --reinstall libfaketime\n"
            f"{told.stderr}"
        )


def run_all(moments: list[Moment], chosen: list[str]) -> bool:
    """Run and report each; whether all passed."""
    well = True
    for number, moment in enumerate(moments, start=1):
        order = ["--random-order-bucket=module", f"--random-order-seed={number}"]
        parts = {"light": LIGHT + order, **({"others": OTHERS} if moment.others else {})}
        for part, tests in ({"chosen": chosen} if chosen else parts).items():
            begun = time.monotonic()
            outcome = run(moment, tests, name=f"{number:02}-{part}")
            minutes = (time.monotonic() - begun) / 60
            print(
                f"{moment.begins():%Y-%m-%d %H:%M} {moment.zone:16} {part:6} {minutes:4.1f} min  "
                f"{outcome.summary}   {moment.why}",
                *outcome.broken,
                sep="\n    ",
                flush=True,
            )
            well = well and not outcome.broken and " passed" in outcome.summary
    return well


def main() -> int:
    parser = argparse.ArgumentParser(description="Run the tests as if it were another day.")
    parser.add_argument("--at", help="one moment only: YYYY-MM-DD HH:MM")
    parser.add_argument("--zone", default=TAIPEI, help="where: the TZ of that moment")
    parser.add_argument(
        "tests", nargs=argparse.REMAINDER, help="these, instead of those of `make check`"
    )
    options = parser.parse_args()
    moments = [Moment(at=options.at, zone=options.zone)] if options.at else list(MOMENTS)
    try:
        require_a_clock_that_moves()
    except ClockStands as error:
        print(error, file=sys.stderr)
        return 1
    return 0 if run_all(moments, options.tests) else 1


if __name__ == "__main__":
    sys.exit(main())
