"""What a duty asks a section: its form, and the form's rows. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dutyflow.calendars.roc import format_roc

from .forms import Form
from .model import Duty, Measure, Plan, Section
from .titles import Titles

NUMBER, ITEM, ANSWER, HELP, NOTHING = "編號", "項目", "填答", "填寫說明", "無辦理事項"
NOTHING_ID = "nothing"  # no field's id
# The titles of the locked columns at the left of each kind of table; the first tells rows apart.
LEADS: dict[str, tuple[str, ...]] = {
    "measures": (NUMBER, "面向", "執行策略", "具體作法"),
    "sections": (NUMBER, "組室"),
    "list": (NUMBER, ITEM),
    "once": (),
}
# What a form's own fields may not be called: columns are told apart by their titles.
RESERVED = frozenset(
    {title for leads in LEADS.values() for title in leads} | {ANSWER, HELP, NOTHING}
)


@dataclass(frozen=True, kw_only=True)
class AskedRow:
    """One row that is asked about. `lead` are the texts of its locked columns, the first its id.

    The one row of a form that is filled once has neither.
    """

    id: str
    lead: tuple[str, ...] = ()


def leads_of(form: Form) -> tuple[str, ...]:
    return LEADS[form.rows if isinstance(form.rows, str) else "list"]


def asked_rows(plan: Plan, duty: Duty, section: Section) -> tuple[AskedRow, ...]:
    """The rows that a section is asked to fill, in the plan's order."""
    rows = plan.form_of(duty).rows
    if rows == "once":
        return (AskedRow(id=""),)
    if rows == "measures":
        return tuple(map(measure_row, plan.measures_of(duty, section)))
    names = [each.name for each in plan.sections] if rows == "sections" else rows
    return tuple(
        AskedRow(id=str(number), lead=(str(number), name)) for number, name in enumerate(names, 1)
    )


def spoken_amount(form: Form, rows: int) -> str:
    """How much is asked, in words: `31 項具體作法`, `一份「教育訓練辦理情形表」`."""
    if form.rows == "measures":
        return f"{rows} 項具體作法"
    return f"「{form.name}」共 {rows} 列" if form.is_table else f"一份「{form.name}」"


def awaited_by(duty: Duty, report_due: date, deadline: date, titles: Titles) -> str:
    """Who waits for what sections answer, and until when: `業務處，107年7月6日（五）前報送`.

    The day is left out where the section was given more time than that: it would be one too many.
    """
    places = "、".join(map(titles.of, duty.deliver_to))
    if deadline > report_due:
        return places
    return f"{places}，{format_roc(report_due, weekday=True)}前報送"


def form_name(period: str, duty: str, section: str) -> str:
    """What a section's form is called: `107年上半年半年自行考核_電費組.xlsx`."""
    return f"{period}{duty}_{section}.xlsx"


def measure_row(measure: Measure) -> AskedRow:
    text = f"【{measure.item}】\n{measure.text}" if measure.item else measure.text
    return AskedRow(id=measure.id, lead=(measure.id, measure.aspect, measure.strategy, text))
