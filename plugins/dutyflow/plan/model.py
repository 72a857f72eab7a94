"""What must be done: the plan as data. Field names are those of the plan file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, EmailStr, Field, StringConstraints

from dutyflow.calendars.periods import Every
from dutyflow.calendars.roc import RocDate
from dutyflow.calendars.rules import DateRule

ALL = "all"  # 各部門: every section of the office

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
MeasureId = Annotated[str, StringConstraints(pattern=r"^\d+(\.\d+){0,5}$")]
Text = Annotated[str, StringConstraints(min_length=1)]
Frequency = Literal["ongoing", "yearly"]
FREQUENCY_TITLES: dict[Frequency, str] = {"ongoing": "隨時辦理", "yearly": "每年一次"}


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"「{name}」不是時區；例如 Asia/Taipei") from None
    return name


class PlanPart(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Office(PlanPart):
    """機關: whose plan it is."""

    id: Identifier
    name: Text
    timezone: Annotated[str, AfterValidator(_known_zone)] = "Asia/Taipei"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)


class Header(PlanPart):
    """The plan's own words around its table: 壹 to 參 before it, 伍 to 柒 after."""

    title: Text
    established: RocDate
    basis: tuple[Text, ...]
    goal: Text
    scope: Text
    steps: Text
    assessment: Text
    supplement: Text


class Section(PlanPart):
    """組室: owns measures."""

    id: Identifier
    name: Text


class Measure(PlanPart):
    """具體作法: one row of the plan. `id` is made of the numbers printed beside it."""

    id: MeasureId
    aspect: Text
    strategy: Text
    item: str = Field(description="項目；原計畫未列者留空字串")
    text: Text
    owners: Literal["all"] | Annotated[tuple[Identifier, ...], Field(min_length=1)]
    frequency: Frequency


class Covers(PlanPart):
    """Which measures a duty asks about."""

    frequency: Annotated[tuple[Frequency, ...], Field(min_length=1)]

    def includes(self, measure: Measure) -> bool:
        return measure.frequency in self.frequency


class Duty(PlanPart):
    """定期工作: what to collect, from whom, when, and what to make of it."""

    id: Identifier
    name: Text
    clause: Text = Field(description="計畫中的依據條文")
    covers: Covers
    every: Every
    opens: DateRule
    collect_by: DateRule
    report_due: DateRule
    collect_again: int = Field(
        default=3, ge=1, le=60, description="逾期後重新收件或退回補正時，給予的工作天數"
    )
    ladder: Literal["standard"] = "standard"
    form: Literal["self_assessment"]
    report: Literal["assessment_summary"]
    deliver_to: Annotated[tuple[Literal["head_office"], ...], Field(min_length=1)]
    publish: bool = False


class Scoring(PlanPart):
    """How scores become a result. `assumption` says why, where the plan itself is silent."""

    assumption: str = ""
    range: tuple[int, int] = (0, 100)
    measure: Literal["mean"] = "mean"
    aspect: Literal["mean"] = "mean"
    weights: dict[str, Annotated[float, Field(gt=0)]]


class Plan(PlanPart):
    """執行計畫: a year's measures and duties, in force until a later plan replaces it."""

    office: Office
    year: int = Field(ge=1, le=999, description="民國年度")
    effective_from: RocDate
    header: Header
    sections: Annotated[tuple[Section, ...], Field(min_length=1)]
    scoring: Scoring
    measures: Annotated[tuple[Measure, ...], Field(min_length=1)]
    duties: Annotated[tuple[Duty, ...], Field(min_length=1)]

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the plan's content: which version of the plan a thing was made from."""
        return hashlib.sha256(self.model_dump_json(by_alias=True).encode()).hexdigest()

    def section(self, section_id: str) -> Section:
        return next(section for section in self.sections if section.id == section_id)

    def duty(self, duty_id: str) -> Duty:
        return next(duty for duty in self.duties if duty.id == duty_id)

    def owners_of(self, measure: Measure) -> tuple[Section, ...]:
        """The sections that answer for a measure, "every section" expanded, in its order."""
        if measure.owners == ALL:
            return self.sections
        return tuple(map(self.section, measure.owners))

    def measures_of(self, duty: Duty, section: Section | None = None) -> Iterator[Measure]:
        """The measures that a duty asks about (asks one section about), in the plan's order."""
        for measure in filter(duty.covers.includes, self.measures):
            if section is None or section in self.owners_of(measure):
                yield measure

    def sections_of(self, duty: Duty) -> tuple[Section, ...]:
        """The sections that have something to answer for a duty, in the plan's order."""
        return tuple(s for s in self.sections if any(True for _ in self.measures_of(duty, s)))


class Person(PlanPart):
    name: Text
    email: EmailStr

    def __str__(self) -> str:
        return self.name


class Mailbox(PlanPart):
    """The address that dutyflow sends from and that answers come back to."""

    name: Text
    address: EmailStr


class SectionContacts(PlanPart):
    """承辦人, 代理人, 組長."""

    owners: Annotated[tuple[Person, ...], Field(min_length=1)]
    deputies: tuple[Person, ...] = ()
    head: Person


class Contacts(PlanPart):
    """Who is who. Kept apart from the plan: people change more often than plans."""

    mailbox: Mailbox
    sections: dict[Identifier, SectionContacts]
    coordinator: Person
    director: Person
    head_office: Person
