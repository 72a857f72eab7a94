"""What all parts of a plan are made of: names, texts, and the rules of their models."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from .words import FIELD_TITLES

# Control characters would break workbooks, and line breaks in a name would break mail headers.
IDENTIFIER_PATTERN = r"^[a-z][a-z0-9_]{0,39}$"
MEASURE_ID_PATTERN = r"^[0-9]+(\.[0-9]+){0,5}$"
NAME_PATTERN = r"^[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f\u0085\u2028\u2029]{0,99}$"
CONNECTION_PATTERN = r"^[A-Za-z0-9_.-]{1,100}$"  # the id of a connection of Airflow's
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
DOMAIN_PATTERN = rf"^{_LABEL}(\.{_LABEL})*$"
_PLAIN = r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
TEXT_PATTERN = rf"^{_PLAIN}*\S{_PLAIN}*$"
OPTIONAL_TEXT_PATTERN = rf"^{_PLAIN}*$"

Identifier = Annotated[str, StringConstraints(pattern=IDENTIFIER_PATTERN)]
Domain = Annotated[str, StringConstraints(max_length=253, pattern=DOMAIN_PATTERN)]
MeasureId = Annotated[str, StringConstraints(pattern=MEASURE_ID_PATTERN)]
Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN)]
Connection = Annotated[str, StringConstraints(pattern=CONNECTION_PATTERN)]
Bound = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=10_000, pattern=TEXT_PATTERN)]
OptionalText = Annotated[str, StringConstraints(max_length=10_000, pattern=OPTIONAL_TEXT_PATTERN)]


class PlanPart(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        populate_by_name=True,
        field_title_generator=lambda name, info: FIELD_TITLES.get(info.alias or name, name),
    )

    def __copy__(self) -> Self:
        """Without what was reckoned from the fields once: in a copy they may be others."""
        copied = super().__copy__()
        for name in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[name]
        return copied
