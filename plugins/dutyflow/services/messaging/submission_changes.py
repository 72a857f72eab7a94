"""What a submission changed, cell by cell, against the one that it replaces."""

from __future__ import annotations

from dutyflow.forms.differences import changes
from dutyflow.ledger.records import SubmissionRecord, number_of
from dutyflow.mail.outbound.contexts import CHANGES_SHOWN
from dutyflow.plan.answers import from_json
from dutyflow.services.workspace import Case


def difference(case: Case, submission: SubmissionRecord) -> str:
    """`與 S00012 相比，變更 3 格：…`; "" for one that replaces none."""
    if not submission.replaces:
        return ""
    told = changed_cells(case, submission)
    said = f"與 {number_of(submission.replaces)} 相比，變更 {len(told)} 格"
    return f"{said}：{'、'.join(told[:CHANGES_SHOWN])}" if told else said


def changed_cells(case: Case, submission: SubmissionRecord) -> tuple[str, ...]:
    """Cell by cell, against what it replaces."""
    if not submission.replaces:
        return ()
    before = case.workspace.ledger.submissions.get(submission.replaces)
    told = changes(case.form, case.rows, from_json(before.answers), from_json(submission.answers))
    return tuple(change.sentence for change in told)
