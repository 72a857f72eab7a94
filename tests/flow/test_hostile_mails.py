"""A mail that is built to wear us out is kept; who wrote is told, and the next has its turn."""

from __future__ import annotations

from tests.support.hostile_mails import REFUSED, envelope
from tests.support.scene import Scene, filled, form_in, text_of


def test_the_next_mail_has_its_turn(office: Scene) -> None:
    cycle = office.open()
    mails = office.announce(cycle)
    owner = mails["design"]["To"].addresses[0].addr_spec
    to = mails["design"]["Reply-To"].addresses[0].addr_spec.encode()
    for build in REFUSED.values():
        office.put(build(envelope("x@elsewhere.example.com", to)))
    office.put(REFUSED["1,000 levels"](envelope(owner, to)))
    office.reply(mails["business"], filled(form_in(mails["business"])))

    refused, accepted = office.take_in()

    assert refused["To"].addresses[0].addr_spec == owner
    assert "信件的層次超過 200 層，未拆解；應為一般的信件" in text_of(refused)
    assert "已收到" in accepted["Subject"]
    kept = office.ledger.submissions.quarantined()
    assert len(kept) == len(REFUSED) + 1
    too_large = [each for each in kept if not each.reason.startswith("無法解讀的信件：信件")]
    assert ["沒有讀取" in each.reason for each in too_large] == [True]
