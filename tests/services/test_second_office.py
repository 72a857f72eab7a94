"""A second office of other sections, dates, forms and people: files alone, no code."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree

import pytest

from dutyflow.infra.plan_files.load import load_office
from dutyflow.infra.settings import Settings
from dutyflow.services.cycles import opening
from dutyflow.services.intake import mailbox
from dutyflow.services.reminders import opening_mail
from dutyflow.services.reporting import delivery, review
from dutyflow.services.workspace import UnknownOffice, Workspace
from tests.support.filling import fill
from tests.support.scene import PLANS, form_in, scene

PINGTUNG = PLANS / "pingtung"
OFFICE, DUTY = "lienchiang", "ferry_check"
PLAN = """\
office: {id: lienchiang, name: 連江縣港務所（虛構）, timezone: Asia/Taipei}
year: 115
effective_from: 115-01-01
header:
  title: 連江縣港務所 115 年度服務計畫（虛構）
  established: 114-12-20
  basis: []
  goal: 船班準時
  scope: 全所
  steps: 由各股辦理
  assessment: 每季檢查
  supplement: 無
sections:
  - {id: dock, name: 碼頭股}
  - {id: ticket, name: 票務股}
scoring: {weights: {便民服務: 100}}
measures:
  - {id: "1.1", aspect: 便民服務, strategy: 設施, item: "", text: 每季檢查候船室。, owners: all,
     frequency: ongoing}
forms:
  - id: ferry_check
    name: 候船室檢查表
    rows: [座椅, 照明, 廣播]
    fields:
      - {id: checked_on, title: 檢查日, type: date, required: true}
      - {id: fine, title: 正常, type: yes_no, required: true, reason_when: 否}
duties:
  - id: ferry_check
    name: 候船室檢查
    clause: 第三點
    covers: {measures: ["1.1"]}
    every: quarter
    opens: {weekday: monday, nth: 1, of: period_end, roll: next}
    collect_by: {working_days: -2, from: period_end}
    report_due: {calendar_days: 5, from: collect_by, roll: next}
    ladder: short
    form: ferry_check
    report: plain
    deliver_to: [director]
"""
CONTACTS = """\
mailbox: {name: 港務所信箱（樣本）, address: plan@harbour.example.tw}
sections:
  dock:
    owners: [{name: 陳大海（樣本）, email: chen@harbour.example.tw}]
    head: {name: 林船長（樣本）, email: lin@harbour.example.tw}
  ticket:
    owners: [{name: 王小票（樣本）, email: wang@harbour.example.tw}]
    head: {name: 吳主任（樣本）, email: wu@harbour.example.tw}
coordinator: {name: 曾承辦（樣本）, email: tseng@harbour.example.tw}
director: {name: 廖所長（樣本）, email: liao@harbour.example.tw}
head_office: {name: 航港局（樣本）, email: bureau@example.tw}
"""


@pytest.fixture
def plans(tmp_path: Path) -> Path:
    folder = tmp_path / "plan" / OFFICE
    folder.mkdir(parents=True)
    (folder / "115.yaml").write_text(PLAN, encoding="utf-8")
    (folder / "contacts.yaml").write_text(CONTACTS, encoding="utf-8")
    return folder.parent


def test_its_duty_runs_from_opening_to_delivery(tmp_path: Path, plans: Path) -> None:
    plan = load_office(plans / OFFICE).plans[0]
    form = plan.form_of(plan.duty(DUTY))
    with scene(tmp_path / "home", datetime(2026, 3, 2, 1, tzinfo=UTC), plans=plans) as playing:
        cycle = opening.open_cycle(
            playing.workspace, office=OFFICE, duty=DUTY, name="115Q1", now=playing.now, who="測試"
        )
        assert cycle.title == "115年第1季"
        inbox = playing.workspace.maildir(playing.workspace.office(OFFICE))
        for assignment in playing.ledger.assignments.of(cycle.key):
            opening_mail.announce(playing.workspace, assignment.key, now=playing.now)
            (letter,) = playing.new_mails()
            said = {"checked_on": "115/3/20", "fine": "是"}
            raw = playing.answer(letter, fill(form_in(letter), form, said))
            inbox.put(raw, received_at=playing.now)
        mailbox.empty_inbox(playing.workspace, OFFICE, inbox, clock=playing.clock)
        assert all("已收到" in mail["Subject"] for mail in playing.new_mails())
        report = playing.assemble(cycle)
        review.decide(
            playing.workspace,
            cycle.key,
            decision="approved",
            sections=(),
            note="",
            who="測試",
            now=playing.now,
        )
        delivery.deliver(playing.workspace, cycle.key, now=playing.now)
        (letter,) = playing.new_mails()
        assert letter["To"].addresses[0].addr_spec == "liao@harbour.example.tw"
        assert report.content["title"] == "115年第1季候船室檢查彙整表"


def test_an_office_is_found_without_reading_the_others_and_one_that_is_not_there_is_told(
    tmp_path: Path, plans: Path
) -> None:
    copytree(PINGTUNG, plans / PINGTUNG.name)
    environ = {"DUTYFLOW_HOME": str(tmp_path / "home"), "DUTYFLOW_PLANS": str(plans)}
    workspace = Workspace(Settings.from_environ(environ))
    assert workspace.office(OFFICE).name == "連江縣港務所（虛構）"
    assert [kept.name for kept in workspace.settings.snapshots.iterdir()] == [f"{OFFICE}.json"]
    for name in ("penghu", f"../plan/{OFFICE}"):
        with pytest.raises(UnknownOffice, match=f"找不到機關「{name}」.*有：{OFFICE}、pingtung"):
            workspace.office(name)


def test_where_there_is_no_plan_at_all_no_office_is_found(tmp_path: Path) -> None:
    environ = {"DUTYFLOW_HOME": str(tmp_path), "DUTYFLOW_PLANS": str(tmp_path / "none")}
    with pytest.raises(UnknownOffice, match="目前有：（沒有）"):
        Workspace(Settings.from_environ(environ)).office(OFFICE)
