"""What Airflow finds in the dags folder: policy, computed from the plans."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from airflow.sdk import DAG
from airflow.sdk.definitions.param import process_params
from airflow.serialization.serialized_objects import DagSerialization

from dutyflow.calendars.roc import TAIPEI
from dutyflow.infra import clock
from dutyflow.orchestration.duty_dag import duty_dags
from dutyflow.orchestration.duty_doc import owners_of, tags_of
from dutyflow.orchestration.plans import office_named, outlines
from dutyflow.plan.office import OfficePlan
from dutyflow.plan.words import CHOICE_TITLES
from tests.support.invented import EVERY_KIND, OFFICE, write_office

ROOT = Path(__file__).parents[2]
DUTIES = [(office, duty) for office in outlines(clock.now()) for duty in office.duties]
Dags = dict[str, DAG]


def at(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=TAIPEI)


def dags_on(*moment: int) -> Dags:
    with time_machine.travel(at(*moment), tick=False):
        return {dag.dag_id: dag for dag in duty_dags()}


@pytest.fixture(scope="module")
def dags() -> Dags:
    return {dag.dag_id: dag for dag in duty_dags()}


def test_every_duty_of_every_plan_is_a_dag(dags: Dags) -> None:
    assert set(dags) == {f"{office.id}__{duty.id}" for office, duty in DUTIES}


@pytest.mark.parametrize(("office", "duty"), DUTIES, ids=lambda it: getattr(it, "id", None))
def test_a_duty_is_described_in_the_plans_own_words(dags: Dags, office, duty) -> None:
    dag = dags[f"{office.id}__{duty.id}"]
    assert duty.name in dag.dag_display_name
    assert duty.clause in dag.doc_md
    assert duty.clause in dag.description
    assert {office.name, duty.every, *duty.aspects} <= dag.tags
    assert all(task.task_display_name != task.task_id for task in dag.tasks)
    assert not dag.catchup


def test_mail_is_tried_again_with_growing_waits(dags: Dags) -> None:
    dag = dags["pingtung__self_assessment"]
    for name in ("section.announce", "send_back", "deliver"):
        task = dag.get_task(name)
        assert task.retries >= 10
        assert task.retry_exponential_backoff
        assert task.max_retry_delay.total_seconds() == 1800


def test_a_collection_survives_the_race_of_a_task_that_resumes_at_once(dags: Dags) -> None:
    assert dags["pingtung__self_assessment"].get_task("section.collect").retries >= 1


DAG_FILES = {path.stem for path in (ROOT / "dags").glob("*.py")}
HEAVY = {"pandas", "numpy", "openpyxl", "holidays", "alembic", "python_calamine"}
MODELS = {
    "dutyflow.plan.model",
    "dutyflow.plan.outline_of",
    "dutyflow.calendars.working_days",
}


@pytest.mark.parametrize(
    ("files", "heavy"),
    [
        (DAG_FILES - {"plan_errors"}, HEAVY | MODELS),
        ({"plan_errors"}, HEAVY),  # it reads the whole plans
    ],
)
def test_parsing_the_dag_files_imports_nothing_heavy(tmp_path: Path, files, heavy) -> None:
    code = f"""
import sys, json
sys.path.insert(0, "dags")
import {", ".join(sorted(files))}
print(json.dumps([name for name in {sorted(heavy)} if name in sys.modules]))
"""
    write_office(tmp_path / "plan", EVERY_KIND)
    environment = {
        **os.environ,
        "DUTYFLOW_HOME": str(tmp_path),
        "DUTYFLOW_PLANS": str(tmp_path / "plan"),
    }
    for _ in range(2):  # the first parse makes the snapshot, the others read it
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == []


def test_a_run_has_the_parameters_of_its_dag_and_their_defaults_are_valid(dags) -> None:
    dag = dags["pingtung__self_assessment"]
    assert dag.params.validate() == {"cycle": None, "collect_by": None, "report_due": None}
    told = {"cycle": "107H1"}
    found = process_params(dag, dag.get_task("open"), told, suppress_exception=False)
    assert found == {**dag.params.dump(), **told}


def test_the_review_asks_for_its_own_fields_alone(dags) -> None:
    assert set(dags["pingtung__self_assessment"].get_task("review").params) == {"sections", "note"}


@pytest.fixture
def start_a_task_of(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Which DAGs are built when a task of this one starts, beside two offices of like names."""
    plans = tmp_path / "plan"
    for office in ("pingtung", "pingtung__south"):
        shutil.copytree(ROOT / "include" / "plan" / "pingtung", plans / office)
        plan = plans / office / "107.yaml"
        plan.write_text(plan.read_text().replace("id: pingtung", f"id: {office}"))
    monkeypatch.setenv("DUTYFLOW_PLANS", str(plans))
    monkeypatch.setenv("DUTYFLOW_HOME", str(tmp_path / "home"))

    def start(dag_id: str) -> list[str]:
        monkeypatch.setenv("_AIRFLOW_PARSING_CONTEXT_DAG_ID", dag_id)
        monkeypatch.setenv("_AIRFLOW_PARSING_CONTEXT_TASK_ID", "open")
        return [dag.dag_id for dag in duty_dags()]

    return start


@pytest.mark.parametrize("office", ["pingtung", "pingtung__south"])
def test_only_the_dag_that_a_task_asks_for_is_built(start_a_task_of, office: str) -> None:
    assert start_a_task_of(f"{office}__self_assessment") == [f"{office}__self_assessment"]


@pytest.mark.parametrize(
    "dag_id", ["another_dag", "pingtung__", "__self_assessment", "pingtung__self", "..__x", "a/__b"]
)
def test_no_dag_is_built_for_a_task_of_another(start_a_task_of, dag_id: str) -> None:
    assert start_a_task_of(dag_id) == []


def test_a_task_starts_without_a_look_at_the_other_offices(start_a_task_of, tmp_path: Path) -> None:
    start_a_task_of("pingtung__self_assessment")
    read = {path.name.partition(".")[0] for path in (tmp_path / "home" / "plans").iterdir()}
    assert read == {"pingtung"}


# an office with a duty of every kind


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OfficePlan:
    write_office(tmp_path / "plan", EVERY_KIND)
    monkeypatch.setenv("DUTYFLOW_PLANS", str(tmp_path / "plan"))
    monkeypatch.setenv("DUTYFLOW_HOME", str(tmp_path / "home"))
    return office_named(OFFICE)


def test_owners_are_the_sections_and_tags_the_aspects_of_the_plan(office: OfficePlan) -> None:
    (plan,) = office.plans
    dags = dags_on(2018, 4, 2)
    for duty in plan.duties:
        dag = dags[f"{OFFICE}__{duty.id}"]
        assert dag.owner.split(", ") == [section.name for section in plan.sections_of(duty)]
        aspects = {measure.aspect for measure in plan.measures_of(duty)}
        assert dag.tags == {"dutyflow", office.name, CHOICE_TITLES[duty.every], *aspects}


def test_only_duties_that_others_come_after_look_for_followers(office: OfficePlan) -> None:
    followed = {duty.after for duty in office.plans[0].duties if duty.after}
    for key, dag in dags_on(2018, 4, 2).items():
        has = {"follow", "open_next"} & set(dag.task_ids)
        assert bool(has) == (key.removeprefix(f"{OFFICE}__") in followed)


def test_a_page_tells_what_who_when_and_the_next_cycles(office: OfficePlan) -> None:
    dags = dags_on(2018, 4, 2)
    page = dags["penghu__self_assessment"].doc_md
    assert "- 工作：半年自行考核（具體作法 3 項，填「自評表」）" in page
    assert "- 依據：陸、考核作業" in page
    assert "- 辦理組室：業務組、設計組" in page
    assert "- 核定後接著開始：「改善追蹤」" in page
    assert (
        "| 107年上半年（107H1） | 107年6月15日（五） | 107年7月4日（三） | 107年7月6日（五） |"
        in page
    )
    assert page.count("年上半年（") + page.count("年下半年（") == 3
    follower = dags["penghu__follow_up"].doc_md
    assert "- **假設**：原計畫未訂期限" in follower
    assert "- 接續：「半年自行考核」核定後開始" in follower
    assert "實際日期自「半年自行考核」核定之日起算" in follower
    assert "（計畫中已無後續期別）" in dags_on(2019, 4, 2)["penghu__once"].doc_md


def test_days_that_rest_on_a_calendar_to_come_are_marked(office: OfficePlan) -> None:
    assert "暫定" not in dags_on(2018, 4, 2)["penghu__self_assessment"].doc_md
    page = dags_on(2027, 7, 20)["penghu__self_assessment"].doc_md
    assert page.count("| 暫定 |") == 3
    assert "辦公日曆表尚未公布" in page


def test_a_dag_changes_only_when_a_cycle_is_over(office: OfficePlan) -> None:
    """Each change is a new version of the DAG in Airflow."""

    def stored(*moment: int) -> str:
        dag = dags_on(*moment)["penghu__self_assessment"]
        return json.dumps(DagSerialization.to_dict(dag), sort_keys=True, default=str)

    first = stored(2018, 4, 2)
    assert stored(2018, 6, 20, 23, 59) == first
    assert stored(2018, 7, 6, 23, 59) == first, "due today"
    second = stored(2018, 7, 7)
    assert second != first
    assert stored(2019, 1, 8, 23, 59) == second
    assert stored(2019, 1, 9) != second


def test_names_that_are_too_long_for_airflow_are_cut(office: OfficePlan) -> None:
    (outline,) = outlines(at(2018, 4, 2))
    duty = replace(
        outline.duties[0], aspects=("面" * 300,), sections=("甲,乙", *(["組" * 100] * 30))
    )
    assert len(owners_of(duty)) <= 2000
    assert owners_of(duty).startswith("甲，乙, ")
    assert max(map(len, tags_of(outline, duty))) <= 100


LIST = """
import sys
from pathlib import Path
from datetime import datetime, UTC
from tests.support.scheduler import Scheduler

with Scheduler(Path(sys.argv[1]), Path("dags")).at_work(datetime(2018, 4, 2, tzinfo=UTC)):
    from airflow.cli.cli_parser import get_parser
    for order in ("list --columns " + sys.argv[2], "list-import-errors"):
        arguments = get_parser().parse_args(["dags", *order.split(), "--output", "json"])
        arguments.func(arguments)
"""


def test_airflow_lists_every_duty_without_an_import_error(
    office: OfficePlan, tmp_path: Path
) -> None:
    columns = "dag_id,dag_display_name,owners,tags,description,timetable_summary"
    done = subprocess.run(
        [sys.executable, "-c", LIST, str(tmp_path / "airflow"), columns],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    rows, errors = (
        json.loads(line) for line in done.stdout.splitlines() if line.startswith(("[{", "[]"))
    )
    assert errors == []
    listed: dict[str, dict[str, Any]] = {row["dag_id"]: row for row in rows}
    (plan,) = office.plans
    for duty in plan.duties:
        told = listed.pop(f"{OFFICE}__{duty.id}")
        assert told["dag_display_name"] == f"{duty.name}（{office.name}）"
        assert told["description"] == f"{duty.clause}：{duty.name}"
        assert told["owners"] == [section.name for section in plan.sections_of(duty)]
        assert CHOICE_TITLES[duty.every] in {tag["name"] for tag in told["tags"]}
        assert told["timetable_summary"].endswith("報出")
    assert listed, "dutyflow's own"
    for own in listed.values():
        assert own["owners"] == ["dutyflow"]
        assert own["description"]
        assert own["tags"]
