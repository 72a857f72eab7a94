"""The workbook that goes out to a section, and the judgement on what comes back."""

from __future__ import annotations

from .description import SELF_ASSESSMENT, Form
from .judge import Verdict, judge
from .problems import FormRejected, Problem
from .stamp import BadStamp, FormStamp, sign, unsign
from .workbook import Heading, write_form

FORMS: dict[str, Form] = {form.id: form for form in (SELF_ASSESSMENT,)}

__all__ = [
    "FORMS",
    "SELF_ASSESSMENT",
    "BadStamp",
    "Form",
    "FormRejected",
    "FormStamp",
    "Heading",
    "Problem",
    "Verdict",
    "judge",
    "sign",
    "unsign",
    "write_form",
]
