"""Reports as Excel workbooks: what is signed and filed."""

from __future__ import annotations

from openpyxl import Workbook

from dutyflow.infra.xlsx import measure_columns, save

from . import changes_sheet, paper, plain_sheet, statistics_sheet, summary_sheet
from .model import Assessment, Report
from .plain import PlainReport


def assessment_xlsx(report: Assessment) -> bytes:
    """The workbook's bytes: the same for the same report."""
    workbook = _workbook(report)
    summary_sheet.write(workbook.create_sheet(summary_sheet.NAME), report)
    statistics_sheet.write(workbook.create_sheet(statistics_sheet.NAME), report)
    return _finished(workbook, report)


def plain_xlsx(report: PlainReport) -> bytes:
    """The workbook's bytes: the same for the same report."""
    workbook = _workbook(report)
    plain_sheet.write(workbook.create_sheet(plain_sheet.NAME), report)
    return _finished(workbook, report)


def _workbook(report: Report) -> Workbook:
    workbook = Workbook()
    measure_columns(workbook)
    workbook.properties.title = paper.printable(report.title)
    workbook.properties.creator = paper.printable(report.office)
    workbook.remove(workbook.worksheets[0])
    return workbook


def _finished(workbook: Workbook, report: Report) -> bytes:
    if report.version > 1 and report.changes:
        changes_sheet.write(workbook.create_sheet(changes_sheet.NAME), report)
    return save(workbook)
