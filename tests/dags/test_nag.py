"""The round as a DAG, run by a real Airflow against a real mail server: batches, once, by hand."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from dutyflow.calendars.roc import TAIPEI
from dutyflow.infra.settings import Settings
from dutyflow.orchestration.nag_dag import nag_dag
from dutyflow.services.cycles.opening import open_cycle
from dutyflow.services.reminders.batches import (
    NotThere,
    batches_of,
    in_office_hours,
    still_to_send,
    wanted,
)
from dutyflow.services.reminders.daily_round import Wanted, decide_round
from dutyflow.services.workspace import Workspace
from tests.support.scene import DUTY, OFFICE, PLANS, parsed
from tests.support.smtp import HOST, smtp_server

ROOT = Path(__file__).parents[2]
OPENED = datetime(2018, 6, 15, 8, 30, tzinfo=TAIPEI)

URGENT = """
ladders:
  - id: standard
    name: 標準階段
    rungs:
      - {working_days: -10, to: [owner]}
      - {working_days: 0, to: [owner], tone: firm, subject: 今天截止, any_hour: true}

duties:
"""

# A script, so that each run has an Airflow of its own at the hour that it is to be.
RUN = """
import importlib, json, sys
from datetime import datetime
from airflow.sdk.definitions.dag import _run_task
from tests.support import airflow_db
from airflow.utils.state import TaskInstanceState
airflow_db.set_up()
sys.path.insert(0, sys.argv[1])
from dutyflow.services.reminders import batches
batches.batches_of.__kwdefaults__["size"] = 2
import nag
from dutyflow.infra import clock
from dutyflow.orchestration import nag_dag

def clear_what_follows_decide(run, dag):
    for task in run.get_task_instances():
        if task.task_id != "decide":
            task.set_state(TaskInstanceState.SCHEDULED)
            _run_task(ti=task, task=dag.task_dict[task.task_id])

for order in json.loads(sys.argv[2]):
    moment = datetime.fromisoformat(order["at"])
    clock.now = lambda moment=moment: moment
    scheduled = order.get("scheduled", False)
    nag_dag._is_scheduled = lambda context, scheduled=scheduled: scheduled
    dag = importlib.reload(nag).dag  # a test leaves its parameters behind in the DAG
    run = dag.test(run_conf=order.get("conf"))
    if order.get("cleared"):
        clear_what_follows_decide(run, dag)
    tasks = run.get_task_instances()
    states = [f"{ti.task_id}[{ti.map_index}]={ti.state}" for ti in tasks]
    names = [ti.rendered_map_index for ti in tasks if ti.map_index >= 0]
    done = {"state": str(run.state), "tasks": sorted(states), "names": names}
    print("DONE", json.dumps(done))
"""


@dataclass(frozen=True)
class Played:
    runs: list[dict[str, Any]]
    mails: list[EmailMessage]
    log: str

    def starting(self, words: str) -> list[EmailMessage]:
        return [mail for mail in self.mails if str(mail["Subject"]).startswith(words)]


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, str]:
    return {"DUTYFLOW_HOME": str(tmp_path / "home"), "DUTYFLOW_PLANS": str(PLANS)}


@pytest.fixture
def workspace(settings: dict[str, str]):
    workspace = Workspace(Settings.from_environ(settings))
    workspace.ledger.migrate()
    open_cycle(workspace, office=OFFICE, duty=DUTY, name="107H1", now=OPENED, who="測試")
    yield workspace
    workspace.close()


def play(tmp_path: Path, settings: dict[str, str], *orders: dict[str, Any]) -> Played:
    dags = tmp_path / "dags"
    dags.mkdir()
    shutil.copy(ROOT / "dags" / "nag.py", dags)  # alone: each test reads the whole folder
    with smtp_server() as server:
        connection = {
            "conn_type": "smtp",
            "host": HOST,
            "port": server.port,
            "extra": {"disable_ssl": True, "disable_tls": True, "retry_limit": 0},
        }
        done = subprocess.run(
            [sys.executable, "-c", RUN, str(dags), json.dumps(orders)],
            cwd=ROOT,
            env={
                **os.environ,
                **settings,
                "PYTHONPATH": str(ROOT),
                "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
                "AIRFLOW_HOME": str(tmp_path / "airflow"),
                "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{tmp_path / 'airflow.db'}",
                "AIRFLOW_CONN_DUTYFLOW_SMTP": json.dumps(connection),
            },
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        runs = [
            json.loads(line.removeprefix("DONE "))
            for line in done.stdout.splitlines()
            if line.startswith("DONE ")
        ]
        mails = [parsed(envelope.content) for envelope in server.kept]
        return Played(runs, mails, done.stdout + done.stderr)


@pytest.mark.usefixtures("workspace")
def test_a_day_is_sent_in_batches_and_a_day_cleared_or_run_again_sends_nothing(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    morning = {"at": "2018-06-27T08:30:00+08:00"}
    played = play(tmp_path, settings, morning | {"cleared": True}, morning)
    first, second = played.runs
    sent = [task for task in first["tasks"] if task.startswith("send[")]
    assert len(sent) == 3, "two people each"
    assert first["names"] == ["台灣電力公司屏東區營業處（2 人）"] * 3, "as the grid shows them"
    assert all(task.endswith("=success") for task in first["tasks"])
    assert first["state"] == second["state"] == "success"
    assert "send[-1]=skipped" in second["tasks"]
    assert len(played.starting("提醒：")) == 6
    assert len(played.starting("晨間摘要")) == 1
    assert len(played.starting("每週狀態")) == 1
    assert len(played.mails) == 8


def test_by_hand_a_part_of_it_at_any_hour_and_scheduled_at_night_nobody(
    tmp_path: Path, settings: dict[str, str], workspace: Workspace
) -> None:
    open_cycle(workspace, office=OFFICE, duty="form_review", name="107H1", now=OPENED, who="測試")
    played = play(
        tmp_path,
        settings,
        {"at": "2018-06-27T07:00:00+08:00", "scheduled": True},
        {"at": "2018-06-27T10:00:00+08:00", "conf": {"duty": "書表與電子表單檢討"}},
        {"at": "2018-06-27T11:00:00+08:00", "conf": {"sections": ["電費組"]}},
        {"at": "2018-06-27T12:00:00+08:00", "conf": {"office": "台灣電力公司屏東區營業處"}},
        {"at": "2018-06-27T19:00:00+08:00", "conf": {"office": OFFICE, "again": True}},
        {"at": "2018-06-27T19:05:00+08:00", "conf": {"office": OFFICE, "again": True}},
        {"at": "2018-06-27T19:10:00+08:00", "conf": {"office": "澎湖區營業處"}},
    )
    late, *by_hand, unknown = played.runs
    assert {run["state"] for run in (late, *by_hand)} == {"success"}
    assert {task for task in late["tasks"] if task.startswith("send")} == {
        "send[0]=skipped",
        "send[1]=skipped",
        "send[2]=skipped",
    }
    assert "不在辦公時間" in played.log
    assert unknown["state"] == "failed"
    assert "計畫中沒有機關「澎湖區營業處」；有：台灣電力公司屏東區營業處" in played.log

    told = [(str(mail["To"]).partition("（")[0], str(mail["Subject"])) for mail in played.mails]
    about_forms, billing, the_others, more = told[:2], told[2], told[3:6], told[6:]
    assert {name for name, _ in about_forms} == {"王小美", "林志明"}
    assert all("書表與電子表單檢討" in subject for _, subject in about_forms)
    assert billing[0] == "許惠雯"
    assert {name for name, _ in the_others} == {"張淑芬", "劉家豪", "郭心怡"}
    assert {name for name, _ in more} == {"王小美", "林志明"}, "who had a mail today: if asked for"
    assert all("半年自行考核" in subject for _, subject in more)


def test_at_night_goes_what_a_rung_says_cannot_wait(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    plans = Path(shutil.copytree(PLANS, tmp_path / "plan"))
    plan = plans / OFFICE / "107.yaml"
    written = plan.read_text(encoding="utf-8")
    plan.write_text(written.replace("\nduties:\n", URGENT), encoding="utf-8")
    settings = settings | {"DUTYFLOW_PLANS": str(plans)}
    workspace = Workspace(Settings.from_environ(settings))
    workspace.ledger.migrate()
    cycle = open_cycle(workspace, office=OFFICE, duty=DUTY, name="107H1", now=OPENED, who="測試")
    workspace.ledger.assignments.extend(
        f"{cycle.key}/billing",
        datetime(2018, 7, 18, 16, tzinfo=UTC),
        now=OPENED,
        who="",
        why="展期",
    )
    night = {"at": "2018-07-04T20:00:00+08:00", "scheduled": True}
    played = play(tmp_path, settings, night)
    assert {str(mail["Subject"]).partition("：")[0] for mail in played.mails} == {"今天截止"}
    assert len(played.mails) == 5
    silences = workspace.ledger.silences.of(cycle.key)
    workspace.close()
    assert [(each.about.rpartition("/")[2], each.reason) for each in silences] == [
        ("billing", "未寄：不在辦公時間（08:00–18:00），併入下次")
    ]


def test_batches_hold_so_many_people_of_one_office(workspace: Workspace) -> None:
    now = datetime(2018, 6, 27, 8, 30, tzinfo=TAIPEI)
    batches = batches_of(decide_round(workspace, now=now).digests, size=4)
    assert [len(batch.people) for batch in batches] == [4, 2]
    assert {batch.office for batch in batches} == {OFFICE}
    everyone = [person for batch in batches for person in batch.people]
    assert len(set(everyone)) == 6


def test_a_batch_leaves_alone_who_answered_since_it_was_decided(workspace: Workspace) -> None:
    now = datetime(2018, 6, 27, 8, 30, tzinfo=TAIPEI)
    (batch,) = batches_of(decide_round(workspace, now=now).digests)
    workspace.ledger.assignments.waive(
        f"{OFFICE}/{DUTY}/107H1/billing", now=now, who="測試", why="測試"
    )
    still = still_to_send(workspace, batch, wanted=Wanted(), now=now + timedelta(minutes=1))
    assert len(still) == 5
    assert "許惠雯（樣本）" not in {digest.to.name for digest in still}


@pytest.mark.parametrize(
    ("hour", "minute", "fits"), [(7, 59, False), (8, 0, True), (17, 59, True), (18, 0, False)]
)
def test_office_hours(workspace: Workspace, hour: int, minute: int, fits: bool) -> None:
    now = datetime(2018, 6, 27, hour, minute, tzinfo=TAIPEI).astimezone(UTC)
    assert in_office_hours(workspace.office(OFFICE), now) is fits


def test_what_is_asked_for_by_name_is_found_and_what_is_not_there_is_told(
    workspace: Workspace,
) -> None:
    asked = {"office": OFFICE, "duty": "半年自行考核", "sections": ["電費組"], "again": True}
    assert wanted(workspace, asked) == Wanted(
        office=OFFICE, duty=DUTY, sections=("billing",), again=True
    )
    with pytest.raises(NotThere, match=r"沒有組室「電費祖」.*是不是「電費組」"):
        wanted(workspace, {"sections": ["電費祖"]})


def test_a_coordinator_can_read_it() -> None:
    dag = nag_dag()
    assert dag.dag_display_name == "每日稽催"
    assert "現在就寄" in (dag.doc_md or "")
    assert dag.max_active_runs == 1
    assert not dag.catchup
    assert {task.task_display_name for task in dag.tasks} == {
        "決定通知誰",
        "寄稽催信",
        "晨間摘要",
        "每週狀態",
    }
    assert {task.owner for task in dag.tasks} == {"dutyflow"}
