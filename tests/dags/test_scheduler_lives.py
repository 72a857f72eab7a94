"""A run started by hand before its date, and then the date: the scheduler lives through it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

STORY = """
import datetime as dt, json, sys
from pathlib import Path
from zoneinfo import ZoneInfo
from tests.support.scheduler import Scheduler

TAIPEI = ZoneInfo("Asia/Taipei")
DAG = "pingtung__self_assessment"
def at(*moment): return dt.datetime(*moment, tzinfo=TAIPEI)

seen = {}
with Scheduler(Path(sys.argv[1]), Path("dags")).at_work(at(2018, 4, 2, 9)) as scheduler:
    scheduler.look(at(2018, 4, 2, 9, 1))
    seen["at first"] = sorted(scheduler.runs(DAG))
    scheduler.start_by_hand(DAG, "107H1")
    scheduler.look(at(2018, 6, 15, 8, 29))
    seen["a minute before"] = sorted(scheduler.runs(DAG))
    scheduler.look(at(2018, 6, 15, 8, 31))
    seen["on the day"] = sorted(scheduler.runs(DAG))
    for day in range(1, 300):
        scheduler.look(at(2018, 6, 15, 9) + dt.timedelta(days=day))
    seen["in the end"] = {name: due.isoformat() for name, due in scheduler.runs(DAG).items()}
print(json.dumps(seen))
"""


def test_the_scheduler_lives_through_the_date_of_a_run_started_by_hand(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "DUTYFLOW_HOME": str(tmp_path / "home")}
    done = subprocess.run(
        [sys.executable, "-c", STORY, str(tmp_path / "airflow")],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["at first"] == []
    assert seen["a minute before"] == ["107H1"]
    assert seen["on the day"] == ["107H1", "scheduled__107H1"]
    assert seen["in the end"].keys() == {"107H1", "scheduled__107H1", "scheduled__107H2"}
    assert seen["in the end"]["scheduled__107H1"].startswith("2018-06-15T00:30")
    assert seen["in the end"]["scheduled__107H2"].startswith("2018-12-18T00:30")
