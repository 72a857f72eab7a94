"""Print what changed since the version before (版本差異)."""

from __future__ import annotations

from dataclasses import replace

from openpyxl.worksheet.worksheet import Worksheet

from dutyflow.reports import paper
from dutyflow.reports.model import Report
from dutyflow.reports.paper import CENTRED, FREE, HEADER, PLAIN, put, spread

NAME = "版本差異"
WIDTHS = (54.0, 712.0)


def write(sheet: Worksheet, report: Report) -> None:
    """Fill an empty sheet, ready to be printed."""
    paper.set_up(sheet, report, WIDTHS)
    row = paper.put_heading(sheet, report, f"{report.title}{NAME}", len(WIDTHS))
    since = (
        f"第 {report.version} 版與第 {report.version - 1} 版之差異，共 {len(report.changes)} 項："
    )
    spread(sheet, row, 1, len(WIDTHS), since, replace(FREE, bold=True))
    sheet.row_dimensions[row].height = 24
    header = row + 1
    put(sheet, header, 1, "序號", HEADER)
    put(sheet, header, 2, "內容", HEADER)
    sheet.row_dimensions[header].height = 22
    for number, sentence in enumerate(report.changes, 1):
        put(sheet, header + number, 1, number, CENTRED)
        put(sheet, header + number, 2, sentence, PLAIN)
        height = paper.text_height(sentence, WIDTHS[1])
        sheet.row_dimensions[header + number].height = max(22, height)
    sheet.print_title_rows = f"{header}:{header}"
    sheet.print_area = f"A1:B{header + len(report.changes)}"
