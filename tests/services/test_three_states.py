"""Reported, confirmed nothing, missing: three different things, wherever they are told."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook

from dutyflow.calendars.roc import TAIPEI
from dutyflow.services.audit import proof
from dutyflow.services.audit.status import survey
from dutyflow.services.reminders.morning_summary import summarise
from dutyflow.services.reporting import review
from tests.support.filling import fill
from tests.support.scene import OFFICE, Scene, filled, form_in, text_of

REPORTED, NOTHING, MISSING = "design", "billing", "human_resources"
PASTED = {"執行情形": "依計畫辦理", "自評分數": 90}


@pytest.fixture
def told(office: Scene):
    """One has reported, with something odd; one has confirmed nothing; nothing came from one."""
    cycle = office.open()
    mails = office.announce(cycle)
    office.reply(mails[REPORTED], filled(form_in(mails[REPORTED]), lambda n: PASTED))
    office.write(mails[NOTHING], "本期無辦理事項")
    office.take_in()
    office.now = datetime(2018, 7, 5, 8, 30, tzinfo=TAIPEI)
    office.wait(f"{cycle.key}/{MISSING}")
    return office, cycle


def test_in_the_report(told) -> None:
    office, cycle = told
    record = office.assemble(cycle)
    workbook = load_workbook(BytesIO(office.workspace.store.get(record.files[0].blob)))
    cells = [str(cell) for sheet in workbook for row in sheet.values for cell in row if cell]
    assert any("依計畫辦理" in cell for cell in cells)
    assert any("無辦理事項" in cell for cell in cells)
    assert any("逾期未報" in cell for cell in cells)


def test_in_a_plain_report(office: Scene) -> None:
    cycle = office.open(duty="innovation_review")
    mails = office.announce(cycle)
    form = office.workspace.case(f"{cycle.key}/{REPORTED}").form
    office.reply(mails[REPORTED], fill(form_in(mails[REPORTED]), form))
    office.write(mails[NOTHING], "無辦理事項")
    office.take_in()
    office.assemble(cycle)
    page = review.what_to_review(office.workspace, cycle.key)
    assert "| 組室 | 應填 | 已填 | 無辦理事項 | 未報 |" in page
    counts = {
        line.split("|")[1].strip(): [int(each) for each in line.split("|")[3:6]]
        for line in page.splitlines()
        if line.startswith("| ") and "組 |" in line
    }
    answered, nothing, missing = counts["設計組"]
    assert (answered > 0, nothing, missing) == (True, 0, 0)
    answered, nothing, missing = counts["電費組"]
    assert (nothing > 0, missing) == (True, 0)
    answered, nothing, missing = counts["人資組"]
    assert (answered, nothing, missing > 0) == (0, 0, True)


def test_in_the_status(told) -> None:
    office, _ = told
    (status,) = survey(office.workspace, office.ledger.cycles.all(), now=office.now).cycles
    by_section = {each.section: each for each in status.sections}
    assert (by_section[REPORTED].state, by_section[REPORTED].nothing) == ("accepted", False)
    assert (by_section[NOTHING].state, by_section[NOTHING].nothing) == ("accepted", True)
    assert (by_section[MISSING].state, by_section[MISSING].nothing) == ("late", False)
    assert any("各列文字相同" in doubt for doubt in by_section[REPORTED].doubts)
    assert by_section[NOTHING].doubts == ()


def test_in_the_morning_summary(told) -> None:
    office, _ = told
    office.now = datetime(2018, 6, 19, 8, 30, tzinfo=TAIPEI)
    office.new_mails()
    summarise(office.workspace, [OFFICE], now=datetime(2018, 7, 5, 8, 31, tzinfo=TAIPEI))
    text = text_of(office.new_mails()[0])
    assert "人資組：107年上半年 半年自行考核" in text, "in 逾期未報"


def test_in_the_next_mornings_summary(office: Scene) -> None:
    cycle = office.open()
    mails = office.announce(cycle)
    office.reply(mails[REPORTED], filled(form_in(mails[REPORTED]), lambda n: PASTED))
    office.write(mails[NOTHING], "無辦理事項")
    office.take_in()
    office.new_mails()
    summarise(office.workspace, [OFFICE], now=datetime(2018, 6, 15, 9, 0, tzinfo=TAIPEI))
    text = text_of(office.new_mails()[0])
    assert any(
        line.endswith("設計組 107年上半年 半年自行考核：已受理") for line in text.splitlines()
    )
    assert "電費組 107年上半年 半年自行考核：已受理，確認無辦理事項" in text
    assert "填報內容存疑，已照收" in text
    assert "「執行情形」各列文字相同" in text


def test_in_the_proof(told) -> None:
    office, cycle = told
    (found,) = proof.prove(office.workspace, [cycle], now=office.now)
    verdicts = {each.section: each.verdict for each in found.sections}
    assert verdicts[REPORTED].endswith("如期")
    assert verdicts[NOTHING].endswith("如期；確認無辦理事項")
    assert verdicts[MISSING] == "尚未收到可受理的填報"


def test_whoever_decides_on_the_report_sees_what_is_odd(told) -> None:
    office, cycle = told
    office.assemble(cycle)
    page = review.what_to_review(office.workspace, cycle.key)
    assert "存疑（已照收，請斟酌是否退回補正）：" in page
    assert "- 設計組：「執行情形」各列文字相同" in page
