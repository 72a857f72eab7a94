"""Signed values and form tokens: only what we signed, for this purpose, in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from dutyflow.web.security.form_tokens import AgingFormTokens, SessionFormTokens, StaleForm
from dutyflow.web.security.signing import LONGEST, Salt, SignedValues

SECRET = b"a secret of thirty-two characters"
NOW = datetime(2018, 6, 15, 0, 30, tzinfo=UTC)


def test_what_was_signed_is_read_back() -> None:
    values = SignedValues(SECRET, Salt.SECTION_SESSION)
    assert values.read(values.sign({"email": "陳@example.tw"})) == {"email": "陳@example.tw"}


@pytest.mark.parametrize("salt", [each for each in Salt if each is not Salt.SECTION_SESSION])
def test_what_was_signed_for_one_thing_is_good_for_no_other(salt: Salt) -> None:
    signed = SignedValues(SECRET, Salt.SECTION_SESSION).sign("x")
    assert SignedValues(SECRET, salt).read(signed) is None


@pytest.mark.parametrize("forged", ["", "x", "a.b.c", "✓", ".eJw.x.y", "x" * (LONGEST + 1)])
def test_what_was_not_signed_is_nothing(forged: str) -> None:
    assert SignedValues(SECRET, Salt.SECTION_SESSION).read(forged) is None
    aging = SignedValues(SECRET, Salt.SECTION_SESSION, max_age=timedelta(days=1))
    assert aging.read(forged) is None
    other = SignedValues(b"another secret, as long as the first", Salt.SECTION_SESSION)
    assert SignedValues(SECRET, Salt.SECTION_SESSION).read(other.sign("x")) is None


@pytest.mark.parametrize(
    "tokens",
    [
        SessionFormTokens(SECRET, Salt.SECTION_FORM),
        AgingFormTokens(SECRET, Salt.COORDINATOR_FORM, max_age=timedelta(hours=12)),
    ],
    ids=lambda each: type(each).__name__,
)
def test_a_token_is_for_one_holder(tokens: SessionFormTokens | AgingFormTokens) -> None:
    tokens.check(tokens.issue("one"), "one")
    for token in (tokens.issue("other"), "", "x", "✓", tokens.issue("one") + "x"):
        with pytest.raises(StaleForm):
            tokens.check(token, "one")


def test_an_aging_token_is_refused_in_the_end() -> None:
    tokens = AgingFormTokens(SECRET, Salt.COORDINATOR_FORM, max_age=timedelta(hours=12))
    with time_machine.travel(NOW, tick=False):
        token = tokens.issue("one")
    with time_machine.travel(NOW + timedelta(hours=12), tick=False):
        tokens.check(token, "one")
    late = time_machine.travel(NOW + timedelta(hours=12, seconds=1), tick=False)
    with late, pytest.raises(StaleForm):
        tokens.check(token, "one")
