"""Whose something probably is, decided from what it says of itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutyflow.services.coordinator.guess import Candidate, Traits, guess_whose

DUE = datetime(2018, 7, 4, 16, tzinfo=UTC)
DESIGN = Candidate(
    key="pingtung/self_assessment/107H1/design",
    section="design",
    section_name="設計組",
    duty="半年自行考核",
    period="107年上半年",
    cycle="107H1",
    waits=True,
    until=DUE,
)
BILLING = replace(
    DESIGN,
    key="pingtung/self_assessment/107H1/billing",
    section="billing",
    section_name="電費組",
)
SURVEY = replace(
    DESIGN, key="pingtung/survey/107/design", duty="滿意度調查", period="107年", cycle="107"
)
EVERY = (DESIGN, BILLING, SURVEY)


@pytest.mark.parametrize(
    ("traits", "key", "why"),
    [
        (Traits(sections=["billing"]), BILLING.key, "寄件人是電費組的人"),
        (Traits(subject="設計組的表"), DESIGN.key, "主旨或檔名提到「設計組」"),
        (Traits(names=["電費組.xlsx"]), BILLING.key, "主旨或檔名提到「電費組」"),
        (
            Traits(sections=["design"], subject="滿意度 調查"),
            SURVEY.key,
            "寄件人是設計組的人；主旨或檔名提到「滿意度調查」",
        ),
        (
            Traits(sections=["billing"], stamped=[SURVEY.key]),
            SURVEY.key,
            "附檔是這一份的表單",
        ),
        (
            Traits(sections=["billing"], subject="Re: １０７Ｈ１ 設計組"),
            BILLING.key,
            "寄件人是電費組的人；主旨或檔名提到「107H1」",
        ),
    ],
)
def test_what_tells_most_is_believed(traits: Traits, key: str, why: str) -> None:
    guess = guess_whose(traits, EVERY)
    assert guess is not None
    assert (guess.key, guess.why) == (key, why)


@pytest.mark.parametrize("traits", [Traits(), Traits(subject="107年上半年 半年自行考核 107H1")])
def test_where_nothing_names_a_section_nothing_is_guessed(traits: Traits) -> None:
    assert guess_whose(traits, EVERY) is None


def test_of_equals_the_one_that_still_waits_comes_first() -> None:
    answered = replace(DESIGN, key="a", waits=False, until=datetime(2018, 1, 1, tzinfo=UTC))
    guess = guess_whose(Traits(sections=["design"]), (answered, DESIGN))
    assert guess is not None
    assert guess.key == DESIGN.key


def test_of_equals_that_wait_the_one_that_is_due_first() -> None:
    sooner = replace(DESIGN, key="a", until=datetime(2018, 7, 1, tzinfo=UTC))
    guess = guess_whose(Traits(sections=["design"]), (DESIGN, sooner))
    assert guess is not None
    assert guess.key == "a"


words = st.sampled_from(["設計組", "電費組", "半年自行考核", "滿意度調查", "107H1", "x", ""])
traits = st.builds(
    Traits,
    sections=st.lists(st.sampled_from(["design", "billing", "elsewhere"]), max_size=2),
    subject=st.lists(words, max_size=3).map(" ".join),
    names=st.lists(words, max_size=2),
    stamped=st.lists(st.sampled_from([each.key for each in EVERY] + ["unknown"]), max_size=1),
)


@given(traits, st.permutations(EVERY))
def test_the_order_of_candidates_decides_nothing(traits: Traits, order: list[Candidate]) -> None:
    assert guess_whose(traits, order) == guess_whose(traits, EVERY)


@given(traits)
def test_a_stamp_of_a_candidate_is_always_believed(traits: Traits) -> None:
    known = [key for key in traits.stamped if key in {each.key for each in EVERY}]
    guess = guess_whose(traits, EVERY)
    if known:
        assert guess is not None
        assert guess.key == known[0]
