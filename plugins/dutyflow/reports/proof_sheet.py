"""Print the proof of cycles (稽催紀錄), a sheet for each, section by section."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from dutyflow.calendars.roc import format_roc, format_roc_moment, in_zone
from dutyflow.infra.xlsx import measure_columns, save

from . import paper
from .layout import page_breaks
from .paper import BAND, CENTRED, FREE, HEADER, OFFICE, PLAIN, TITLE, PrintStyle, put, spread
from .proof import Proof, ProofRow, SectionProof

COLUMNS = {
    "事件編號": 46.0,
    "時間": 98.0,
    "事項": 62.0,
    "對象或經辦": 176.0,
    "階段": 90.0,
    "原因與說明": 140.0,
    "結果": 118.0,
    "雜湊": 82.0,
}
SHOWN_HASH = 12  # hexadecimal digits of a row's hash; the chain's ends are given in full
SHEET_NAME = 31  # characters that Excel allows
SMALL = 9.0
_HASH = re.compile(r"[0-9a-f]{64}")
_NOT_IN_SHEET_NAMES = re.compile(r"[\\/*?:\[\]]")


def proof_xlsx(proofs: Sequence[Proof]) -> bytes:
    """The workbook's bytes: the same for the same proofs. There is at least one."""
    workbook = Workbook()
    measure_columns(workbook)
    workbook.properties.title = paper.printable(f"{proofs[0].office_name} 稽催紀錄")
    workbook.properties.creator = paper.printable(proofs[0].office_name)
    workbook.remove(workbook.worksheets[0])
    for proof in proofs:
        _ProofSheet(workbook.create_sheet(_sheet_name(workbook, proof)), proof).write()
    return save(workbook)


def _sheet_name(workbook: Workbook, proof: Proof) -> str:
    name = _NOT_IN_SHEET_NAMES.sub("_", f"{proof.cycle} {proof.duty_name}")
    for number in range(len(workbook.sheetnames) + 1):
        ending = f"~{number}" if number else ""
        shown = name[: SHEET_NAME - len(ending)] + ending
        if shown not in workbook.sheetnames:
            break
    return shown


class _ProofSheet:
    def __init__(self, sheet: Worksheet, proof: Proof) -> None:
        self._sheet, self._proof = sheet, proof
        self._zone = ZoneInfo(proof.zone)
        scale = paper.WHOLE_WIDTH / sum(COLUMNS.values())
        self._widths = tuple(width * scale for width in COLUMNS.values())
        self._row = 1

    def write(self) -> None:
        proof, sheet = self._proof, self._sheet
        made_on = in_zone(proof.made_at, self._zone).date()
        paper.set_paper(sheet, self._widths, "稽催紀錄", made_on)
        self._heading()
        header = self._row
        for column, title in enumerate(COLUMNS, 1):
            put(sheet, self._row, column, title, HEADER)
        self._next(22)
        above, repeated = sum(self._heights(1)), self._heights(header)[0]
        blocks = list(self._part("全期", proof.whole))
        for section in proof.sections:
            blocks += self._part(_told(section), section.rows)
        for rows in page_breaks(blocks, first=paper.ROOM - above, page=paper.ROOM - repeated):
            sheet.row_breaks.append(Break(id=header + rows))
        sheet.print_title_rows = f"{header}:{header}"
        sheet.freeze_panes = f"A{header + 1}"
        sheet.print_area = f"A1:{get_column_letter(len(COLUMNS))}{self._row - 1}"

    def _heading(self) -> None:
        proof = self._proof
        self._line(proof.office_name, OFFICE)
        self._line(f"{proof.title} {proof.duty_name}　稽催紀錄", TITLE)
        for text in self._facts():
            self._line(text, FREE)
        broken = proof.chain.broken_at is not None
        look = replace(FREE, bold=True, color=paper.RED if broken else paper.INK)
        self._line(proof.chain.verdict, look)
        self._next(6)

    def _facts(self) -> Iterator[str]:
        proof, chain = self._proof, self._proof.chain
        opened, made = (
            format_roc_moment(moment, self._zone) for moment in (proof.opened_at, proof.made_at)
        )
        yield f"依據：{proof.clause}　　期別：{proof.cycle}　　開辦：{opened}"
        due = format_roc(proof.report_due, weekday=True)
        yield f"填報截止：{proof.collect_by}　　彙整表期限：{due}　　製作：{made}"
        yield f"本紀錄第一個事件：第 {chain.first.number} 號　SHA-256 {chain.first.hash}"
        yield f"本紀錄最後的事件：第 {chain.last.number} 號　SHA-256 {chain.last.hash}"
        yield f"帳本當時最新事件：第 {chain.newest.number} 號　SHA-256 {chain.newest.hash}"

    def _part(self, title: str, rows: Sequence[ProofRow]) -> Iterator[list[float]]:
        """Write a part; yields the heights of rows that belong together: a title and a row."""
        start = self._row
        self._line(title, BAND, least=20)
        for row in rows:
            cells = cells_of(row, self._zone)
            for column, cell in enumerate(cells, 1):
                look = CENTRED if column in (1, 8) else PLAIN
                put(self._sheet, self._row, column, cell, replace(look, size=SMALL))
            self._next(max(18.0, paper.row_height(cells, self._widths, SMALL)))
            yield self._heights(start)
            start = self._row
        if start < self._row:
            yield self._heights(start)

    def _line(self, text: str, look: PrintStyle, least: float = 0) -> None:
        spread(self._sheet, self._row, 1, len(COLUMNS), text, look)
        self._next(max(least, paper.text_height(text, paper.WHOLE_WIDTH, look.size)))

    def _heights(self, start: int) -> list[float]:
        return [self._sheet.row_dimensions[row].height or 0 for row in range(start, self._row)]

    def _next(self, height: float) -> None:
        self._sheet.row_dimensions[self._row].height = height
        self._row += 1


def cells_of(row: ProofRow, zone: ZoneInfo) -> tuple[str, ...]:
    """The texts of a row's cells, column by column."""
    return (
        str(row.number),
        format_roc_moment(row.at, zone),
        row.what,
        row.to or row.who,
        row.rung,
        row.why,
        row.result,
        row.hash[:SHOWN_HASH],
    )


def ends_of(line: str) -> list[str]:
    """The hash that a line of the heading gives of the first or the last event of a proof."""
    return _HASH.findall(line) if line.startswith("本紀錄") else []


def _told(section: SectionProof) -> str:
    return f"{section.name}　　{section.state}　　期限：{section.until}　　{section.verdict}"
