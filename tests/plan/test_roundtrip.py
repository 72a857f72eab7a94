"""Whatever plan there is survives being written down; whatever file there is does no harm."""

from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dutyflow.errors import PlanError
from dutyflow.plan.load import load_plan
from dutyflow.plan.model import Duty, Plan

REAL = Path(__file__).resolve().parents[2] / "include/plan/pingtung/107.yaml"
quick = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

# Texts that YAML could mistake for something else are as welcome as Chinese.
tricky = st.sampled_from(
    ["null", "107-03-29", "2018-02-30", "1.10", "no", "- a", "a: b", "#", "甲：乙"]
)
printable = st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cn"])
names = tricky | st.text(printable, min_size=1, max_size=20).filter(lambda t: not t[0].isspace())
texts = tricky | st.text(printable, min_size=1, max_size=40).filter(str.strip)
codes = st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True).filter(lambda code: code != "all")
frequencies = st.sampled_from(["ongoing", "yearly"])


@st.composite
def rules(draw):
    """Opening, deadline and due day in their order."""
    opens = draw(st.integers(-30, -1))
    collect_by = draw(st.integers(opens + 1, 20).filter(bool))
    due = draw(st.integers(collect_by, 30).filter(bool))
    days = {"opens": opens, "collect_by": collect_by, "report_due": due}
    return {name: {"working_days": n, "from": "period_end"} for name, n in days.items()}


@st.composite
def duties(draw, covered):
    return {
        "id": draw(codes),
        "name": draw(names),
        "clause": draw(texts),
        "covers": {"frequency": [covered]},
        "every": draw(st.sampled_from(["month", "quarter", "half_year", "year"])),
        **draw(rules()),
        "ladder": "short",
        "collect_again": draw(st.integers(1, 60)),
        "form": "self_assessment",
        "report": "assessment_summary",
        "deliver_to": ["head_office"],
        "publish": draw(st.booleans()),
    }


@st.composite
def plans(draw):
    year = draw(st.integers(90, 120))
    sections = draw(st.dictionaries(codes, names, min_size=1, max_size=4))
    sections = dict(zip(sections, dict.fromkeys(sections.values()), strict=False))
    owners = st.just("all") | st.lists(st.sampled_from(list(sections)), min_size=1, unique=True)
    measures = [
        {
            "id": f"1.{number}",
            "aspect": draw(st.sampled_from(["基礎服務", "服務遞送", "null"])),
            "strategy": draw(texts),
            "item": draw(texts | st.just("")),
            "text": draw(texts),
            "owners": draw(owners),
            "frequency": draw(frequencies),
        }
        for number in range(draw(st.integers(1, 4)))
    ]
    low = draw(st.integers(-10, 10))
    return Plan.model_validate(
        {
            "office": {"id": draw(codes), "name": draw(names), "timezone": "Asia/Taipei"},
            "year": year,
            "effective_from": date(year + 1911, 1, 1) + timedelta(days=draw(st.integers(0, 364))),
            "header": {
                "title": draw(texts),
                "established": date(year + 1911, 1, 1),
                "basis": draw(st.lists(texts, max_size=3)),
                **{f: draw(texts) for f in ("goal", "scope", "steps", "assessment", "supplement")},
            },
            "sections": [{"id": code, "name": name} for code, name in sections.items()],
            "scoring": {
                "assumption": draw(texts | st.just("")),
                "range": [low, low + draw(st.integers(1, 100))],
                "weights": {m["aspect"]: draw(st.integers(1, 100)) for m in measures},
            },
            "measures": measures,
            "duties": [draw(duties(measures[0]["frequency"]))],
        }
    )


def findings_in(path):
    try:
        load_plan(path)
    except PlanError as refused:
        return refused.findings
    return ()


@quick
@given(plan=plans())
def test_a_plan_written_as_yaml_reads_as_the_same_plan(tmp_path, plan):
    path = tmp_path / f"{plan.year}.yaml"
    data = plan.model_dump(mode="json", by_alias=True)
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
    read = load_plan(path)
    assert read == plan
    assert read.hash == plan.hash
    assert Plan.model_validate_json(plan.model_dump_json(by_alias=True)) == plan


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
