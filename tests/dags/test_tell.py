"""寄出通知: which mails follow from what was done on the page."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from dutyflow.errors import DutyflowError
from dutyflow.orchestration.tell_dag import mails_of
from dutyflow.services.coordinator import quarantine
from dutyflow.services.reporting import corrections
from tests.support.coordinator_page import mail
from tests.support.scene import OFFICE, filled, form_in, scene


@pytest.fixture
def office(tmp_path: Path):
    with scene(tmp_path, datetime(2018, 6, 15, 0, 30, tzinfo=UTC)) as playing:
        yield playing


def test_the_owners_of_a_returned_section_are_told(office) -> None:
    cycle = office.open()
    letter = office.announce(cycle)["design"]
    office.reply(letter, filled(form_in(letter)))
    office.take_in()
    case = office.workspace.case(f"{cycle.key}/design")
    corrections.send_back(case, "請補標章文號", who="曾秀英", now=office.now)
    whose, mails = mails_of(office.workspace, {"returned": case.assignment.key}, office.now)
    assert whose == OFFICE
    assert [each.to for each in mails] == list(case.people.owners)
    assert all("請補標章文號" in each.content.note for each in mails)


def test_the_owners_hear_of_what_a_stranger_sent_for_them(office) -> None:
    cycle = office.open()
    letter = office.announce(cycle)["design"]
    office.put(mail(files=[("設計組.xlsx", filled(form_in(letter)))]))
    office.take_in()
    (stray,) = office.ledger.arrivals.waiting(OFFICE, limit=9)
    key = f"{cycle.key}/design"
    quarantine.assign(office.workspace, stray.id, key, "曾秀英", "認得", office.now)
    whose, mails = mails_of(office.workspace, {"assigned": stray.id}, office.now)
    assert whose == OFFICE
    assert [each.to for each in mails] == list(office.workspace.case(key).people.owners)


def test_a_run_by_hand_that_names_nothing_is_told_what_to_fill_in(office) -> None:
    with pytest.raises(DutyflowError, match="請填"):
        mails_of(office.workspace, {"assigned": None, "returned": None}, office.now)
