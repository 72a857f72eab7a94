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
    assert all(each.reason.startswith("無法解讀的信件：信件") for each in kept)
    (large,) = [each for each in kept if "62 MB" in each.reason]
    assert "沒有讀取；應在 40 MB 以內；原信在收信信箱裡" in large.reason


def test_a_locked_mail_is_told_how_to_send_it(office: Scene) -> None:
    cycle = office.open()
    letter = office.announce(cycle)["design"]
    owner = letter["To"].addresses[0].addr_spec
    to = letter["Reply-To"].addresses[0].addr_spec.encode()
    office.put(
        envelope(owner, to)
        + b"\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nx\r\n-----END PGP MESSAGE-----"
    )
    (told,) = office.take_in()
    assert "這是加密的郵件，系統沒有解密的金鑰，無法開啟" in text_of(told)
    assert "請改用不加密的一般郵件" in text_of(told)
    (kept,) = office.ledger.submissions.quarantined()
    assert kept.suggested == f"{cycle.key}/design"
