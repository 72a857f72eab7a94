"""Whether a sender is who the header says, by what our own server found."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutyflow.mail.inbound.authentication import is_forged
from dutyflow.mail.inbound.message import ParsedMessage, read_message

OURS = ("mx.pingtung.example.tw",)
WANG = "wang@pingtung.example.tw"


def message(*results: str) -> ParsedMessage:
    fields = "".join(f"Authentication-Results: {each}\n" for each in results)
    raw = f"{fields}From: {WANG}\n\nhi\n".encode()
    return read_message(raw, mailbox="plan@pingtung.example.tw")


@pytest.mark.parametrize(
    ("result", "forged"),
    [
        ("mx.pingtung.example.tw; dmarc=fail header.from=pingtung.example.tw", True),
        ("MX.Pingtung.example.tw; spf=fail smtp.mailfrom=x@elsewhere.example.com", True),
        ("mx.pingtung.example.tw; dkim=fail header.d=pingtung.example.tw", True),
        ("mx.pingtung.example.tw; dmarc=pass header.from=pingtung.example.tw; spf=fail", False),
        (
            "mx.pingtung.example.tw; spf=fail smtp.mailfrom=list.example.com;"
            " dkim=pass header.d=pingtung.example.tw",
            False,
        ),
        (
            "mx.pingtung.example.tw; spf=fail smtp.mailfrom=pingtung.example.tw;"
            " dkim=pass header.d=attacker.example.com",
            True,
        ),
        ("mx.pingtung.example.tw; spf=softfail smtp.mailfrom=x@y.example", False),
        ("mx.pingtung.example.tw; none", False),
        ("elsewhere.example.com; dmarc=fail header.from=pingtung.example.tw", False),
        ("mx.pingtung.example.tw; spf=(((", False),
    ],
)
def test_what_our_own_server_found_decides(result: str, forged: bool) -> None:
    assert is_forged(message(result), trusted=OURS) is forged


def test_a_pass_that_a_stranger_wrote_does_not_outweigh_what_our_server_found() -> None:
    fields = (
        "mx.pingtung.example.tw; dmarc=fail header.from=pingtung.example.tw",
        "attacker.example.com; dmarc=pass header.from=pingtung.example.tw",
    )
    assert is_forged(message(*fields), trusted=OURS)


def test_several_findings_of_our_server_may_stand_in_fields_of_their_own() -> None:
    fields = (
        "mx.pingtung.example.tw; spf=fail smtp.mailfrom=relay.example.com",
        "mx.pingtung.example.tw; dkim=pass header.d=pingtung.example.tw",
    )
    assert not is_forged(message(*fields), trusted=OURS)


def test_where_no_server_is_trusted_nothing_is_claimed() -> None:
    result = "mx.pingtung.example.tw; dmarc=fail header.from=pingtung.example.tw"
    assert not is_forged(message(result), trusted=())


@given(st.text(max_size=200))
def test_nothing_that_a_stranger_writes_there_stops_us(noise: str) -> None:
    written = replace(message(), authentication=(f"mx.pingtung.example.tw; {noise}", noise))
    assert is_forged(written, trusted=OURS) in (True, False)
