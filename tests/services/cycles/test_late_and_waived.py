"""A section that is waived (免報) after it was late: what round, board and proof tell."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from dutyflow.services.audit.proof import prove
from dutyflow.services.audit.status import survey
from dutyflow.services.coordinator.actions import Order
from dutyflow.services.coordinator.arrivals import Arrivals
from tests.services.coordinator.test_actions import carry_out
from tests.services.extensions.test_requests import BILLING, OPENED, OWNER, by_address
from tests.services.reminders.test_daily_round import morning, round_on
from tests.support.scene import DUTY, OFFICE, Scene, scene

WAIVED = "未寄：已免報"


@pytest.fixture
def waived(tmp_path: Path):
    """Late since 07-05, reminded of it on 07-06, waived that afternoon."""
    with scene(tmp_path, OPENED) as playing:
        playing.cycle = playing.open()
        playing.now = morning("2018-07-05")
        assert playing.wait(BILLING) == "late"
        _, mails = round_on(playing, "2018-07-06")
        assert OWNER in by_address(mails)
        playing.now += timedelta(hours=6)
        order = Order(
            action="免報",
            source="manual__1",
            duty=DUTY,
            cycle="107H1",
            section="電費組",
            why="業務移撥",
        )
        carry_out(playing, order)
        yield playing


def test_no_reminder_follows_for_as_long_as_the_ladder_goes(waived: Scene) -> None:
    others = 0
    for day in ("2018-07-09", "2018-07-11", "2018-07-19"):
        _, mails = round_on(waived, day)
        told = by_address(mails)
        assert OWNER not in told
        assert not any("電費組" in str(mail["Subject"]) for mail in mails)
        others += len(told)
    assert others, "the other sections are reminded"
    last = waived.ledger.notices.of(about=BILLING)[-1]
    assert last.rung.startswith("waived"), "the last that the section heard is that it is waived"


def test_the_silence_and_its_reason_stand_in_status_and_proof(waived: Scene) -> None:
    round_on(waived, "2018-07-09")
    (cycle,) = survey(waived.workspace, [waived.cycle], now=waived.now).cycles
    status = {each.section: each for each in cycle.sections}
    assert (status["billing"].state, status["billing"].silence) == ("waived", WAIVED)
    assert status["billing"].next_rung is None
    assert status["design"].silence == ""
    (proof,) = prove(waived.workspace, [waived.cycle], now=waived.now)
    (section,) = [each for each in proof.sections if each.section == "billing"]
    assert (section.state, section.verdict) == ("免報", "免報")
    told = [(row.rung, row.why) for row in section.rows if row.why.startswith("未寄")]
    assert told == [("逾期第 3 日", WAIVED)]


def test_the_coordinator_s_page_says_that_it_is_waived(waived: Scene) -> None:
    round_on(waived, "2018-07-09")
    seen = Arrivals(
        workspace=waived.workspace, office=waived.workspace.office(OFFICE), now=waived.now
    )
    rows = [row for each in seen.running() for row in each.rows]
    (row,) = [row for row in rows if row.assignment.key == BILLING]
    assert (row.standing, row.timely) == ("免報", "")
