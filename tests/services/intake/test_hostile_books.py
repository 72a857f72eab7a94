"""What is built to wear us out, or hides something, is refused in words; the next has its turn."""

from __future__ import annotations

from tests.forms.test_unseen import (
    a_name_that_starts_a_program,
    an_object_that_says_it_is_a_picture,
    macros_by_another_name,
)
from tests.support.hostile_books import BOMBS, nested_bomb, overlapping
from tests.support.scene import Scene, filled, form_in, text_of

BOOKS = {
    **BOMBS,
    "zips within": nested_bomb,
    "members that overlap": overlapping,
    "macros by another name": macros_by_another_name,
    "an object for a picture": an_object_that_says_it_is_a_picture,
    "a name that starts a program": a_name_that_starts_a_program,
    "cut off": lambda: macros_by_another_name()[:-300],
    "nothing": lambda: b"",
    "no zip at all": lambda: b"PK\x03\x04" + b"\xff" * 1000,
}


def test_each_is_answered_and_the_next_has_its_turn(office: Scene) -> None:
    cycle = office.open()
    letter = office.announce(cycle)["design"]
    for name, made in BOOKS.items():
        office.reply(letter, made())
        answered = office.take_in()
        assert len(answered) == 1, name
        assert "修正" in answered[0]["Subject"], name
        assert "應為" in text_of(answered[0]), name
    office.reply(letter, filled(form_in(letter)))
    (receipt,) = office.take_in()
    assert "已收到" in receipt["Subject"]
    assert len(office.ledger.submissions.of(f"{cycle.key}/design")) >= len(BOOKS)


def test_a_robot_that_sends_something_else_each_time_is_not_answered_for_ever(
    office: Scene,
) -> None:
    letter = office.announce(office.open())["design"]
    count = 0
    for number in range(30):
        office.reply(letter, b"%PDF-1.7 a notice, no. " + str(number).encode())
        count += len(office.take_in())
    assert 1 <= count <= 20
