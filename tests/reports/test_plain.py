"""The plain report: every section's answers as they were given."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from dutyflow.infra.plan_files.load import load_plan
from dutyflow.plan.answers import Answer
from dutyflow.reports.kinds import KINDS, from_json, to_json
from dutyflow.reports.plain import PlainReport, list_answers
from dutyflow.reports.plain_changes import plain_changes
from dutyflow.reports.received import Material, SectionAnswers
from dutyflow.reports.renderers import xlsx
from tests.reports.samples import everyday_report, real_plan

PLAN = load_plan(Path(__file__).parents[2] / "include/plan/pingtung/107.yaml")
CHECK = {"checked_on": "2018-06-20", "pages": 12.0, "in_order": "是"}


def report_of(duty: str, received: Mapping[str, SectionAnswers], version: int = 1) -> PlainReport:
    return list_answers(
        Material(
            plan=PLAN,
            duty=PLAN.duty(duty),
            period="107年第2季",
            version=version,
            made_on=date(2018, 7, 9),
            due_on=date(2018, 7, 11),
            received=received,
        )
    )


def checked(late: bool = False, **more: object) -> SectionAnswers:
    rows = ("1.2.2.4", "1.2.2.5", "1.2.2.6")
    values = {**CHECK, **more}
    return SectionAnswers(
        answers=tuple(Answer(row=row, values=values) for row in rows),  # type: ignore[arg-type]
        late=late,
    )


NOTHING = SectionAnswers(answers=tuple(Answer(row=f"1.2.2.{n}", nothing=True) for n in (4, 5, 6)))
RECEIVED = {
    "business": checked(),
    "general_affairs": checked(late=True),
    "design": NOTHING,
    "human_resources": SectionAnswers(answers=None, waived=True),
}


def printed(report: PlainReport) -> list[list[str]]:
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx.render(report))).worksheets[0]
    rows = sheet.iter_rows(values_only=True)
    return [[str(value) for value in row if value is not None] for row in rows]


def test_each_section_is_reported_nothing_missing_or_waived() -> None:
    report = report_of("website_review", RECEIVED)
    statuses = {row.section: row.status for row in report.rows}
    assert statuses == {
        "業務組": "reported",
        "總務組": "reported",
        "設計組": "nothing",
        "電費組": "missing",
        "人資組": "waived",
    }
    assert report.missing == ("電費組",)
    tally = report.tally()
    assert (tally.expected, tally.answered, tally.nothing) == (15, 6, 3)
    assert (tally.missing, tally.waived, tally.late) == (3, 3, 3)


def test_the_table_shows_days_in_roc_years_and_marks_who_is_missing_or_late() -> None:
    rows = printed(report_of("website_review", RECEIVED))
    first = next(row for row in rows if row[:2] == ["業務組", "1.2.2.4"])
    assert first[3:6] == ["107年6月20日", "12", "是"]
    assert any(row[0] == "總務組" and row[-1] == "逾期填報" for row in rows)
    assert any(row[0] == "電費組" and "逾期未報" in row for row in rows)
    assert any(row[0] == "設計組" and "無辦理事項" in row for row in rows)
    assert ["逾期未報：電費組"] in rows
    assert any("假設：計畫僅稱「定期檢視」" in row[0] for row in rows if row)


def test_a_form_that_is_filled_once_is_listed_field_by_field() -> None:
    training = {"sessions": 4.0, "people": 126.0, "topics": "（樣本）法規", "effect": "良好"}
    sent = SectionAnswers(answers=(Answer(values=training),))
    rows = printed(report_of("training", {"business": sent}))
    assert ["業務組", "辦理場次", "4場"] in rows
    assert ["業務組", "訓練主題", "（樣本）法規"] in rows
    assert ["業務組", "訓練紀錄", "—"] in rows


def test_nobody_has_answered() -> None:
    rows = printed(report_of("training", {}))
    assert ["業務組", "逾期未報"] in rows


@pytest.mark.parametrize("start", ["=1+1", "+886", "-1", "@SUM(A1)", "\t=1"])
def test_text_that_begins_like_a_formula_stays_text(start: str) -> None:
    sent = SectionAnswers(answers=(Answer(values={"topics": start}),))
    book = openpyxl.load_workbook(
        io.BytesIO(xlsx.render(report_of("training", {"business": sent})))
    )
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
    (cell,) = [cell for cell in cells if str(cell.value).strip() == start.strip()]
    assert cell.data_type == "s"
    assert cell.quotePrefix


def test_the_same_report_has_the_same_bytes_and_is_kept_whole() -> None:
    report = report_of("website_review", RECEIVED)
    kept = to_json(report)
    assert from_json(kept) == report
    assert xlsx.render(from_json(kept)) == xlsx.render(report)
    assert KINDS["plain"].changes(report, from_json(kept)) == []


def test_a_report_kept_before_there_were_kinds_is_one_that_scores() -> None:
    kept = to_json(everyday_report(real_plan()))
    del kept["kind"]
    assert from_json(kept) == everyday_report(real_plan())


def test_what_changes_between_versions_is_told_in_sentences() -> None:
    before = report_of("website_review", {"business": checked()})
    after = report_of(
        "website_review",
        {"business": checked(in_order="否", in_order_reason="失效連結"), "billing": checked(True)},
        version=2,
    )
    told = plain_changes(before, after)
    assert told[0] == "電費組 3 列由逾期未報改為已填報"
    assert any("是否符合 是 → 否" in sentence for sentence in told[1:])
    assert plain_changes(after, after) == []


def test_the_person_who_decides_sees_each_section() -> None:
    lines = KINDS["plain"].summary(report_of("website_review", RECEIVED))
    assert "| 電費組 | 3 | 0 | 0 | 3 |" in lines
    assert lines[-1].startswith("| **合計** | 15 ")
