"""What must be done: the plan as data. Field names are those of the plan file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    Discriminator,
    EmailStr,
    Field,
    Tag,
)
from pydantic_core import PydanticCustomError

from dutyflow.calendars.kinds import told_apart
from dutyflow.calendars.periods import Recurrence
from dutyflow.calendars.roc import RocDate
from dutyflow.calendars.rules import DateRule, RuledDay, Unannounced

from .catalogue import shipped_forms, shipped_ladders
from .extensions import Extensions
from .forms import Form
from .ladders import Ladder
from .parts import Connection, Domain, Identifier, MeasureId, Name, OptionalText, PlanPart, Text
from .roles import Recipient
from .titles import USUAL_TITLES, Titles
from .words import CHOICE_TITLES

ALL = "all"  # 各部門: every section of the office

Frequency = Literal["ongoing", "yearly"]
ReportKind = Literal["assessment_summary", "plain"]
FREQUENCY_TITLES: dict[Frequency, str] = {
    "ongoing": CHOICE_TITLES["ongoing"],
    "yearly": CHOICE_TITLES["yearly"],
}


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise PydanticCustomError("time_zone", "no such time zone") from None
    return name


def _owners_kind(written: Any) -> str:
    return "list" if isinstance(written, (list, tuple)) else ALL


# Which sections exist is the lint's to say: it knows their names, and can guess what was meant.
Owners = Annotated[
    Annotated[Literal["all"], Tag(ALL)]
    | Annotated[tuple[str, ...], Field(min_length=1), Tag("list")],
    Discriminator(_owners_kind),
]


class Office(PlanPart):
    """機關: whose plan it is."""

    id: Identifier = Field(description="與資料夾同名，例如 pingtung")
    name: Name
    timezone: Annotated[str, AfterValidator(_known_zone)] = "Asia/Taipei"
    titles: Titles = Field(default=USUAL_TITLES, description="職稱；省略時為組長、處長、業務處")

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

    id: Identifier = Field(description="代碼，具體作法的 owners 以此稱呼組室")
    name: Name = Field(description="組室名稱，例如 業務組")


class Measure(PlanPart):
    """具體作法: one row of the plan. `id` is made of the numbers printed beside it."""

    id: MeasureId = Field(description='計畫所印編號，加引號，例如 "1.1.2.3"')
    aspect: Text
    strategy: Text
    item: OptionalText = Field(description="項目；原計畫未列者留空字串")
    text: Text = Field(description="具體作法，照計畫原文")
    owners: Owners = Field(description="承辦部門：組室代碼的清單；all 為各部門")
    frequency: Frequency = Field(description="ongoing 隨時辦理、yearly 每年一次")


class FrequencyCovers(PlanPart):
    """A duty asks about the measures of these frequencies."""

    frequency: Annotated[tuple[Frequency, ...], Field(min_length=1)]

    def includes(self, measure: Measure) -> bool:
        return measure.frequency in self.frequency


class MeasureCovers(PlanPart):
    """A duty asks about these measures."""

    measures: Annotated[tuple[MeasureId, ...], Field(min_length=1)] = Field(
        description='具體作法的編號，加引號，例如 ["1.1.2.3"]'
    )

    def includes(self, measure: Measure) -> bool:
        return measure.id in self.measures


Covers = Annotated[
    Annotated[FrequencyCovers, Tag("covers:frequency")]
    | Annotated[MeasureCovers, Tag("covers:measures")],
    told_apart({"covers:frequency": FrequencyCovers, "covers:measures": MeasureCovers}),
]


class Span(PlanPart):
    """From one day to another, both included."""

    start: RocDate
    end: RocDate


class NamedSpan(Span):
    """One of several periods that the plan gives by their dates."""

    name: Name = Field(description="這一期的名稱，例如 春節前")


class Duty(PlanPart):
    """定期工作: what to collect, from whom, when, and what to make of it."""

    id: Identifier
    name: Name
    clause: Text = Field(description="計畫中的依據條文")
    assumption: OptionalText = Field(default="", description="計畫未訂明而假設者，在此說明")
    covers: Covers = Field(description="frequency 執行期間，或 measures 具體作法的編號")
    every: Recurrence = Field(
        description="month 每月、quarter 每季、half_year 每半年、year 每年、once 一次（period）、"
        "dates 指定期間（dates）、after 接續另一項工作（after）"
    )
    period: Span | None = Field(default=None, description="every: once 的起迄日，可跨年度")
    dates: tuple[NamedSpan, ...] = Field(default=(), description="every: dates 各期的起迄日")
    after: str | None = Field(
        default=None, description="every: after 所接續的定期工作；其彙整表核定後開始"
    )
    opens: DateRule | None = Field(
        default=None, description="開始填報之日；unannounced（不預告）者不寫"
    )
    collect_by: DateRule = Field(description="各組填報截止之日，當日仍可填報")
    report_due: DateRule = Field(description="彙整表送達之期限")
    unannounced: Unannounced | None = Field(
        default=None, description="不預告：期間內抽定一個工作天開始，各組事先不知"
    )
    collect_again: int = Field(
        default=3,
        ge=1,
        le=60,
        strict=True,
        description="逾期後重新收件或退回補正時，給予的工作天數",
    )
    ladder: Identifier = Field(
        default="standard",
        description="standard 截止前 10、5、3、1 個工作天，short 截止前 1 個；或 ladders 自訂",
    )
    form: Identifier = Field(description="填報表的代碼：本計畫 forms 所列，或內附者")
    report: ReportKind = Field(
        description="assessment_summary 考核結果彙整表（計分）、plain 填報彙整表（照列各組室所填）"
    )
    deliver_to: Annotated[tuple[Recipient, ...], Field(min_length=1)] = Field(
        description="head_office 業務處、director 處長、coordinator 計畫承辦人"
    )
    publish: bool = Field(default=False, description="是否登載於對外網頁")

    @property
    def is_given(self) -> bool:
        """Whether the plan itself gives the dates of its periods, instead of a rhythm."""
        return self.every in ("once", "dates")

    @property
    def is_regular(self) -> bool:
        """Whether its periods are parts of the calendar, one after another without end."""
        return self.every in ("month", "quarter", "half_year", "year")

    @property
    def opening(self) -> str:
        """When it opens, in words. Of an unannounced day no more than that there is one."""
        return str(self.unannounced or self.opens)

    @cached_property
    def rules(self) -> Mapping[RuledDay, DateRule]:
        """The days that follow from rules, in their order in time."""
        rules: dict[RuledDay, DateRule | None] = {
            "opens": self.opens,
            "collect_by": self.collect_by,
            "report_due": self.report_due,
        }
        return {name: rule for name, rule in rules.items() if rule is not None}


Bound = Annotated[int, Field(strict=True)]
Weight = Annotated[float, Field(gt=0, strict=True, allow_inf_nan=False)]


class Scoring(PlanPart):
    """How scores become a result. `assumption` says why, where the plan itself is silent."""

    assumption: OptionalText = Field(default="", description="計畫未訂明而假設者，在此說明")
    range: tuple[Bound, Bound] = Field(default=(0, 100), description="[最低分, 最高分]")
    measure: Literal["mean"] = "mean"
    aspect: Literal["mean"] = "mean"
    weights: dict[str, Weight] = Field(description="面向: 權重；每一個面向都要列出")


class Plan(PlanPart):
    """執行計畫: a year's measures and duties, in force until a later plan replaces it."""

    office: Office
    year: int = Field(ge=1, le=999, strict=True, description="民國年度")
    effective_from: RocDate
    header: Header
    sections: Annotated[tuple[Section, ...], Field(min_length=1)]
    scoring: Scoring
    measures: Annotated[tuple[Measure, ...], Field(min_length=1)]
    forms: tuple[Form, ...] = Field(
        default=(), description="本計畫自訂的填報表；與內附者同代碼時，以此處為準"
    )
    ladders: tuple[Ladder, ...] = Field(
        default=(), description="本計畫自訂的稽催階段；與內附者同代碼時，以此處為準"
    )
    extensions: Extensions = Field(
        default=Extensions(), description="展期由誰核准、至多幾次、合計至多幾個工作天"
    )
    duties: Annotated[tuple[Duty, ...], Field(min_length=1)]

    @cached_property
    def hash(self) -> str:
        """SHA-256 of the plan's content: which version of the plan a thing was made from.

        Defaults are left out, so that a field which a later dutyflow adds changes no hash.
        """
        content = self.model_dump_json(by_alias=True, exclude_defaults=True)
        return hashlib.sha256(content.encode()).hexdigest()

    @cached_property
    def duties_by_id(self) -> Mapping[str, Duty]:
        return {duty.id: duty for duty in self.duties}

    def section(self, section_id: str) -> Section:
        return next(section for section in self.sections if section.id == section_id)

    def duty(self, duty_id: str) -> Duty:
        return self.duties_by_id[duty_id]

    def form_of(self, duty: Duty) -> Form:
        """What a duty asks with: the plan's own form of that id, else the one that is shipped.

        Raises LookupError; the lint refuses a plan of which that is true.
        """
        own = {form.id: form for form in self.forms}
        return own.get(duty.form) or shipped_forms()[duty.form]

    def ladder_of(self, duty: Duty) -> Ladder:
        """On which days a duty's sections are reminded: as `form_of`. Raises LookupError."""
        own = {ladder.id: ladder for ladder in self.ladders}
        return own.get(duty.ladder) or shipped_ladders()[duty.ladder]

    def with_all_it_uses(self) -> Plan:
        """The same plan with every form and ladder that it uses as its own: what a later version of
        dutyflow ships then changes nothing in it."""
        forms = {duty.form: self.form_of(duty) for duty in self.duties}
        ladders = {duty.ladder: self.ladder_of(duty) for duty in self.duties}
        used = {"forms": tuple(forms.values()), "ladders": tuple(ladders.values())}
        return self.model_copy(update=used)

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


def address_key(address: str) -> str:
    """What is the same for one mail address however it is written: its case says nothing."""
    return address.strip().lower()


class Person(PlanPart):
    name: Name
    email: EmailStr
    also: tuple[EmailStr, ...] = Field(
        default=(), description="同一人的其他信箱：由此寄來的也認得，通知只寄 email"
    )
    away: tuple[Span, ...] = Field(default=(), description="請假期間，含起迄日")

    @property
    def key(self) -> str:
        """What tells one person from another: the address that mail is sent to."""
        return address_key(self.email)

    def answers_to(self, address: str) -> bool:
        """Whether an address is one of theirs."""
        return address_key(address) in {self.key, *map(address_key, self.also)}

    def away_until(self, day: date) -> date | None:
        """The last day of an absence that a day falls into; None where they are there."""
        ends = [span.end for span in self.away if span.start <= day <= span.end]
        return max(ends, default=None)

    def __str__(self) -> str:
        return self.name


class Mailbox(PlanPart):
    """The address that dutyflow sends from and that answers come back to.

    With `imap` it is read from a mail server, else from a Maildir of the address's name.
    """

    name: Name
    address: EmailStr
    imap: Connection | None = Field(
        default=None, description="以 IMAP 收信時，Airflow 連線的名稱，例如 imap_default"
    )
    authserv_ids: tuple[Domain, ...] = Field(
        default=(),
        description="本機關郵件伺服器在 Authentication-Results 標頭中的名稱；只採信它所加的",
    )


class SectionContacts(PlanPart):
    """承辦人, 代理人, 組長."""

    owners: Annotated[tuple[Person, ...], Field(min_length=1, title="承辦人")]
    deputies: tuple[Person, ...] = ()
    head: Person
    domains: tuple[Domain, ...] = Field(
        default=(), description="只供本組室使用的信箱網域：由此寄來的，視為本組室"
    )


class Contacts(PlanPart):
    """Who is who. Kept apart from the plan: people change more often than plans."""

    mailbox: Mailbox
    sections: dict[str, SectionContacts]
    coordinator: Person
    director: Person
    head_office: Person

    def everybody(self) -> Iterator[Person]:
        """Every person who is named; one may be named more than once."""
        for section in self.sections.values():
            yield from (*section.owners, *section.deputies, section.head)
        yield from (self.coordinator, self.director, self.head_office)
