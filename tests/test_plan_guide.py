"""The guide to the plan file: every example in it is put into a plan and read."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml
from pydantic import TypeAdapter

from dutyflow.calendars.periods import Recurrence
from dutyflow.calendars.rules import DateRule
from dutyflow.infra.plan_files.load import load_plan
from dutyflow.plan.field_types import FIELD_TYPES
from dutyflow.plan.source import parse

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "docs/plan-file.zh-TW.md").read_text(encoding="utf-8")
PLAN = ROOT / "include/plan/pingtung/107.yaml"
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
RULES = re.findall(r"^\| `(\{.*?\})` \|", GUIDE, re.MULTILINE)


def data_of(text: str) -> Any:
    return parse(text.encode(), "guide").data  # YAML as plans are read: `on` is a word


def read_with(tmp_path: Path, **parts: Any) -> Any:
    plan = yaml.safe_load(PLAN.read_text(encoding="utf-8")) | parts
    path = tmp_path / "107.yaml"
    path.write_text(yaml.safe_dump(plan, allow_unicode=True), encoding="utf-8")
    return load_plan(path)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: text.split(":")[0])
def test_an_example_can_be_put_into_a_plan(tmp_path: Path, example: str) -> None:
    parts = data_of(example)
    plan = read_with(tmp_path, **parts)
    for name, written in parts.items():
        if isinstance(written, list):
            assert [part.id for part in getattr(plan, name)] == [part["id"] for part in written]
        else:
            assert getattr(plan, name).model_fields_set == written.keys()


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_can_be_written_so(rule: str) -> None:
    read = TypeAdapter(DateRule).validate_python(data_of(rule))
    assert str(read)


def test_every_rhythm_and_every_type_of_field_is_explained() -> None:
    cells = re.findall(r"^\| `(\w+)` \|", GUIDE, re.MULTILINE)
    assert set(get_args(Recurrence)) | set(FIELD_TYPES) == set(cells)
