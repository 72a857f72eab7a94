"""The draft as a plan file in the house's style, each doubt above the place that it is about.

What could not be read is written as TO_DO, or as empty text: no plan file may hold that, so
`plan check` refuses the draft there until somebody has filled it in.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from dutyflow.calendars.roc import roc_year
from dutyflow.plan.source import parse

from .counting import han
from .drafting import Draft, DraftMeasure
from .parts import Doubt
from .prose import TEXTS

TO_DO = "待補"
_DOUBT = "# 疑義: "
_SAME = f"{_DOUBT}同上"
_ASSUMPTION = (
    "原計畫未訂權重及計分方式；暫以各面向權重相同、面向得分取其已評具體作法之平均、"
    "具體作法得分取其承辦部門評分之平均為假設，由計畫承辦人確認後修改。"
)
_DUTY_ASSUMPTION = "原計畫只訂彙整表期限；開始填報與填報截止之日為假設，由計畫承辦人確認後修改。"
_DAYS_TO_ASSEMBLE = 2  # working days between the sections' cut-off and the report's
_DAYS_OPEN = -10  # working days before the period's end on which the form goes out
_FIELDS = ("office", "year", "established", "sections", "scoring", "duties", "measures")


@dataclass(frozen=True)
class Origin:
    """The file that a draft was made from."""

    name: str
    sha256: str


def written(draft: Draft, origin: Origin) -> str:
    """The draft as YAML."""
    return "\n".join(_lines(draft, origin)) + "\n"


def _lines(draft: Draft, origin: Origin) -> Iterator[str]:
    about = _Doubts(draft)
    yield from _preface(draft, origin, about)
    yield from about.of("office")
    office = draft.office
    code = office.id if office is not None else TO_DO
    name = _flow(draft.office_name) if draft.office_name else '""'
    zone = office.timezone if office is not None else "Asia/Taipei"
    yield f"office: {{id: {code}, name: {name}, timezone: {zone}}}"
    yield from about.of("year")
    yield f"year: {TO_DO if draft.year is None else draft.year}"
    yield from about.of("established")
    yield f"effective_from: {_day(draft.established)}"
    yield ""
    yield from _header(draft, about)
    yield ""
    yield from _sections(draft, about)
    yield ""
    yield from _scoring(draft, about)
    yield ""
    yield from _measures(draft, about)
    yield ""
    yield from _duties(draft, about)


def _preface(draft: Draft, origin: Origin, about: _Doubts) -> Iterator[str]:
    yield "# yaml-language-server: $schema=../plan.schema.json"
    yield f"# 草稿：由文件「{_line(origin.name)}」讀出，尚待核對，不可直接使用。"
    yield f"# 來源檔 SHA-256：{origin.sha256}"
    yield f"# 疑義 {len(draft.doubts)} 處，各以「{_DOUBT.strip()}」標在其上方。接下來："
    yield "#   1. 逐一對照原文件處理疑義，改好後刪去該行註解。"
    yield "#   2. 確認組室代碼、計分與定期工作，這些文件上沒有。"
    path = f"include/plan/<機關代碼>/{draft.year or '<年度>'}.yaml"
    yield f"#   3. 存成 {path}，再執行 dutyflow plan check。"
    yield from about.of("")


class _Doubts:
    """The comments for each place, each told once in full."""

    def __init__(self, draft: Draft) -> None:
        self._doubts = draft.doubts
        self._told: set[Doubt] = set()

    def of(self, field: str, indent: str = "") -> Iterator[str]:
        known = {*_FIELDS, *TEXTS, "title", "basis"}
        for doubt in self._doubts:
            place = doubt.field if doubt.field in known else ""
            if not doubt.measures and place == field:
                yield f"{indent}{_DOUBT}{_line(str(doubt))}"

    def of_measure(self, index: int, indent: str) -> Iterator[str]:
        again = False
        for doubt in self._doubts:
            if index in doubt.measures:
                again = again or doubt in self._told
                if doubt not in self._told:
                    yield f"{indent}{_DOUBT}{_line(str(doubt))}"
                self._told.add(doubt)
        if again:
            yield f"{indent}{_SAME}"


def _header(draft: Draft, about: _Doubts) -> Iterator[str]:
    prose = draft.prose
    yield "header:"
    yield from about.of("title", "  ")
    yield from _field("title", prose.title, "  ")
    yield f"  established: {_day(draft.established)}"
    yield from about.of("basis", "  ")
    yield "  basis:" if prose.basis else f"  basis: {TO_DO}"
    for text in prose.basis:
        yield from _item(text, "    ")
    for name in TEXTS:
        yield from about.of(name, "  ")
        yield from _field(name, prose.texts.get(name, ""), "  ")


def _sections(draft: Draft, about: _Doubts) -> Iterator[str]:
    yield from about.of("sections")
    if any(section.proposed for section in draft.sections):
        yield "# 代碼為建議，請確認：啟用之後不宜再改。"
    yield "sections:" if draft.sections else f"sections: {TO_DO}"
    for section in draft.sections:
        yield f"  - {{id: {section.id}, name: {_flow(section.name)}}}"


def _scoring(draft: Draft, about: _Doubts) -> Iterator[str]:
    yield from about.of("scoring")
    yield "scoring:"
    yield f"  assumption: {_ASSUMPTION}"
    yield "  range: [0, 100]"
    yield "  measure: mean            # a measure's score: the mean of its owning sections' scores"
    yield "  aspect: mean             # an aspect's score: the mean of its scored measures"
    aspects = draft.aspects
    weight = 100 / len(aspects) if aspects else 100
    shown = f"{weight:.2f}".rstrip("0").rstrip(".")
    yield f"  weights: {{{', '.join(f'{_flow(aspect)}: {shown}' for aspect in aspects)}}}"


def _measures(draft: Draft, about: _Doubts) -> Iterator[str]:
    yield "# id: the printed numbers only; a level without a number is left out."
    yield "# text: word for word as printed. owners: all = 各部門, every section."
    yield from about.of("measures")
    yield "measures:" if draft.measures else f"measures: {TO_DO}"
    before: tuple[str, str] | None = None
    for index, measure in enumerate(draft.measures):
        group = (measure.aspect, measure.strategy)
        if group != before:
            yield from [""] if before is not None else []
            yield f"  # {_line(_group_title(measure))}"
        before = group
        yield from about.of_measure(index, "  ")
        yield from _measure(measure)


def _group_title(measure: DraftMeasure) -> str:
    aspect, strategy, *_ = [int(n) for n in measure.id.split(".") if n] + [0, 0]
    return f"{han(aspect)}、{measure.aspect}（{han(strategy)}）{measure.strategy}"


def _measure(measure: DraftMeasure) -> Iterator[str]:
    yield f"  - id: {json.dumps(measure.id)}"
    for name in ("aspect", "strategy", "item", "text"):
        yield from _field(name, getattr(measure, name), "    ")
    yield f"    owners: {_owners(measure)}"
    unknown = f"{TO_DO}：{measure.period}" if measure.period else TO_DO
    yield f"    frequency: {measure.frequency or _plain(unknown)}"


def _owners(measure: DraftMeasure) -> str:
    if measure.owners is None:
        return "all"
    names = [*measure.owners, *(_flow(f"{TO_DO}：{name}") for name in measure.strangers)]
    return f"[{', '.join(names)}]" if names else TO_DO


def _duties(draft: Draft, about: _Doubts) -> Iterator[str]:
    yield from about.of("duties")
    duty = draft.duty
    yield "duties:" if duty is not None else f"duties: {TO_DO}"
    due = duty.working_days if duty is not None else 5
    clause = duty.clause if duty is not None and duty.clause else "考核作業"
    frequencies = ", ".join(draft.frequencies or ["ongoing", "yearly"])
    lines = [
        "  - id: self_assessment",
        "    name: 半年自行考核",
        f"    clause: {_plain(clause)}",
        f"    assumption: {_DUTY_ASSUMPTION}",
        f"    covers: {{frequency: [{frequencies}]}}",
        "    every: half_year",
        f"    opens: {{working_days: {_DAYS_OPEN}, from: period_end}}",
        f"    collect_by: {{working_days: {due - _DAYS_TO_ASSEMBLE}, from: period_end}}",
        f"    report_due: {{working_days: {due}, from: period_end}}",
        "    ladder: standard",
        "    form: self_assessment",
        "    report: assessment_summary",
        "    deliver_to: [head_office]",
        "    publish: true",
    ]
    yield from lines if duty is not None else _commented(lines)


def _commented(lines: Sequence[str]) -> Iterator[str]:
    yield f"# 例如（先把上一行的「{TO_DO}」刪去）："
    yield from (f"# {line}" for line in lines)


def _field(name: str, text: str, indent: str) -> Iterator[str]:
    if "\n" not in text:
        yield f"{indent}{name}: {_plain(text)}"
        return
    yield f"{indent}{name}: |-"
    yield from (f"{indent}  {line}" for line in text.split("\n"))


def _item(text: str, indent: str) -> Iterator[str]:
    if "\n" not in text:
        yield f"{indent}- {_plain(text)}"
        return
    yield f"{indent}- |-"
    yield from (f"{indent}  {line}" for line in text.split("\n"))


def _plain(text: str) -> str:
    """The text as it stands, if YAML reads it so; else in quotes."""
    return text if _reads_back(f"x: {text}", {"x": text}) else _quoted(text)


def _flow(text: str) -> str:
    """The same within brackets."""
    return (
        text
        if _reads_back(f"x: {{x: {text}, y: z}}", {"x": {"x": text, "y": "z"}})
        else _quoted(text)
    )


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _reads_back(yaml: str, data: object) -> bool:
    source = parse(yaml.encode(), "")
    return not source.findings and source.data == data


def _day(day: date | None) -> str:
    return TO_DO if day is None else f"{roc_year(day)}-{day:%m-%d}"


def _line(text: str) -> str:
    """A comment ends with its line."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
