"""Forms that sections fill: write the workbook, judge what comes back as a file or from the page.

What a form asks, and what a field's values are, is the plan's (`plan.forms`, `plan.field_types`).
"""

from __future__ import annotations

from .judge import Verdict, judge
from .problems import FormRejected, Problem
from .reader import Workbook, read
from .stamp import BadStamp, FormStamp, sign, unsign
from .workbook import Heading, write_form

__all__ = [
    "BadStamp",
    "FormRejected",
    "FormStamp",
    "Heading",
    "Problem",
    "Verdict",
    "Workbook",
    "judge",
    "read",
    "sign",
    "unsign",
    "write_form",
]
