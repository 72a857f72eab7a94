"""Whatever people read, what is done stays the same: no decision of the intake reads a sentence."""

from __future__ import annotations

from email.message import EmailMessage
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text

from dutyflow.mail.outbound.contexts import NotUnderstood, Problems, Receipt, Unmatched
from dutyflow.mail.outbound.requests import ShortMail
from dutyflow.mail.outbound.returned import Misplaced, Unreadable
from dutyflow.nagging.reasons import Reason, ReasonCode
from dutyflow.services.intake import wording
from tests.services.intake.test_matching import address_of, mailbox, send, with_contacts
from tests.services.intake.test_receipts import echoed
from tests.support.hostile_mails import REFUSED, envelope
from tests.support.scene import Scene, filled, form_in, good, later, text_of

SECTION = "pingtung/self_assessment/107H1/design"


@pytest.fixture
def letters(office: Scene) -> dict[str, EmailMessage]:
    return office.announce(office.open())


@pytest.fixture
def reworded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every reason and every subject in other words, each time anew."""
    monkeypatch.setattr(wording, "worded", lambda reason: uuid4().hex)
    for content in (NotUnderstood, Problems, Receipt, Unmatched, ShortMail, Misplaced, Unreadable):
        monkeypatch.setattr(content, "subject", property(lambda content: uuid4().hex))


@pytest.mark.usefixtures("reworded")
class TestReworded:
    def test_a_robot_is_answered_once(
        self, office: Scene, letters: dict[str, EmailMessage]
    ) -> None:
        assert len(echoed(office, letters["design"])) == 1

    def test_the_same_file_is_confirmed_once_more_and_then_no_more(
        self, office: Scene, letters: dict[str, EmailMessage]
    ) -> None:
        form = filled(form_in(letters["design"]))
        told = 0
        for _ in range(4):
            office.reply(letters["design"], form)
            told += len(office.take_in())
            office.now = later(office.now, days=1)
        assert told == 2

    def test_fewer_mistakes_are_told_and_the_same_are_not(
        self, office: Scene, letters: dict[str, EmailMessage]
    ) -> None:
        letter, told = letters["design"], []
        for scores in ("九十", "八十"), ("九十", 90), ("九十", 90), ("九十", 90):
            left = iter(scores)
            form = filled(
                form_in(letter), lambda n, left=left: {**good(n), "自評分數": next(left, 90)}
            )
            office.reply(letter, form)
            told.append(len(office.take_in()))
            office.now = later(office.now, minutes=9)
        assert told == [1, 1, 1, 0], "once more that it is the same, and then no more"

    def test_who_asks_for_more_time_again_and_again_is_told_once(
        self, office: Scene, letters: dict[str, EmailMessage]
    ) -> None:
        count = 0
        for _ in range(3):
            office.write(letters["design"], "展期 107/7/6 原因：資料尚未彙齊")
            count += len(office.take_in())
        assert count == 2, "who decides, and who asked"

    def test_what_cannot_be_matched_or_read_is_told_once(
        self, office: Scene, letters: dict[str, EmailMessage]
    ) -> None:
        sender = address_of(letters["design"])
        to = address_of(letters["design"], "Reply-To").encode()
        told = []
        for _ in range(2):
            send(office, None, to=mailbox(office), sender=sender, Subject="有問題")
            told.append(len(office.take_in()))
            office.put(REFUSED["1,000 levels"](envelope(sender, to)))
            told.append(len(office.take_in()))
        assert told == [1, 1, 0, 0]

    def test_a_machine_s_mail_waits_for_nobody(
        self, office: Scene, letters: dict[str, EmailMessage]
    ) -> None:
        office.reply(letters["design"], None, Auto_Submitted="auto-replied")
        assert office.take_in() == []
        assert office.ledger.submissions.quarantined() == ()
        assert office.ledger.submissions.get(1).why == Reason(ReasonCode.AUTOMATIC_REPLY)

    def test_a_forged_sender_decides_nothing(
        self, office: Scene, letters: dict[str, EmailMessage]
    ) -> None:
        office.write(letters["design"], "展期 107/7/6 原因：資料尚未彙齊")
        asked, _ = office.take_in()
        with_contacts(office, mailbox={"authserv_ids": ("mx.pingtung.example.tw",)})
        found = "mx.pingtung.example.tw; dmarc=fail header.from=pingtung.example.tw"
        office.write(asked, "同意", **{"Authentication-Results": found})
        assert office.take_in() == []
        (request,) = office.ledger.requests.of(SECTION)
        assert request.state == "pending"
        (kept,) = office.ledger.submissions.quarantined()
        assert kept.why == Reason(ReasonCode.SENDER_NOT_PROVED)


def test_why_something_is_quarantined_is_kept_as_a_value_and_in_words(
    office: Scene, letters: dict[str, EmailMessage]
) -> None:
    letter = letters["design"]
    send(
        office,
        filled(form_in(letter)),
        to=address_of(letter, "Reply-To"),
        sender=address_of(letters["billing"]),
    )
    (answer,) = office.take_in()
    (kept,) = office.ledger.submissions.quarantined()
    title = "107年上半年 半年自行考核（設計組）"
    assert kept.why == Reason.of(
        ReasonCode.SENDER_OF_OTHER_SECTION, section="電費組", assignment=title
    )
    assert kept.reason == f"寄件人是電費組的人，這卻是「{title}」"
    assert kept.reason in text_of(answer)


def test_a_reply_that_is_older_than_reasons_as_values_is_known_by_its_subject(
    office: Scene, letters: dict[str, EmailMessage]
) -> None:
    """As the migration leaves it: what it told is in its words alone."""
    letter = letters["design"]
    office.reply(letter, None)
    assert len(office.take_in()) == 1
    engine = create_engine(office.workspace.settings.ledger)
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE notices SET reason_parameters = json_object('subject', reason)")
        )
    engine.dispose()
    office.now = later(office.now, minutes=9)
    office.reply(letter, None)
    assert office.take_in() == []
    office.now = later(office.now, days=1)
    office.reply(letter, None)
    assert len(office.take_in()) == 1
