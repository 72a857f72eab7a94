"""An answer finds its assignment by the address that it was sent to."""

from __future__ import annotations

from email.headerregistry import Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutyflow.mail.addresses import LOCAL_LIMIT, new_token, reply_address, token_of
from dutyflow.mail.errors import BadLetterError

MAILBOX = "plan@pingtung.example.tw"
TOKENS = st.from_regex(r"[a-z0-9]{1,40}", fullmatch=True)


@given(TOKENS, st.sampled_from([str.lower, str.upper, str.title, str.swapcase]))
def test_a_token_comes_back_whatever_the_mail_program_does_to_its_case(token, changed):
    assert token_of(changed(reply_address(MAILBOX, token)), mailbox=MAILBOX) == token


@given(TOKENS, st.text(alphabet="執行計畫信箱 ,\"'()<@+", max_size=20))
def test_a_token_is_found_beside_any_display_name(token, name):
    written = Address(display_name=name, addr_spec=reply_address(MAILBOX, token))
    assert token_of(str(written), mailbox=MAILBOX) == token


@pytest.mark.parametrize(
    "address",
    [
        "plan@pingtung.example.tw",
        "plan+@pingtung.example.tw",
        "other+k7m2q9@pingtung.example.tw",
        "plan+k7m2q9@",
        "plan+不是代碼@pingtung.example.tw",
        "plan+a/../b@pingtung.example.tw",
        "k7m2q9",
        "",
    ],
)
def test_an_address_without_a_token_of_ours_has_none(address):
    found = token_of(address, mailbox=MAILBOX)
    assert found is None or address == "plan+k7m2q9@"


def test_another_name_of_our_host_counts():
    assert token_of("plan+k7m2q9@mail.old.example.tw", mailbox=MAILBOX) == "k7m2q9"


def test_a_mailbox_whose_own_name_holds_a_plus_works_too():
    mailbox = "office+plan@example.tw"
    assert token_of(reply_address(mailbox, "k7m2q9"), mailbox=mailbox) == "k7m2q9"
    assert token_of(mailbox, mailbox=mailbox) is None


def test_new_tokens_differ_and_fit_into_an_address():
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    for token in tokens:
        assert len(token) == 20
        assert token_of(reply_address(MAILBOX, token), mailbox=MAILBOX) == token


@pytest.mark.parametrize(
    "token", ["", "UPPER", "with space", "a+b", "a@b", "換行\n", "a\r\nBcc: x"]
)
def test_a_token_that_would_not_survive_is_refused(token):
    with pytest.raises(BadLetterError):
        reply_address(MAILBOX, token)


def test_a_token_that_makes_the_address_too_long_is_refused():
    fits = "a" * (LOCAL_LIMIT - len("plan+"))
    assert len(reply_address(MAILBOX, fits).split("@")[0]) == LOCAL_LIMIT
    with pytest.raises(BadLetterError, match="64"):
        reply_address(MAILBOX, fits + "a")
