"""What became of a mail, told from what a real server does with it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dutyflow.mail.inbound.message import read_message
from dutyflow.mail.outbound.letter import EncodedMail, Envelope, encoded
from dutyflow.mail.outbound.sending import Outcome, hand_over
from tests.mail.samples import LETTERS, MAILBOX, NOW, TOKEN, WANG
from tests.support.smtp import Answers, smtp_server

OTHER = "coordinator@pingtung.example.tw"
BOTH = (WANG.email, OTHER)


def mail(*, to: tuple[str, ...] = (WANG.email,)) -> EncodedMail:
    envelope = Envelope(sender=MAILBOX.address, recipients=to)
    return replace(encoded(LETTERS["opening"], mailbox=MAILBOX, now=NOW), envelope=envelope)


def outcome(answers: Answers, *, to: tuple[str, ...] = (WANG.email,)) -> Outcome:
    with smtp_server(answers) as server, server.connect() as client:
        return hand_over(client, mail(to=to))


def test_a_mail_that_is_taken_over_is_sent_as_it_is():
    with smtp_server() as server, server.connect() as client:
        result = hand_over(client, mail())
        (kept,) = server.kept
    assert result.state == "sent"
    assert "250 2.0.0 queued as 1" in result.detail
    assert kept.mail_from == MAILBOX.address
    assert kept.rcpt_tos == [WANG.email]
    assert kept.content == mail().text


def test_lines_that_begin_with_a_dot_arrive_whole():
    dotted = replace(mail(), text=b"Subject: x\r\n\r\n.\r\n..\r\n.x\r\nend")
    with smtp_server() as server, server.connect() as client:
        assert hand_over(client, dotted).state == "sent"
        (kept,) = server.kept
    assert kept.content.endswith(b"\r\n\r\n.\r\n..\r\n.x\r\nend\r\n")


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
@pytest.mark.parametrize(
    ("reply", "state"),
    [
        ("421 4.3.2 shutting down", "deferred"),
        ("450 4.2.1 mailbox busy", "deferred"),
        ("451 4.7.1 greylisted, try again", "deferred"),
        ("452 4.2.2 mailbox full", "deferred"),
        ("530 5.7.0 authentication required", "deferred"),
        ("550 5.1.1 no such user", "refused"),
        ("552 5.3.4 message too big", "refused"),
        ("554 5.7.1 rejected as spam", "refused"),
    ],
)
def test_a_refusal_is_for_now_or_for_good(stage, reply, state):
    result = outcome(Answers(**{stage: reply}))
    assert result.state == state
    assert reply in result.detail


def test_a_refused_recipient_is_named():
    result = outcome(Answers(rcpt="550 5.1.1 no such user"))
    assert WANG.email in result.detail


def test_one_of_two_recipients_is_enough():
    answers = Answers(rcpt="550 5.1.1 no such user", refused=(OTHER,))
    result = outcome(answers, to=BOTH)
    assert result.state == "sent"
    assert OTHER in result.detail
    assert answers.kept[0].rcpt_tos == [WANG.email]


def test_all_recipients_refused_for_good_is_refused():
    result = outcome(Answers(rcpt="550 5.1.1 no such user"), to=BOTH)
    assert result.state == "refused"
    assert WANG.email in result.detail
    assert OTHER in result.detail


@pytest.mark.parametrize("reply", ["421 4.3.2 not now", "554 5.7.1 you are not welcome"])
def test_trouble_with_the_greeting_is_for_now(reply):
    assert outcome(Answers(ehlo=reply)).state == "deferred"


@pytest.mark.parametrize("stage", ["EHLO", "MAIL", "RCPT"])
def test_a_line_that_breaks_before_the_text_flows_is_for_now(stage):
    assert outcome(Answers(drop_at=stage)).state == "deferred"


def test_a_line_that_breaks_after_the_text_has_begun_leaves_it_open():
    answers = Answers(drop_at="DATA")
    result = outcome(answers)
    assert result.state == "unknown"
    assert len(answers.kept) == 1  # the server had it all the same


def test_a_client_that_is_not_connected_is_for_now():
    with smtp_server() as server:
        client = server.connect()
        client.quit()
    assert hand_over(client, mail()).state == "deferred"


def test_a_connection_serves_the_next_mail_after_a_refusal():
    answers = Answers(rcpt="550 5.1.1 no such user", refused=(WANG.email,))
    with smtp_server(answers) as server, server.connect() as client:
        assert hand_over(client, mail()).state == "refused"
        elsewhere = mail(to=(OTHER,))
        assert hand_over(client, elsewhere).state == "sent"
        assert hand_over(client, elsewhere).state == "sent"


def test_what_is_sent_can_be_read_again():
    with smtp_server() as server, server.connect() as client:
        hand_over(client, mail())
        (kept,) = server.kept
    received = read_message(kept.content, mailbox=MAILBOX.address)
    assert received.subject == LETTERS["opening"].subject
    assert received.attachments == LETTERS["opening"].attachments
    assert TOKEN.encode() in kept.content
