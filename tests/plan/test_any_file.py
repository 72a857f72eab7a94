"""Whatever file there is does no harm."""

from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dutyflow.errors import PlanError
from dutyflow.infra.plan_files.load import load_plan
from dutyflow.plan.model import Duty, Plan
from tests.support.plans import printable

REAL = Path(__file__).resolve().parents[2] / "include/plan/pingtung/107.yaml"
quick = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def findings_in(path):
    try:
        load_plan(path)
    except PlanError as refused:
        return refused.findings
    return ()


@quick
@given(data=st.data())
def test_any_line_may_be_broken_and_the_answer_is_a_plan_or_findings_with_lines(tmp_path, data):
    lines = REAL.read_text(encoding="utf-8").splitlines()
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        junk = st.sampled_from(
            ["", "- x", "  a: 1", "\t", "]", "{", "measures: 5", "*a", "x: [", "：", "!x y"]
        )
        lines[at] = data.draw(junk | st.just(lines[at][:-1]) | st.just(lines[at] + ","))
    path = tmp_path / "107.yaml"
    path.write_text("\n".join(lines), encoding="utf-8")
    for finding in findings_in(path):
        name, _, line = finding.where.rpartition(":")
        assert name == str(path)
        assert 1 <= int(line) <= len(lines)
        assert finding.found
        assert not finding.expected.isascii()  # said in Chinese, not in pydantic's words
        assert "\n" not in str(finding)


@quick
@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(printable, max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["id", "name", "office", "sections", "measures", "owners", "weights", "x"]
                ),
                inner,
                max_size=3,
            )
        ),
        max_leaves=8,
    ),
    field=st.sampled_from(list(Plan.model_fields)),
)
def test_anything_may_stand_in_a_field(tmp_path, value, field):
    plan = yaml.safe_load(REAL.read_text(encoding="utf-8"))
    plan[field] = value
    path = tmp_path / "107.yaml"
    path.write_text(yaml.safe_dump(plan, allow_unicode=True), encoding="utf-8")
    findings_in(path)  # which says what is wrong, and does not break


@quick
@given(
    changes=st.dictionaries(
        st.sampled_from([*Duty.model_fields, "perid", "opnes"]),
        st.none()
        | st.booleans()
        | st.integers()
        | st.sampled_from(["", "x", "once", "dates", "after", "month", "9999-12-31"])
        | st.dictionaries(
            st.sampled_from(
                ["working_days", "from", "month", "day", "on", "date", "of", "nth", "start", "end"]
            ),
            st.integers(-400, 400) | st.sampled_from(["opens", "approval", "9999-12-31", "friday"]),
            max_size=4,
        ),
        min_size=1,
        max_size=4,
    )
)
def test_anything_may_stand_in_a_duty(tmp_path, changes):
    plan = yaml.safe_load(REAL.read_text(encoding="utf-8"))
    plan["duties"][0].update(changes)
    path = tmp_path / "107.yaml"
    path.write_text(yaml.safe_dump(plan, allow_unicode=True), encoding="utf-8")
    findings_in(path)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"%PDF-1.4\n", b"PK\x03\x04", b"\x00" * 100])
def test_files_that_are_something_else_altogether(tmp_path, content):
    path = tmp_path / "107.yaml"
    path.write_bytes(content)
    with pytest.raises(PlanError):
        load_plan(path)
