"""The workbook that goes out to a section, and the judgement on what comes back."""

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
