"""A small plan to make mistakes in, and a folder of offices to put it in."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dutyflow.errors import PlanError
from dutyflow.infra.plan_files.load import load_plan

PLAN = """\
office: {id: penghu, name: 澎湖區營業處, timezone: Asia/Taipei}
year: 107
effective_from: 107-03-29
header:
  title: 107 年度提升服務效能執行計畫
  established: 107-03-29
  basis:
    - 政府服務躍升方案
  goal: 提升為民服務品質
  scope: 各部門
  steps: 由各組積極辦理
  assessment: 上、下半年度各考核 1 次
  supplement: 得依實際需要修正
sections:
  - {id: business, name: 業務組}
  - {id: design, name: 設計組}
scoring:
  range: [0, 100]
  weights: {基礎服務: 60, 服務量能: 40}
measures:
  - id: "1.1"
    aspect: 基礎服務
    strategy: 服務友善性
    item: 提升服務及時性
    text: 於處理時限內完成。
    owners: [business]
    frequency: ongoing
  - id: "1.2"
    aspect: 基礎服務
    strategy: 服務友善性
    item: ""
    text: 辦理滿意度調查。
    owners: [design, business]
    frequency: yearly
  - id: "3.1"
    aspect: 服務量能
    strategy: 內部效率
    item: 提升同仁行政效率
    text: 檢討作業流程。
    owners: all
    frequency: ongoing
duties:
  - id: self_assessment
    name: 半年自行考核
    clause: 陸、考核作業
    covers: {frequency: [ongoing, yearly]}
    every: half_year
    opens: {working_days: -10, from: period_end}
    collect_by: {working_days: 3, from: period_end}
    report_due: {working_days: 5, from: period_end}
    form: self_assessment
    report: assessment_summary
    deliver_to: [head_office]
    ladder: short
"""

CONTACTS = """\
mailbox: {name: 填報信箱, address: plan@penghu.example.tw}
sections:
  business:
    owners:
      - {name: 王小美, email: wang@penghu.example.tw}
    head: {name: 黃國華, email: huang@penghu.example.tw}
  design:
    owners:
      - {name: 劉家豪, email: liu@penghu.example.tw}
    head: {name: 楊俊傑, email: yang@penghu.example.tw}
coordinator: {name: 曾秀英, email: tseng@penghu.example.tw}
director: {name: 廖正雄, email: liao@penghu.example.tw}
head_office: {name: 業務處, email: head-office@example.tw}
"""

Edit = Callable[..., Path]


def edited(text: str, *edits: tuple[str, str]) -> str:
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def mistakes(path: Path) -> list[tuple[int, str, str, str]]:
    """What is told of a plan file: line, found, expected, hint."""
    with pytest.raises(PlanError) as refused:
        load_plan(path)
    for finding in refused.value.findings:
        assert finding.where.startswith(f"{path}:")
    return [
        (int(f.where.rpartition(":")[2]), f.found, f.expected, f.hint)
        for f in refused.value.findings
    ]


@pytest.fixture
def plans_root(tmp_path: Path) -> Path:
    """A folder with one good office, `penghu`."""
    root = tmp_path / "plan"
    office = root / "penghu"
    office.mkdir(parents=True)
    (office / "107.yaml").write_text(PLAN, encoding="utf-8")
    (office / "contacts.yaml").write_text(CONTACTS, encoding="utf-8")
    (root / "closures.csv").write_text("date,kind,reason,source\n", encoding="utf-8")
    return root


@pytest.fixture
def write_plan(plans_root: Path) -> Edit:
    """Write a plan file with edits made to the good one, `("what stands there", "instead")`."""

    def write(*edits: tuple[str, str], name: str = "penghu/107.yaml") -> Path:
        path = plans_root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(edited(PLAN, *edits), encoding="utf-8")
        return path

    return write


@pytest.fixture
def write_contacts(plans_root: Path) -> Edit:
    """The same for the contacts."""

    def write(*edits: tuple[str, str], name: str = "penghu/contacts.yaml") -> Path:
        path = plans_root / name
        path.write_text(edited(CONTACTS, *edits), encoding="utf-8")
        return path

    return write
