"""Mails that are built to wear us out: each is read or refused within bounds, in words."""

from __future__ import annotations

import pytest

from dutyflow.infra.sandbox import runner
from dutyflow.mail.errors import UnreadableMessage
from dutyflow.mail.inbound import message
from dutyflow.mail.inbound.message import read_letterhead, read_message
from tests.mail.samples import MAILBOX
from tests.support.hostile_mails import READ, REFUSED, envelope


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_in_words_and_who_wrote_is_known(name):
    data = REFUSED[name](envelope())
    with pytest.raises(UnreadableMessage, match="；應"):
        read_message(data, mailbox=MAILBOX.address)
    letterhead = read_letterhead(data, mailbox=MAILBOX.address)
    assert letterhead is not None
    assert letterhead.sender == "wang.business@pingtung.example.tw"
    assert letterhead.tokens == ("abcd2345",)
    assert letterhead.attachments == ()


@pytest.mark.parametrize("name", READ)
def test_it_is_read_within_the_limits_of_the_child(name):
    message = read_message(READ[name](envelope()), mailbox=MAILBOX.address)
    assert message.sender == "wang.business@pingtung.example.tw"
    assert len(message.text) <= 100_000


@pytest.mark.parametrize("name", READ)
def test_as_a_delivery_report_it_says_nothing(name):
    by_a_machine = b"Auto-Submitted: auto-generated\r\n" + READ[name](envelope())
    message = read_message(by_a_machine, mailbox=MAILBOX.address)
    assert message.automatic
    assert message.bounce is None


def test_what_takes_more_than_it_is_given_is_refused_and_the_next_is_read(monkeypatch):
    ordinary = envelope() + b"\r\ntext"
    heavy = envelope() + b"\r\n" + b"x" * (20 * 2**20)
    for given in (
        runner.Limits(seconds=0.01, memory=message.LIMITS.memory),
        runner.Limits(seconds=message.LIMITS.seconds, memory=60 * 2**20),
    ):
        with monkeypatch.context() as limited:
            limited.setattr(message, "LIMITS", given)
            with pytest.raises(UnreadableMessage, match="太大或太複雜"):
                read_message(heavy, mailbox=MAILBOX.address)
        assert read_message(ordinary, mailbox=MAILBOX.address).text == "text"
