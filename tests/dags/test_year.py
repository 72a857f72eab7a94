"""The plan of 107, from June to February, through Airflow's own scheduler: what people notice.

It is played once (`tests/support/year.py`), and looked at from several sides.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from dutyflow.calendars.roc import in_zone
from dutyflow.infra.settings import Settings
from dutyflow.ledger import Ledger
from dutyflow.ledger.event_types import EventType
from dutyflow.ledger.records import NoticeRecord
from dutyflow.plan.cycles import cycles
from dutyflow.services.workspace import Workspace
from tests.support.scene import PLANS
from tests.support.year import ASSESSMENT, DESIGN, FIRST, LAST, OFFICE, PUBLICATION, TIDIED_UNTIL

ROOT = Path(__file__).parents[2]
FIRST_HALF = f"{OFFICE}/{ASSESSMENT}/107H1"
PATIENCE_SECONDS = 900  # on a busy machine; alone it takes about a minute
# Alone on a worker, with all that looks at it, so that it is played once.
pytestmark = [pytest.mark.xdist_group("year"), pytest.mark.timeout(PATIENCE_SECONDS + 60)]


@dataclass(frozen=True)
class Seen:
    """What the play put down, and the office as it then was."""

    told: dict[str, Any]
    workspace: Workspace

    @property
    def ledger(self) -> Ledger:
        return self.workspace.ledger

    @property
    def notices(self) -> tuple[NoticeRecord, ...]:
        return self.ledger.notices.of()

    def reminders(self) -> list[NoticeRecord]:
        """Those of a ladder: they are about an assignment, and name a day."""
        return [notice for notice in self.notices if "@" in notice.rung]

    def runs(self, dag: str) -> set[str]:
        return set(self.told["runs"][dag])


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    folder = tmp_path_factory.mktemp("year")
    ours = {"DUTYFLOW_HOME": str(folder / "home"), "DUTYFLOW_PLANS": str(PLANS)}
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.year", str(folder)],
        cwd=ROOT,
        env={
            **os.environ,
            **ours,
            "PYTHONPATH": str(ROOT),
            "AIRFLOW__LOGGING__LOGGING_LEVEL": "WARNING",
        },
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert done.returncode == 0, done.stderr[-5000:]
    workspace = Workspace(Settings.from_environ(ours))
    yield Seen(json.loads((folder / "seen.json").read_text(encoding="utf-8")), workspace)
    workspace.close()


def test_each_cycle_has_one_run_named_after_it_and_opened_on_its_day(year: Seen) -> None:
    office = year.workspace.office(OFFICE)
    planned = [
        cycle
        for cycle in cycles(office, FIRST - timedelta(days=366), LAST)
        if cycle.duty != PUBLICATION and cycle.opens <= LAST and cycle.collect_by >= FIRST
    ]
    duties = {duty.id for duty in office.plans[-1].duties}
    assert len(duties) == 18
    for duty in duties - {PUBLICATION}:
        names = [cycle.name for cycle in planned if cycle.duty == duty]
        assert names, f"{duty} has a cycle in that time"
        assert year.runs(f"{OFFICE}__{duty}") == {f"scheduled__{name}" for name in names}
    opened = {
        cycle.key: in_zone(cycle.opened_at).date()
        for cycle in year.ledger.cycles.all(office=OFFICE)
    }
    expected = {f"{OFFICE}/{it.duty}/{it.name}": max(it.opens, FIRST) for it in planned}
    # What comes after an approval: a working day after the survey's, on Saturday, 107年12月1日.
    expected[f"{OFFICE}/{PUBLICATION}/107"] = date(2018, 12, 3)
    assert opened == expected
    assert year.runs(f"{OFFICE}__{PUBLICATION}") == {"approved__107"}


def test_the_round_goes_once_on_each_working_day_and_on_no_other(year: Seen) -> None:
    calendar = year.workspace.office(OFFICE).calendar
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    working = {day.isoformat() for day in days if calendar.is_working(day)}
    assert Counter(year.told["nagged"]) == Counter(working)
    assert {"2018-12-22", "2019-01-19"} <= working, "make-up Saturdays"
    off = {"2018-06-18", "2018-10-10", "2018-12-31", "2019-01-01", "2019-02-04", "2019-02-08"}
    assert not off & working, "the dragon boats, the national day, the new years"
    tidied = (TIDIED_UNTIL - FIRST).days
    assert len(year.runs("housekeeping")) == tidied + 1, "each day, and as it was installed"


def test_nobody_gets_two_reminders_in_a_day(year: Seen) -> None:
    mails: dict[tuple[str, date], set[str]] = {}
    for notice in year.reminders():
        assert notice.settled_at is not None
        day = in_zone(notice.settled_at).date()
        mails.setdefault((notice.recipient, day), set()).add(notice.message_id)
    assert len(mails) > 50
    assert {len(each) for each in mails.values()} == {1}
    assert all(year.workspace.office(OFFICE).calendar.is_working(day) for _, day in mails)


def test_nobody_is_reminded_of_what_is_accepted(year: Seen) -> None:
    accepted = {
        event.about: event.at
        for event in year.ledger.events.of(f"{OFFICE}/{ASSESSMENT}")
        if event.what == EventType.ACCEPTED
    }
    assert len(accepted) == 8
    after = [
        notice
        for notice in year.reminders()
        if notice.about in accepted and notice.settled_at > accepted[notice.about]
    ]
    assert after == []


def test_the_late_answer_became_version_2_and_nothing_else_ran_again(year: Seen) -> None:
    assert year.ledger.reports.latest(FIRST_HALF).version == 2
    assert {report.state for report in year.ledger.reports.of(FIRST_HALF)} == {"delivered"}
    states, tries = year.told["first half"], year.told["tries"]
    assert states[f"section.collect[{DESIGN}]"] == "success"
    assert states["section.collect[3]"] == "failed", "who never answered stays red"
    ran_again = {task for task, count in tries.items() if count > 1}
    assert ran_again == {f"section.collect[{DESIGN}]", "assemble", "review", "deliver", "close"}
    late = year.ledger.assignments.get(f"{FIRST_HALF}/design")
    assert (late.state, late.on_time) == ("accepted", False)
    assert year.ledger.reports.latest(f"{OFFICE}/{ASSESSMENT}/107H2").version == 1


def test_every_mail_is_in_the_ledger_with_its_reason_and_went_once(year: Seen) -> None:
    sent = {notice.message_id for notice in year.notices if notice.state == "sent"}
    came = Counter(mail["id"] for mail in year.told["mails"])
    assert set(came) == sent
    assert set(came.values()) == {1}
    assert all(notice.reason for notice in year.notices)
    assert {notice.state for notice in year.notices} == {"sent"}
    assert year.ledger.events.verify() is None
