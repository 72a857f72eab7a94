"""The schema that editors check plans with: current, in Chinese, and of one mind with the model."""

import json
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from dutyflow.plan.schema import plan_schema, schema_text

PLANS = Path(__file__).resolve().parents[2] / "include/plan"


def properties(schema):
    for part in (schema, *schema["$defs"].values()):
        yield from part["properties"].items()


def real_plan():
    return yaml.safe_load((PLANS / "pingtung/107.yaml").read_text(encoding="utf-8"))


def test_the_file_is_current():
    written = (PLANS / "plan.schema.json").read_text(encoding="utf-8")
    assert written == schema_text(), "run: dutyflow plan schema"


def test_every_field_has_a_chinese_title():
    for name, field in properties(plan_schema()):
        assert not field["title"].isascii(), name


def test_the_real_plan_is_valid():
    schema = json.loads(schema_text())
    Draft202012Validator.check_schema(schema)
    assert list(Draft202012Validator(schema).iter_errors(real_plan())) == []


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("owners", "business"),
        ("owners", []),
        ("frequency", "隨時辦理"),
        ("id", 1.1),
        ("id", "一"),
        ("text", ""),
        ("frequncy", "ongoing"),
    ],
)
def test_an_editor_marks_what_the_model_refuses(field, wrong):
    plan = real_plan()
    plan["measures"][0][field] = wrong
    assert list(Draft202012Validator(plan_schema()).iter_errors(plan))
