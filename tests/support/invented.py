"""An invented office whose plan has a duty of every kind, for tests that need many."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tests.plan.conftest import CONTACTS, PLAN

OFFICE = "penghu"
_FORM = (
    "ladder: short, form: self_assessment, report: assessment_summary, deliver_to: [head_office]"
)


def duty(key: str, name: str, *, covers: str = '{measures: ["1.2"]}', **fields: str) -> str:
    """A duty as YAML, given as flow values: `every="month"`."""
    written = "".join(f", {field}: {value}" for field, value in fields.items())
    head = f"id: {key}, name: {name}, clause: 陸、考核作業, covers: {covers}"
    return f"  - {{{head}{written}, {_FORM}}}\n"


def following(key: str, name: str, after: str, **fields: str) -> str:
    """A duty that comes after another: opened a working day after approval, due in ten."""
    days = {
        "opens": "{working_days: 1, from: approval}",
        "collect_by": "{working_days: 10, from: opens}",
        "report_due": "{working_days: 1, from: collect_by}",
    }
    return duty(key, name, every="after", after=after, **{**days, **fields})


FOLLOW_UP = following("follow_up", "改善追蹤", "self_assessment", assumption="原計畫未訂期限")
REVIEW = following("second_look", "改善複查", "follow_up")
MONTHLY = duty(
    "monthly",
    "每月檢查",
    covers="{frequency: [ongoing]}",
    every="month",
    opens="{working_days: -3, from: period_end}",
    collect_by="{working_days: 3, from: period_end}",
    report_due="{working_days: 5, from: period_end}",
)
YEARLY = duty(
    "yearly",
    "年度滿意度調查",
    every="year",
    opens="{working_days: -20, from: period_end}",
    collect_by="{working_days: 3, from: period_end}",
    report_due="{month: 1, day: 15, year_offset: 1, roll: previous}",
)
ONCE = duty(
    "once",
    "一次檢討",
    every="once",
    period="{start: 107-05-01, end: 107-08-31}",
    opens="{working_days: -10, from: period_end}",
    collect_by="{date: 107-09-05}",
    report_due="{date: 107-09-10}",
)
UNANNOUNCED = duty(
    "inspection",
    "不預告抽查",
    every="month",
    unannounced="{seed: x}",
    collect_by="{working_days: 2, from: opens}",
    report_due="{working_days: 1, from: collect_by}",
)
AFTER_UNANNOUNCED = following("remedy", "抽查改善", "inspection")
EVERY_KIND = (FOLLOW_UP, REVIEW, MONTHLY, YEARLY, ONCE, UNANNOUNCED, AFTER_UNANNOUNCED)


def write_office(root: Path, duties: Iterable[str] = (), *, text: str = PLAN) -> Path:
    """The office with the half-yearly duty and these; its plan file."""
    folder = root / OFFICE
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "contacts.yaml").write_text(CONTACTS, encoding="utf-8")
    (root / "closures.csv").write_text("date,kind,reason,source\n", encoding="utf-8")
    path = folder / "107.yaml"
    path.write_text(text + "".join(duties), encoding="utf-8")
    return path


def close_on(root: Path, *days: str) -> None:
    """Typhoon days: `107-07-11`."""
    rows = "".join(f"{day},off,颱風,\n" for day in days)
    (root / "closures.csv").write_text(f"date,kind,reason,source\n{rows}", encoding="utf-8")
