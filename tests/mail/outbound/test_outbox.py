"""What holds of every outbox, sending or keeping; and of the connection of the one that sends."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from dutyflow.errors import DutyflowError
from dutyflow.mail.errors import BadLetterError, MailDeferred
from dutyflow.mail.outbound.outbox import KeepingOutbox, NoOutbox, Outbox, SmtpOutbox
from tests.mail.samples import LETTERS, MAILBOX, NOW, WANG
from tests.support.smtp import Answers, Server, outbox_to, smtp_server

OPENING, REMINDER = LETTERS["opening"], LETTERS["reminder_digest"]


@dataclass
class Sample:
    """An outbox, and to whom it has handed mails by now."""

    outbox: Outbox
    recipients: Callable[[], list[str]]


@pytest.fixture(params=["a mail server", "kept"])
def sample(request: pytest.FixtureRequest) -> Iterator[Sample]:
    if request.param == "kept":
        keeps = KeepingOutbox()
        yield Sample(keeps, lambda: [each.letter.to.email for each in keeps.kept])
        return
    with smtp_server() as server:
        sends = SmtpOutbox(connect=server.connect)
        yield Sample(sends, lambda: [each.rcpt_tos[0] for each in server.kept])
        sends.close()


def test_mails_leave_in_their_order(sample: Sample) -> None:
    other = replace(REMINDER, to=written_as("lee@example.tw"))
    for letter in (OPENING, other, OPENING):
        assert sample.outbox.send(letter, mailbox=MAILBOX, now=NOW).state == "sent"
    assert sample.recipients() == [WANG.email, "lee@example.tw", WANG.email]


def test_it_can_be_opened_before_and_closed_at_any_time(sample: Sample) -> None:
    sample.outbox.close()
    sample.outbox.open()
    sample.outbox.open()
    sample.outbox.send(OPENING, mailbox=MAILBOX, now=NOW)
    sample.outbox.close()
    assert sample.outbox.send(OPENING, mailbox=MAILBOX, now=NOW).state == "sent"
    assert sample.recipients() == [WANG.email, WANG.email]


def test_a_letter_that_no_mail_can_carry_goes_nowhere(sample: Sample) -> None:
    with pytest.raises(BadLetterError):
        sample.outbox.send(replace(OPENING, answers="no Message-ID"), mailbox=MAILBOX, now=NOW)
    assert sample.recipients() == []


def test_what_was_sent_is_told_as_it_went_out() -> None:
    with smtp_server() as server:
        outbox = SmtpOutbox(connect=server.connect)
        assert outbox.send(OPENING, mailbox=MAILBOX, now=NOW).text == server.kept[0].content
        outbox.close()


def test_mails_share_a_connection_and_a_dropped_one_is_made_anew() -> None:
    answers = Answers()
    with smtp_server(answers) as server:
        outbox = Counted(server)
        outbox.send(OPENING, mailbox=MAILBOX, now=NOW)
        outbox.send(OPENING, mailbox=MAILBOX, now=NOW)
        assert outbox.count == 1
        answers.drop_at = "MAIL"
        assert outbox.send(OPENING, mailbox=MAILBOX, now=NOW).state == "deferred"
        answers.drop_at = ""
        assert outbox.send(OPENING, mailbox=MAILBOX, now=NOW).state == "sent"
        assert outbox.count == 2
        outbox.close()
    assert len(answers.kept) == 3


def test_a_server_that_is_away_defers_all_that_follows_after_one_try() -> None:
    with socket.socket() as reserved:  # bound, but nobody listens
        reserved.bind(("127.0.0.1", 0))
        outbox = outbox_to(reserved.getsockname()[1])
        with pytest.raises(MailDeferred, match="郵件伺服器目前無法連線"):
            outbox.open()
        outbox.connect = never
        result = outbox.send(OPENING, mailbox=MAILBOX, now=NOW)
    assert result.state == "deferred"
    assert result.detail.startswith("無法與郵件伺服器連線")


def test_where_there_is_no_outbox_that_is_said() -> None:
    for use in (NoOutbox().open, lambda: NoOutbox().send(OPENING, mailbox=MAILBOX, now=NOW)):
        with pytest.raises(DutyflowError, match="沒有指定郵件伺服器"):
            use()


class Counted(SmtpOutbox):
    """An outbox that counts its connections."""

    def __init__(self, server: Server) -> None:
        super().__init__(connect=self._connect)
        self.server, self.count = server, 0

    def _connect(self):
        self.count += 1
        return self.server.connect()


def never():
    raise AssertionError("it was asked again")


def written_as(email: str):
    return WANG.model_copy(update={"email": email})
