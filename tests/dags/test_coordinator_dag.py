"""承辦人作業: its form; each of its actions, run by a real Airflow against a real mail server."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from dutyflow.calendars.roc import TAIPEI, in_zone
from dutyflow.infra.settings import Settings
from dutyflow.orchestration.coordinator_dag import coordinator_dag
from dutyflow.services.coordinator.actions import ACTIONS, Order
from dutyflow.services.cycles.opening import open_cycle
from dutyflow.services.workspace import Workspace
from tests.support.scene import DUTY, OFFICE, PLANS, parsed, text_of
from tests.support.smtp import HOST, smtp_server

ROOT = Path(__file__).parents[2]
OPENED = datetime(2018, 6, 15, 8, 30, tzinfo=TAIPEI)
BILLING, DESIGN = (f"{OFFICE}/{DUTY}/107H1/{section}" for section in ("billing", "design"))
OWNER = "hsu.billing@pingtung.example.tw"
PART = {"duty": "半年自行考核", "cycle": "107年上半年", "section": "電費組"}

# A script, so that the DAG has an Airflow of its own, at an hour of 2018.
RUN = """
import importlib, json, sys
from datetime import datetime
from tests.support import airflow_db
airflow_db.set_up()
sys.path.insert(0, sys.argv[1])
import coordinator
from dutyflow.infra import clock

moment = datetime.fromisoformat("2018-06-27T10:00:00+08:00")
clock.now = lambda: moment
for order in json.loads(sys.argv[2]):
    dag = importlib.reload(coordinator).dag  # a test leaves its parameters behind in the DAG
    print("ORDER", flush=True)
    print("STATE", dag.test(run_conf=order).state, flush=True)
"""


@dataclass(frozen=True)
class Did:
    """What became of an order: the run's state, and what its log says."""

    state: str
    log: str


def carry_out(home: Path, *orders: dict[str, Any]) -> tuple[list[Did], list[str]]:
    """Each order as a run of the DAG, one after another; and the mails that went out."""
    dags = home / "dags"
    dags.mkdir()
    shutil.copy(ROOT / "dags" / "coordinator.py", dags)  # alone: each test reads the whole folder
    with smtp_server() as server:
        extra = {"disable_ssl": True, "disable_tls": True, "retry_limit": 0}
        smtp = {"conn_type": "smtp", "host": HOST, "port": server.port, "extra": extra}
        done = subprocess.run(
            [sys.executable, "-c", RUN, str(dags), json.dumps(orders)],
            cwd=ROOT,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "DUTYFLOW_HOME": str(home),
                "DUTYFLOW_PLANS": str(PLANS),
                "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
                "AIRFLOW_HOME": str(home / "airflow"),
                "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
                "AIRFLOW_CONN_DUTYFLOW_SMTP": json.dumps(smtp),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stdout[-3000:]
        told = [part.rpartition("STATE ") for part in done.stdout.split("ORDER\n")[1:]]
        mails = [parsed(envelope.content) for envelope in server.kept]
        return (
            [Did(state=state.split()[0], log=log) for log, _, state in told],
            [f"{mail['To']} {mail['Subject']} {text_of(mail)}" for mail in mails],
        )


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    environ = {"DUTYFLOW_HOME": str(tmp_path), "DUTYFLOW_PLANS": str(PLANS)}
    workspace = Workspace(Settings.from_environ(environ))
    workspace.ledger.migrate()
    open_cycle(workspace, office=OFFICE, duty=DUTY, name="107H1", now=OPENED, who="測試")
    yield workspace
    workspace.close()


DONE: list[tuple[dict[str, Any], str]] = [
    (
        {"action": "展期", **PART, "day": "107-07-18", "why": "資料尚待彙整"},
        "電費組「107年上半年 半年自行考核」展期至107年7月18日（三）",
    ),
    (
        {"action": "暫停稽催", **PART, "day": "107/6/29", "why": "搬遷"},
        "暫停稽催至107年6月29日（五）（含當日）；填報期限不變",
    ),
    ({"action": "恢復稽催", **PART}, "電費組「107年上半年 半年自行考核」恢復稽催"),
    (
        {"action": "免報", **PART, "section": "設計組", "why": "業務移撥"},
        "設計組「107年上半年 半年自行考核」免報",
    ),
    (
        {"action": "請假", "person": OWNER, "day": "107-07-10"},
        "許惠雯（樣本）請假至107年7月10日（二）（含當日）",
    ),
    (
        {"action": "請假", "person": "鄭文彬（樣本）", "day": "107-06-29"},
        "電費組的承辦人與代理人今天都無法收信",
    ),
    ({"action": "銷假", "person": "許惠雯（樣本）"}, "許惠雯（樣本）已銷假"),
]
MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({"action": "展期", **PART, "day": "107-07-18"}, "展期須填「原因」，供日後查考"),
    ({"action": "展期", **PART, "day": "七月", "why": "忙"}, "「七月」不是日期"),
    ({"action": "展期", **PART, "day": "107-12-28", "why": "忙"}, "合計至多 30 個"),
    ({"action": "免報", **PART, "section": "電費股", "why": "忙"}, "是不是 電費組（billing）？"),
    ({"action": "暫停稽催", **PART, "day": "107-06-01", "why": "忙"}, "107年6月1日已經過去"),
    ({"action": "恢復稽催", "duty": "年度"}, "沒有開啟中的定期工作「年度」"),
    ({"action": "請假", "person": "許惠文", "day": "107-07-18"}, "許惠雯（樣本）"),
    ({"action": "銷假"}, "須填人員"),
]


def test_each_action_is_done_and_told_and_a_mistake_is_a_sentence_and_changes_nothing(
    tmp_path: Path, workspace: Workspace
) -> None:
    did, mails = carry_out(tmp_path, *(order for order, _ in MISTAKES + DONE))
    assert [each.state for each in did] == ["failed"] * len(MISTAKES) + ["success"] * len(DONE)
    for (_, sentence), each in zip(MISTAKES + DONE, did, strict=True):
        assert sentence in each.log
        assert "Traceback" not in each.log
    extended, waived = mails
    assert OWNER in extended
    assert "期限已展延至 107年7月18日（三）" in extended
    assert "業務移撥" in waived
    part = workspace.ledger.assignments.get(BILLING)
    assert in_zone(part.collect_by).date() == date(2018, 7, 19), "the end of 7月18日"
    assert part.paused_until is None
    assert workspace.ledger.assignments.get(DESIGN).state == "waived"
    assert set(workspace.ledger.people.away()) == {"cheng.billing@pingtung.example.tw"}
    done = {"展期", "暫停稽催", "免報", "請假", "銷假"}
    events = [event.what for event in workspace.ledger.events.of() if event.what in done]
    assert sorted(events) == sorted([*done, "暫停稽催", "請假"]), "and nothing by mistake"


def test_the_form_offers_every_action_and_asks_for_all_that_an_order_needs() -> None:
    dag = coordinator_dag()
    assert tuple(dag.params.get_param("action").schema["enum"]) == ACTIONS
    assert {*dag.params, "source"} == {field.name for field in fields(Order)}
    assert all(f"| {action} |" in dag.doc_md for action in ACTIONS)
    assert all(dag.params.get_param(name).schema["title"] for name in dag.params)
    dag.params.validate()  # everything but the action may be left empty


def test_the_form_offers_the_names_that_the_plans_have() -> None:
    params = coordinator_dag().params
    assert "半年自行考核" in params.get_param("duty").schema["examples"]
    assert "電費組" in params.get_param("section").schema["examples"]
    assert "台灣電力公司屏東區營業處" in params.get_param("office").schema["examples"]
