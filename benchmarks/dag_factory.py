"""The same duties as dag-factory can express them, and dag-factory itself in a folder of its own.

As near as it goes: a file for each office, whatever its duties share (all but their tasks) given
once, as that file's default, which is the fastest way that works. (Default tasks would be faster,
but then all DAGs share them, and those of the second DAG map over an output of the first.) It knows
no mapped task group, so that the group is a plain one whose two tasks are mapped one by one; and no
outputs as arguments but for mapping, so that a template hands on what was sent back.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
DUTIES = "benchmarks.bare_duties"
PYTHON = "airflow.providers.standard.operators.python.PythonOperator"
TRIGGER = "airflow.providers.standard.operators.trigger_dagrun.TriggerDagRunOperator"


class _NoAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - a person writes it all out
        return True


def install(folder: Path) -> str | None:
    """Install dag-factory into a folder; what went wrong, where it did."""
    command = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--no-deps"]
    command += ["--target", str(folder), "--requirements", str(HERE / "dag_factory.txt")]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.stderr.strip() if done.returncode else None


def write_configs(folder: Path, offices: int, duties: int) -> None:
    """A YAML file for each office, with so many DAGs each."""
    folder.mkdir(parents=True)
    for office in range(offices):
        dags = {f"office_{office:03}__duty_{number:02}": _own(number) for number in range(duties)}
        text = yaml.dump({"default": _shared(), **dags}, Dumper=_NoAliases, allow_unicode=True)
        (folder / f"office_{office:03}.yaml").write_text(text, encoding="utf-8")


def _shared() -> dict[str, Any]:
    from .bare_duties import OWNERS

    return {
        "default_args": {
            "owner": OWNERS,
            "retries": 3,
            "retry_delay": _timedelta(seconds=5),
        },
        "schedule": "30 8 15 6,12 *",
        "start_date": "2018-01-01",
        "timezone": "Asia/Taipei",
        "catchup": False,
        "is_paused_upon_creation": False,
        "params": {
            "cycle": _param("期別", type=["null", "string"]),
            "collect_by": _param("收件期限", type=["null", "string"], format="date-time"),
            "report_due": _param("報送期限", type=["null", "string"], format="date"),
        },
        "task_groups": {"section": {"group_display_name": "各組室"}},
    }


def _own(number: int) -> dict[str, Any]:
    from .bare_duties import DESCRIPTION, TAGS

    return {
        "dag_display_name": f"自行考核 {number}（屏東區營業處）",
        "description": "陸、考核作業：半年自行考核",
        "doc_md": DESCRIPTION,
        "tags": TAGS,
        "tasks": {**_section_tasks(), **_report_tasks()},
    }


def _section_tasks() -> dict[str, Any]:
    in_group = {"task_group_name": "section", "map_index_template": "{{ ti.map_index }}"}
    return {
        "open": {
            "operator": f"{DUTIES}.OpenCycle",
            "task_display_name": "開啟期別",
            "office": "pingtung",
            "duty": "self_assessment",
        },
        "announce": {
            **_python("寄開辦信", "open", **_mail_retries()),
            **in_group,
            "expand": {"op_args": "open.output"},
        },
        "collect": {
            "operator": f"{DUTIES}.Collect",
            "task_display_name": "收件",
            "section_name": "",
            "trigger_rule": "all_done",
            "dependencies": ["announce"],
            **in_group,
            "expand": {"assignment": "open.output"},
        },
    }


def _report_tasks() -> dict[str, Any]:
    from .bare_duties import SECTIONS

    many = {"type": ["null", "array"], "items": {"type": "string"}, "examples": SECTIONS}
    return {
        "assemble": _python("彙整", "collect", trigger_rule="all_done"),
        "review": {
            "operator": f"{DUTIES}.Review",
            "task_display_name": "核定",
            "subject": "請核定彙整表：{{ run_id }}",
            "options": ["核定", "退回補正", "不送"],
            "options_mapping": {"核定": "deliver", "退回補正": "send_back", "不送": "close"},
            "params": {
                "sections": _param("退回補正的組室", **many),
                "note": _param("說明", type=["null", "string"], format="multiline"),
            },
            "dependencies": ["assemble"],
        },
        "deliver": _python("報送", "review", **_mail_retries()),
        "send_back": _python("通知補正", "review", **_mail_retries()),
        "close": _python("結案", "review", "deliver", trigger_rule="none_failed_min_one_success"),
        "collect_again": {
            "operator": TRIGGER,
            "task_display_name": "重新收件",
            "trigger_dag_id": "dutyflow__collect_again",
            "conf": {
                "dag_id": "{{ dag.dag_id }}",
                "run_id": "{{ run_id }}",
                "assignments": "{{ ti.xcom_pull(task_ids='send_back') }}",
            },
            "dependencies": ["send_back"],
        },
    }


def _python(title: str, *after: str, **arguments: Any) -> dict[str, Any]:
    return {
        "operator": PYTHON,
        "task_display_name": title,
        "python_callable": f"{DUTIES}.does_nothing",
        "dependencies": list(after),
        **arguments,
    }


def _mail_retries() -> dict[str, Any]:
    return {
        "retries": 50,
        "retry_delay": _timedelta(minutes=1),
        "retry_exponential_backoff": True,
        "max_retry_delay": _timedelta(minutes=30),
    }


def _timedelta(**parts: int) -> dict[str, Any]:
    return {"__type__": "datetime.timedelta", **parts}


def _param(title: str, **schema: Any) -> dict[str, Any]:
    return {
        "__type__": "airflow.sdk.Param",
        "default": None,
        "title": title,
        "description": "留空依計畫計算",
        **schema,
    }
