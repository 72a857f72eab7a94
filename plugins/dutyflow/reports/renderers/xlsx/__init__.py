"""Reports as Excel workbooks: what is signed and filed."""

from __future__ import annotations

from functools import singledispatch

from openpyxl import Workbook

from dutyflow.infra.xlsx import measure_columns, save
from dutyflow.reports import paper
from dutyflow.reports.model import Assessment, Report
from dutyflow.reports.plain import PlainReport

from . import changes_sheet, plain_sheet, statistics_sheet, summary_sheet


def render(report: Report) -> bytes:
    """The workbook's bytes: the same for the same report."""
    workbook = Workbook()
    measure_columns(workbook)
    workbook.properties.title = paper.printable(report.title)
    workbook.properties.creator = paper.printable(report.office)
    workbook.remove(workbook.worksheets[0])
    _add_sheets(report, workbook)
    if report.version > 1 and report.changes:
        changes_sheet.write(workbook.create_sheet(changes_sheet.NAME), report)
    return save(workbook)


@singledispatch
def _add_sheets(report: Report, workbook: Workbook) -> None:
    """Add the sheets of a report of this kind."""
    raise NotImplementedError(type(report).__name__)


@_add_sheets.register
def _(report: Assessment, workbook: Workbook) -> None:
    summary_sheet.write(workbook.create_sheet(summary_sheet.NAME), report)
    statistics_sheet.write(workbook.create_sheet(statistics_sheet.NAME), report)


@_add_sheets.register
def _(report: PlainReport, workbook: Workbook) -> None:
    plain_sheet.write(workbook.create_sheet(plain_sheet.NAME), report)
