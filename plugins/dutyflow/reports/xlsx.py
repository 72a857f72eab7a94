"""The report as an Excel workbook: what the director signs and head office files."""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.styles import Font

from dutyflow.workbooks import save

from . import changes_sheet, paper, statistics_sheet, summary_sheet
from .model import Report


def render_xlsx(report: Report) -> bytes:
    """The workbook's bytes: the same for the same report."""
    workbook = Workbook()
    measure_columns_in(workbook, paper.RULER)
    workbook.properties.title = paper.printable(report.title)
    workbook.properties.creator = paper.printable(report.office)
    workbook.remove(workbook.worksheets[0])
    summary_sheet.write(workbook.create_sheet(summary_sheet.NAME), report)
    statistics_sheet.write(workbook.create_sheet(statistics_sheet.NAME), report)
    if report.version > 1 and report.changes:
        changes_sheet.write(workbook.create_sheet(changes_sheet.NAME), report)
    return save(workbook)


def measure_columns_in(workbook: Workbook, font: Font) -> None:
    """Make it the workbook's default font, whose digits are the unit of a column's width."""
    workbook._named_styles["Normal"].font = font  # type: ignore[attr-defined]  # no public way
