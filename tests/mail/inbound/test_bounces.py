"""What mail servers say of a mail that they could not deliver."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutyflow.mail.inbound.bounces import Bounce
from dutyflow.mail.inbound.message import read_message
from tests.mail import reports
from tests.mail.reports import MAILBOX, OURS, WHO, plain, standard


def read(data: bytes) -> Bounce | None:
    return read_message(data, mailbox=MAILBOX).bounce


@pytest.mark.parametrize(
    ("name", "fate", "status"),
    [
        ("QMAIL", "failed", "5.1.1"),
        ("OFFICE_365", "failed", "5.1.10"),
        ("GMAIL", "failed", "5.1.1"),
        ("GMAIL_WORDS", "failed", "5.1.1"),
        ("CHINESE_WORDS", "failed", ""),
        ("EIGHT_BIT", "failed", "5.1.1"),
        ("FULL", "failed", "5.2.2"),
        ("EXPIRED", "expired", "4.4.7"),
        ("DELAYED", "delayed", "4.4.1"),
        ("DELAYED_WORDS", "delayed", ""),
    ],
)
def test_a_report_says_which_mail_whose_and_why(name, fate, status):
    bounce = read(getattr(reports, name))
    assert bounce is not None
    assert bounce.message_ids == (OURS,)
    (failure,) = bounce.failures
    assert (failure.recipient, failure.fate, failure.status) == (WHO, fate, status)
    assert failure.said
    assert read_message(getattr(reports, name), mailbox=MAILBOX).automatic


@pytest.mark.parametrize("name", ["POSTFIX_PLAIN", "EXCHANGE_OLD"])
def test_a_report_that_quotes_no_headers_names_the_address(name):
    bounce = read(getattr(reports, name))
    assert bounce is not None
    assert bounce.message_ids == ()
    assert [(each.recipient, each.fate, each.status) for each in bounce.failures] == [
        (WHO, "failed", "5.1.1")
    ]


def test_a_mail_that_is_too_big_is_not_the_addresss_fault():
    bounce = read(reports.TOO_BIG)
    assert bounce is not None
    (failure,) = bounce.failures
    assert failure.fate == "failed"
    assert not failure.blames_the_address


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_a_mail_that_arrived_did_not_come_back(action):
    assert read(standard(action=action, status="2.0.0", words="Your mail was delivered.")) is None


@pytest.mark.parametrize(
    "data",
    [
        plain("我請假至7月10日，無法立即回覆。", subject="自動回覆", sender="wang@example.tw"),
        plain(
            f"I could not be reached. Ask {WHO}; your mail was not delivered.",
            subject="Away",
            sender="li@example.tw",
        ),
        plain("Quarterly figures.", subject="News"),
        plain(f"{WHO} could not be delivered", sender="x@example.com", head="X-Nothing: 1"),
        b"",
        b"\x00\xff" * 40,
    ],
    ids=[
        "an absence note",
        "one that names a colleague",
        "a server's news",
        "a person's words",
        "nothing",
        "no mail",
    ],
)
def test_what_is_no_report_is_none(data):
    assert read(data) is None


def test_our_own_address_and_the_servers_are_nobody_who_failed():
    words = f"Delivery failed.\nFrom {MAILBOX} to nobody. Ask postmaster@mail.example.tw."
    assert read(plain(words)) is None


def test_who_is_to_be_asked_about_it_did_not_fail():
    words = f"Delivery failed.\n\n  <{WHO}>:\n  550 no such user\n\nQuestions? Ask help@example.tw."
    bounce = read(plain(words))
    assert bounce is not None
    assert [each.recipient for each in bounce.failures] == [WHO]


def test_the_message_within_what_is_returned_is_not_what_is_returned():
    inner = "Message-ID: <theirs@example.com>\nContent-Type: message/rfc822\n\n" + reports.RETURNED
    bounce = read(standard(returned=inner, returned_kind="message/rfc822"))
    assert bounce is not None
    assert bounce.message_ids == ("<theirs@example.com>",)


def test_an_address_of_a_network_is_no_status():
    bounce = read(plain(f"Delivery failed.\n<{WHO}>: host 4.5.6.7 said: 550 no such user"))
    assert bounce is not None
    assert (bounce.failures[0].fate, bounce.failures[0].status) == ("failed", "")


@given(
    st.lists(st.tuples(st.integers(0, len(reports.OFFICE_365)), st.binary(max_size=30)), max_size=6)
)
def test_a_damaged_report_is_read_or_left(damages):
    data = reports.OFFICE_365
    for place, junk in damages:
        data = data[:place] + junk + data[place:]
    bounce = read(data)
    assert bounce is None or all("\n" not in each.said for each in bounce.failures)


@pytest.mark.parametrize(
    "words",
    [
        "a" * 60_000 + "@",
        "a@" * 40_000,
        "a." * 40_000,
        "Message-ID: <" * 8_000,
        "-- " * 20_000,
        "5.1.1." * 10_000,
        "<" * 60_000,
        "\n" * 60_000,
    ],
)
def test_endless_repetition_is_read_to_an_end(words):
    read(plain(f"Delivery failed.\n{words}"))
    read(standard(words=words, recipient=words[:5000].replace("\n", ""), diagnostic="x"))
