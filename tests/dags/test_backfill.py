"""`airflow backfill create` goes by cycles: it makes the runs that are missing, re-uses others."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.invented import MONTHLY, write_office

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.xdist_group("backfill")  # in one worker: the story is told once

STORY = """
import datetime as dt, json, os, sys
from contextlib import ExitStack
from pathlib import Path
from zoneinfo import ZoneInfo
from tests.support.smtp import smtp_server
from tests.support.scheduler import Scheduler

TAIPEI = ZoneInfo("Asia/Taipei")
HALF, MONTH = "penghu__self_assessment", "penghu__monthly"
AGAIN = ("--reprocess-behavior", "completed")
def at(*moment): return dt.datetime(*moment, tzinfo=TAIPEI)

seen = {}
with ExitStack() as stack:
    server = stack.enter_context(smtp_server())
    os.environ["AIRFLOW_CONN_DUTYFLOW_SMTP"] = json.dumps({
        "conn_type": "smtp", "host": server.host, "port": server.port,
        "extra": {"disable_ssl": True, "disable_tls": True}})
    scheduler = Scheduler(Path(sys.argv[1]), Path("dags"))
    airflow = stack.enter_context(scheduler.at_work(at(2018, 6, 14, 9)))
    from dutyflow.services.workspace import Workspace
    ledger = Workspace.from_environment().ledger
    ledger.migrate()
    def opened(): return {c.key.removeprefix("penghu/"): c for c in ledger.cycles.all()}
    def runs(dag):
        return {name: [airflow.run(dag, name).state, airflow.states(dag, name)["open"]]
                for name in airflow.runs(dag)}

    airflow.look(at(2018, 6, 15, 8, 31))
    airflow.work()
    # 107H1 is closed with 業務組 missing, and nobody looks until the next spring
    ledger.assignments.waive("penghu/self_assessment/107H1/design",
                             now=at(2018, 6, 20), who="t", why="t")
    ledger.assignments.mark_late("penghu/self_assessment/107H1/business",
                                 now=at(2018, 7, 5), who="t", why="t")
    ledger.cycles.close("penghu/self_assessment/107H1", now=at(2018, 7, 9), who="t", why="t")
    airflow.finish(HALF, "scheduled__107H1")
    airflow.wake(at(2019, 3, 4, 9))
    seen["without catching up"] = sorted(airflow.runs(HALF)) + sorted(airflow.runs(MONTH))

    span = ("--from-date", "2018-01-01", "--to-date", "2018-12-31")
    seen["half exit"] = airflow.backfill(HALF, *span, *AGAIN)
    airflow.look(at(2019, 3, 4, 9, 1))
    airflow.work()
    seen["half"] = runs(HALF)
    seen["half cycles"] = {k: [c.state, c.collect_by.astimezone(TAIPEI).isoformat()]
                           for k, c in opened().items() if k.startswith("self")}
    seen["waits again until"] = ledger.assignments.get(
        "penghu/self_assessment/107H1/business").collect_by.astimezone(TAIPEI).isoformat()

    span = ("--from-date", "2018-08-01", "--to-date", "2018-10-01")
    conf = ("--dag-run-conf", json.dumps({"collect_by": "108-03-20"}))
    seen["month exit"] = airflow.backfill(MONTH, *span, *AGAIN, *conf)
    airflow.look(at(2019, 3, 4, 9, 2))
    airflow.work()
    seen["month"] = runs(MONTH)
    seen["month cycles"] = {k: c.collect_by.astimezone(TAIPEI).isoformat()
                            for k, c in opened().items() if k.startswith("monthly")}
    before = sorted(airflow.runs(MONTH))
    for name in before:
        airflow.finish(MONTH, name)
    for name in opened():
        if name.startswith("monthly"):
            for it in ledger.assignments.of("penghu/" + name):
                ledger.assignments.waive(it.key, now=at(2019, 3, 5), who="t", why="t")
            ledger.cycles.close("penghu/" + name, now=at(2019, 3, 5), who="t", why="t")
    airflow.backfills_done()
    seen["month again exit"] = airflow.backfill(MONTH, *span, *AGAIN)
    airflow.look(at(2019, 3, 5, 9))
    airflow.work()
    seen["no second runs"] = sorted(airflow.runs(MONTH)) == before
    seen["month again"] = {name: airflow.states(MONTH, name)["open"] for name in before}
print(json.dumps(seen, default=str))
"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    home = tmp_path_factory.mktemp("backfill")
    write_office(home / "plan", [MONTHLY])
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "DUTYFLOW_HOME": str(home / "home"),
        "DUTYFLOW_PLANS": str(home / "plan"),
    }
    done = subprocess.run(
        [sys.executable, "-c", STORY, str(home / "airflow")],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=500,
    )
    assert done.returncode == 0, done.stderr[-5000:]
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def test_nothing_is_caught_up_by_itself(seen: dict[str, Any]) -> None:
    assert seen["without catching up"] == ["scheduled__107H1", "scheduled__108M02"]


def test_the_cycles_run_again_under_its_name_and_the_missing_one_is_made(
    seen: dict[str, Any],
) -> None:
    assert seen["half exit"] == 0
    assert seen["half"] == {
        "scheduled__107H1": ["running", "success"],
        "backfill__2018-12-18T00:30:00+00:00": ["running", "success"],
    }


def test_what_a_closed_cycle_lacks_is_collected_again(seen: dict[str, Any]) -> None:
    assert seen["half cycles"]["self_assessment/107H1"][0] == "open"
    assert seen["waits again until"] == "2019-03-08T00:00:00+08:00", "three working days"


def test_a_cycle_that_was_never_opened_gets_new_days(seen: dict[str, Any]) -> None:
    assert seen["half cycles"]["self_assessment/107H2"] == ["open", "2019-03-08T00:00:00+08:00"]


def test_months_that_start_on_the_first_and_the_last_day_named_are_among_them(
    seen: dict[str, Any],
) -> None:
    """Midnight of the command line is in UTC, that of the office eight hours earlier."""
    assert seen["month exit"] == 0
    assert set(seen["month cycles"]) == {
        "monthly/107M08",
        "monthly/107M09",
        "monthly/107M10",
        "monthly/108M02",
    }


def test_a_cut_off_may_be_given(seen: dict[str, Any]) -> None:
    assert seen["month cycles"]["monthly/107M09"] == "2019-03-21T00:00:00+08:00"


def test_a_second_backfill_makes_no_second_run_and_leaves_alone_what_is_complete(
    seen: dict[str, Any],
) -> None:
    assert seen["month again exit"] == 0
    assert seen["no second runs"]
    again = {name: state for name, state in seen["month again"].items() if "backfill" in name}
    assert set(again.values()) == {"skipped"}
    assert len(again) == 3
