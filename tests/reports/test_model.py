"""A kept report comes back as it was."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from dutyflow.reports.kinds import from_json, to_json
from dutyflow.reports.model import AspectResult, Assessment, Entry, MeasureRow
from tests.reports.samples import everyday_report, patient, real_plan

TEXT = st.text(max_size=8)
SCORE = st.none() | st.floats(0, 100)
ENTRIES = st.builds(Entry, section=TEXT, text=TEXT, score=SCORE, evidence=TEXT)
ROWS = st.builds(
    MeasureRow, measure=TEXT, entries=st.lists(ENTRIES, max_size=3).map(tuple), score=SCORE
)
ASPECTS = st.builds(
    AspectResult, weight=st.floats(0, 100), rows=st.lists(ROWS, max_size=3).map(tuple), score=SCORE
)
REPORTS = st.builds(
    Assessment,
    made_on=st.dates(min_value=date(1912, 1, 1)),
    aspects=st.lists(ASPECTS, max_size=2).map(tuple),
    total=SCORE,
    changes=st.lists(TEXT, max_size=2).map(tuple),
)


@patient
@given(REPORTS)
def test_a_report_survives_being_kept(report: Assessment) -> None:
    assert from_json(json.loads(json.dumps(to_json(report)))) == report


def test_the_real_report_survives_being_kept() -> None:
    report = everyday_report(real_plan())
    assert from_json(json.loads(json.dumps(to_json(report)))) == report


def test_what_is_no_report_is_refused() -> None:
    with pytest.raises(ValidationError):
        from_json({"title": "彙整表"})
