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


@pytest.mark.parametrize(
    "changes",
    [
        {"collect_by": {"calendar_days": 15, "from": "opens", "roll": "next"}},
        {"collect_by": {"month": 7, "day": 4}},
        {"collect_by": {"on": [{"month": 7, "day": 4}], "from": "period_end"}},
        {"collect_by": {"weekday": "friday", "nth": -1, "of": "period_end"}},
        {"covers": {"measures": ["1.1.1"]}},
        {"every": "once", "period": {"start": "107-01-01", "end": "107-06-30"}},
        {"every": "dates", "dates": [{"name": "春節前", "start": "107-01-01", "end": "107-01-30"}]},
        {"every": "after", "after": "survey"},
        {"unannounced": {}},
        {"assumption": "原計畫未訂"},
    ],
)
def test_an_editor_accepts_what_the_model_does(changes):
    plan = real_plan()
    plan["duties"][0].update(changes)
    assert list(Draft202012Validator(plan_schema()).iter_errors(plan)) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"collect_by": {"working_days": 3}},
        {"collect_by": {"working_days": 3, "calendar_days": 3, "from": "opens"}},
        {"collect_by": {"weekday": "someday", "nth": 1, "of": "opens"}},
        {"covers": {}},
        {"every": "dates", "dates": [{"start": "107-01-01", "end": "107-01-30"}]},
        {"unannounced": {"sead": 1}},
    ],
)
def test_an_editor_marks_a_wrong_duty(changes):
    plan = real_plan()
    plan["duties"][0].update(changes)
    assert list(Draft202012Validator(plan_schema()).iter_errors(plan))
