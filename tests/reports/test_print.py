"""The report on paper, as LibreOffice prints it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from dutyflow.reports.renderers import xlsx
from tests.reports.samples import everyday_report, real_plan
from tests.support.libreoffice import LibreOffice, needed


def test_the_real_report_prints_well(soffice: LibreOffice, tmp_path: Path) -> None:
    plan = real_plan()
    workbook = tmp_path / "report.xlsx"
    workbook.write_bytes(xlsx.render(everyday_report(plan)))
    pdf = soffice.convert(workbook, "pdf")
    about = _run(needed("pdfinfo"), pdf)
    width, height = map(float, re.findall(r"Page size:\s+([\d.]+) x ([\d.]+)", about)[0])
    assert (width, height) == (pytest.approx(841.9, abs=1), pytest.approx(595.3, abs=1))
    pages = _run(needed("pdftotext"), "-layout", pdf, "-").split("\f")[:-1]
    *summary, statistics = pages
    assert 10 < len(summary) < 45
    for number, page in enumerate(pages, 1):
        assert f"第{number}頁，共{len(pages)}頁" in re.sub(r"\s", "", page)
    for page in summary:
        assert "承辦組室" in page
        assert "執行情形" in page
    assert "107年上半年考核結果彙整表" in summary[0]
    assert re.search(r"承辦人：\s+複核：\s+處長：", summary[-1])
    assert "平均自評分數" in statistics
    printed = "\n".join(summary)
    assert all(re.search(rf"(?<![\d.]){re.escape(m.id)}(?![\d.])", printed) for m in plan.measures)


def _run(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True).stdout.decode()
