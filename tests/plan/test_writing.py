"""What is written down is read as the same, looks as people write it, and is the same each time."""

from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dutyflow.infra.plan_files.load import load_contacts, load_plan
from dutyflow.plan.closures import parse_closures
from dutyflow.plan.model import Plan
from dutyflow.plan.source import parse
from dutyflow.plan.writing import closures_to_csv, contacts_to_yaml, to_yaml
from tests.support.plans import closures, contacts, plans

OFFICE = Path(__file__).resolve().parents[2] / "include/plan/pingtung"
quick = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
    ],
)


@quick
@given(plan=plans())
def test_a_plan_written_is_read_as_the_same_plan_and_written_as_the_same_bytes(plan):
    written = to_yaml(plan)
    source = parse(written.encode(), "")
    assert not source.findings
    read = Plan.model_validate(source.data)
    assert read == plan
    assert read.hash == plan.hash
    assert to_yaml(read) == written
    assert Plan.model_validate_json(plan.model_dump_json(by_alias=True)) == plan


@quick
@given(plan=plans())
def test_other_readers_of_yaml_read_the_same_texts(plan):
    def texts(value):
        if isinstance(value, dict):
            return {name: texts(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [texts(inner) for inner in value]
        return value if isinstance(value, str) and not value[:4].isdigit() else None

    written = to_yaml(plan)
    assert texts(yaml.safe_load(written)) == texts(parse(written.encode(), "").data)


@quick
@given(data=st.data())
def test_contacts_and_closures_written_are_read_as_the_same(tmp_path, data):
    people = data.draw(plans().flatmap(contacts))
    path = tmp_path / "contacts.yaml"
    path.write_text(contacts_to_yaml(people), encoding="utf-8", newline="")
    assert load_contacts(path) == people
    days = data.draw(closures())
    assert parse_closures(closures_to_csv(days).encode(), "") == (days, ())


def statements(text):
    """The lines of a file without comments and empty lines."""
    lines = (line.partition("  #")[0].rstrip() for line in text.splitlines())
    return [line for line in lines if line and not line.lstrip().startswith("#")]


def test_the_real_plan_is_written_as_a_person_wrote_it():
    by_hand = (OFFICE / "107.yaml").read_text(encoding="utf-8")
    defaults = {"  range: [0, 100]", "  measure: mean", "  aspect: mean", "    ladder: standard"}
    plain = [line.replace(", timezone: Asia/Taipei", "") for line in statements(by_hand)]
    written = to_yaml(load_plan(OFFICE / "107.yaml"))
    assert statements(written) == [line for line in plain if line not in defaults]
    assert written.startswith("# yaml-language-server: $schema=../plan.schema.json\n")
    assert "\n\nmeasures:\n" in written
    assert '\n\n  - id: "1.1.2.1"\n' in written


def test_the_real_contacts_are_written_as_a_person_wrote_them():
    by_hand = (OFFICE / "contacts.yaml").read_text(encoding="utf-8")
    written = contacts_to_yaml(load_contacts(OFFICE / "contacts.yaml"))
    assert statements(written) == statements(by_hand)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("甲：乙", "甲：乙"),
        ("107 年度", "107 年度"),
        ("no", '"no"'),
        ("1.1.2", '"1.1.2"'),
        ("1.5e3", '"1.5e3"'),
        ("tRuE", '"tRuE"'),
        ("- 甲", '"- 甲"'),
        ('說 "是"', '說 "是"'),
        ("甲\t乙", '"甲\\t乙"'),
        ("甲\n乙", "|-\n    甲\n    乙"),
        ("甲 \n乙", '"甲 \\n乙"'),
    ],
)
def test_quotes_only_where_they_are_needed(text, line):
    plan = load_plan(OFFICE / "107.yaml")
    header = plan.header.model_copy(update={"goal": text})
    written = to_yaml(plan.model_copy(update={"header": header}))
    assert f"\n  goal: {line}\n" in written
