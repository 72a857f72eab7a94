"""The daily round that lets closures move what is open: as a DAG, run by a real Airflow."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pendulum
from airflow.serialization.encoders import coerce_to_core_timetable
from airflow.timetables.base import TimeRestriction

from dutyflow.calendars.cycles import cut_off
from dutyflow.calendars.moments import last_day
from dutyflow.calendars.roc import TAIPEI
from dutyflow.infra.settings import Settings
from dutyflow.orchestration.housekeeping_dag import housekeeping_dag
from dutyflow.services.cycles.opening import open_cycle
from dutyflow.services.workspace import Workspace
from tests.support.scene import DUTY, OFFICE, PLANS, parsed
from tests.support.smtp import HOST, smtp_server

ROOT = Path(__file__).parents[2]

RUN = """
import sys
sys.path.insert(0, "dags")
from tests.support import airflow_db
airflow_db.set_up()
from housekeeping import dag
print(dag.test().state)
"""


def test_it_comes_every_day_before_the_days_openings() -> None:
    dag = housekeeping_dag()
    noon = pendulum.datetime(2018, 7, 3, 12, tz="Asia/Taipei")
    info = coerce_to_core_timetable(dag.timetable).next_dagrun_info(
        last_automated_data_interval=None,
        restriction=TimeRestriction(earliest=noon, latest=None, catchup=True),
    )
    assert info is not None
    assert info.run_after == pendulum.datetime(2018, 7, 4, 7, tz="Asia/Taipei")
    assert not dag.catchup
    assert dag.max_active_runs == 1


def test_a_coordinator_can_read_it_and_mail_is_tried_again() -> None:
    dag = housekeeping_dag()
    assert dag.dag_display_name == "每日整理"
    assert "closures.csv" in (dag.doc_md or "")
    assert "dutyflow" in dag.tags
    (task,) = dag.tasks
    assert task.task_display_name == "台灣電力公司屏東區營業處：依停班補班調整期限"
    assert task.owner == "dutyflow"
    assert task.retries >= 10
    assert task.retry_exponential_backoff


def test_started_by_hand_it_moves_an_open_cycle_and_writes_to_who_is_concerned(
    tmp_path: Path,
) -> None:
    plans = Path(shutil.copytree(PLANS, tmp_path / "plan"))
    settings = {"DUTYFLOW_HOME": str(tmp_path / "home"), "DUTYFLOW_PLANS": str(plans)}
    workspace = Workspace(Settings.from_environ(settings))
    workspace.ledger.migrate()
    opened = open_cycle(
        workspace, office=OFFICE, duty=DUTY, name=None, now=datetime.now(UTC), who="測試"
    )
    closed = last_day(opened.collect_by, TAIPEI)
    (plans / OFFICE / "closures.csv").write_text(
        f"date,kind,reason,source\n{closed.isoformat()},off,颱風停止上班（樣本）,\n"
    )

    with smtp_server() as server:
        done = run_the_dag(tmp_path, settings, server.port)
        mails = [parsed(envelope.content) for envelope in server.kept]

    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.splitlines()[-1] == "success"
    moved = workspace.ledger.cycles.get(opened.key)
    assert moved.collect_by > opened.collect_by
    assert moved.collect_by == cut_off(last_day(moved.collect_by, TAIPEI), TAIPEI)
    (event,) = workspace.ledger.events.of(opened.key, "改期")
    assert "颱風停止上班（樣本）" in event.why
    assert event.who == "計畫承辦人"
    subjects = [str(mail["Subject"]) for mail in mails]
    assert sum("期限改為" in subject for subject in subjects) == 6
    assert sum("期限已調整" in subject for subject in subjects) == 1
    workspace.close()


def run_the_dag(
    home: Path, settings: dict[str, str], port: int
) -> subprocess.CompletedProcess[str]:
    server = {
        "conn_type": "smtp",
        "host": HOST,
        "port": port,
        "extra": {"disable_ssl": True, "disable_tls": True, "retry_limit": 0},
    }
    environment = {
        **os.environ,
        **settings,
        "PYTHONPATH": str(ROOT),
        "AIRFLOW_HOME": str(home / "airflow"),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
        "AIRFLOW_CONN_DUTYFLOW_SMTP": json.dumps(server),
    }
    return subprocess.run(
        [sys.executable, "-c", RUN],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
