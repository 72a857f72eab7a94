"""What a section is told of what it sent: at once, once, and with what changed."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage

import pytest

from dutyflow.calendars.roc import TAIPEI
from tests.forms.samples import edited
from tests.services.intake.test_matching import address_of, send
from tests.support.scene import Scene, filled, form_in, good, later, text_of

CLOSED = datetime(2018, 7, 9, 9, 0, tzinfo=TAIPEI)


@pytest.fixture
def opened(office: Scene):
    cycle = office.open()
    return office, cycle.key, office.announce(cycle)


def test_a_resubmission_says_cell_by_cell_what_changed(opened) -> None:
    office, cycle, mails = opened
    letter = mails["design"]
    office.reply(letter, filled(form_in(letter)))
    office.take_in()
    first = office.ledger.submissions.of(f"{cycle}/design")[0].id
    office.now = later(office.now, hours=1)
    better = filled(
        form_in(letter),
        lambda n: {**good(n), "自評分數": 85, "佐證": "函"} if n == "1.2.2.8" else good(n),
    )
    office.reply(letter, better)

    (receipt,) = office.take_in()

    text = text_of(receipt)
    assert f"與 S{first:05} 相比，變更 2 格：" in text
    assert "1.2.2.8 自評分數：90 → 85" in text
    assert "1.2.2.8 佐證：（樣本）紀錄 → 函" in text


def test_the_same_once_more_is_told_when_it_came_first(opened) -> None:
    office, cycle, mails = opened
    letter = mails["design"]
    form = filled(form_in(letter))
    office.reply(letter, form)
    office.take_in()
    (first,) = office.ledger.submissions.of(f"{cycle}/design")
    office.now = later(office.now, days=1)
    office.reply(letter, form)

    (receipt,) = office.take_in()

    assert (
        f"先前已收到：107年上半年 半年自行考核（設計組），編號 S{first.id:05}" in receipt["Subject"]
    )
    assert "已於 107年6月15日（五）08:30 收到同一份" in text_of(receipt)
    assert len(office.ledger.submissions.of(f"{cycle}/design")) == 1


def test_one_message_that_is_delivered_twice_is_answered_once(opened) -> None:
    office, cycle, mails = opened
    letter = mails["design"]
    raw = office.reply(letter, filled(form_in(letter)))
    office.put(b"Received: by another way\n" + raw)
    assert len(office.take_in()) == 1
    assert len(office.ledger.submissions.of(f"{cycle}/design")) == 1


def test_what_is_odd_is_told_kindly_and_kept(opened) -> None:
    office, cycle, mails = opened
    letter = mails["design"]
    pasted = {"執行情形": "依計畫辦理", "自評分數": 90}
    office.reply(letter, filled(form_in(letter), lambda n: pasted))

    (receipt,) = office.take_in()

    assert "已收到" in receipt["Subject"]
    text = text_of(receipt)
    assert "已照您填的收下，不必為此重寄" in text
    assert "「執行情形」各列文字相同" in text
    assert "「佐證」未填" in text
    (kept,) = office.ledger.submissions.of(f"{cycle}/design")
    assert [doubt["kind"] for doubt in kept.doubts] == ["pasted", "blank"]


def test_last_cycles_answers_are_what_it_is_compared_with(office: Scene) -> None:
    first = office.open()
    letter = office.announce(first)["design"]
    office.reply(letter, filled(form_in(letter)))
    office.take_in()
    office.now = datetime(2018, 12, 17, 8, 30, tzinfo=TAIPEI)
    letter = office.announce(office.open("107H2"))["design"]
    office.reply(letter, filled(form_in(letter), lambda n: {**good(n), "自評分數": 40}))
    (receipt,) = office.take_in()
    assert "「執行情形」文字與上一期相同" in text_of(receipt)
    assert "「自評分數」與上一期相差 20 分以上" in text_of(receipt)
    assert "（90 → 40）" in text_of(receipt)


def test_what_comes_after_the_end_is_kept_shown_and_not_mixed_in(opened) -> None:
    office, cycle, mails = opened
    office.answer_all(mails, but=("design",))
    office.now = CLOSED
    office.wait(f"{cycle}/design")
    record = office.assemble(office.ledger.cycles.get(cycle))
    office.ledger.cycles.close(cycle, now=CLOSED, who="dutyflow", why="")
    office.reply(mails["design"], filled(form_in(mails["design"])))

    (receipt,) = office.take_in()

    assert "逾期送達" in receipt["Subject"]
    assert "這一期已經結案，是否重新彙整由計畫承辦人決定" in text_of(receipt)
    assert office.ledger.reports.latest(cycle).version == record.version
    assert office.ledger.assignments.get(f"{cycle}/design").on_time is False
    again = office.assemble(office.ledger.cycles.get(cycle))
    assert again.version == record.version + 1, "only a re-run takes it in"


def test_a_robot_that_answers_everything_hears_from_us_once(opened) -> None:
    """It does not say that it is one, and never says the same under the same subject."""
    office, cycle, mails = opened
    letter = mails["design"]
    robot = address_of(letter)
    answers = []
    mail = letter
    for number in range(4):
        send(
            office,
            None,
            to=address_of(mail, "Reply-To"),
            sender=robot,
            Subject=f"您的來信已收悉，案號 {number}",
            In_Reply_To=mail["Message-ID"],
        )
        answered = office.take_in()
        answers += answered
        mail = answered[0] if answered else mail
    assert len(answers) == 1
    assert len(office.ledger.submissions.of(f"{cycle}/design")) == 4, "each is kept"


def echoed(office: Scene, mail: EmailMessage, change=lambda form, number: form) -> list[str]:
    """A robot sends each form of ours back, and does not say that it is one; what it was told."""
    robot, told = address_of(mail), []
    for number in range(5):
        send(
            office,
            change(form_in(mail), number),
            to=address_of(mail, "Reply-To"),
            sender=robot,
            Subject=f"自動轉寄 {number}",
        )
        answered = office.take_in()
        told += [str(each["Subject"]) for each in answered]
        mail = answered[0] if answered else mail
    return told


def test_a_robot_that_sends_our_own_form_back_is_answered_once(opened) -> None:
    office, cycle, mails = opened
    (told,) = echoed(office, mails["design"])
    assert "寄回的表單沒有填寫" in told
    assert len(office.ledger.submissions.of(f"{cycle}/design")) == 2, "the blank and the marked one"


def test_a_gateway_that_writes_our_form_anew_is_not_answered_for_ever(opened) -> None:
    office, _, mails = opened
    told = echoed(office, mails["design"], lambda form, n: edited(form, lambda s: s.cell(1, 30, n)))
    assert [each.split(" ")[0] for each in told] == ["還需要修正", "仍須修正"]


def test_a_person_who_attaches_the_form_unsaved_is_told_so_and_then_what_is_wrong(opened) -> None:
    office, _, mails = opened
    letter = mails["design"]
    office.reply(letter, form_in(letter))
    (told,) = office.take_in()
    assert "填寫後沒有存檔" in text_of(told)
    office.now = later(office.now, minutes=9)
    wrong = filled(form_in(told), lambda n: {**good(n), "自評分數": 101})
    office.reply(letter, wrong)
    (problems,) = office.take_in()
    assert "101" in text_of(problems)
    office.now = later(office.now, minutes=9)
    office.reply(letter, wrong)
    (again,) = office.take_in()
    assert str(again["Subject"]).startswith("仍須修正"), "the same mistakes are told once more"
    office.now = later(office.now, minutes=9)
    office.reply(letter, wrong)
    assert office.take_in() == []


def test_the_same_file_is_confirmed_once_more_and_then_no_more(opened) -> None:
    office, cycle, mails = opened
    letter = mails["design"]
    form = filled(form_in(letter))
    told = []
    for _ in range(4):
        office.reply(letter, form)
        told += [str(each["Subject"])[:4] for each in office.take_in()]
        office.now = later(office.now, days=1)
    assert told == ["已收到：", "先前已收"]
    assert len(office.ledger.submissions.of(f"{cycle}/design")) == 1


def test_each_time_that_an_earlier_file_counts_again_is_told(opened) -> None:
    office, _, mails = opened
    letter = mails["design"]
    first = filled(form_in(letter))
    second = filled(form_in(letter), lambda n: {**good(n), "自評分數": 80})
    told = []
    for form in (first, second, first, second, first):
        office.now = later(office.now, minutes=9)
        office.reply(letter, form)
        (answer,) = office.take_in()
        told.append("現在起以這一份為準" in text_of(answer))
    assert told == [False, False, True, True, True]


def test_a_robot_of_who_decides_is_told_once_how_to_decide(opened) -> None:
    office, _, mails = opened
    office.write(mails["design"], "展期 107/7/6 原因：資料尚未彙齊")
    asked, _ = office.take_in()
    told = []
    for number in range(3):
        office.write(asked, f"您的來信已收悉，案號 {number}")
        told += office.take_in()
    assert len(told) == 1
    assert "同意" in text_of(told[0])


def test_a_form_sent_to_the_wrong_place_again_and_again_is_told_once(opened) -> None:
    office, _, mails = opened
    other = office.announce(office.open(duty="web_accessibility"))["design"]
    told = []
    for _ in range(3):
        office.reply(mails["design"], form_in(other))
        office.now = later(office.now, minutes=1)
        told += office.take_in()
    assert [str(each["Subject"])[:6] for each in told] == ["有 1 個檔"]


def test_a_robot_that_has_nothing_to_report_is_told_no_more_than_twice(opened) -> None:
    office, cycle, mails = opened
    count = 0
    for _ in range(4):
        office.write(mails["design"], "無辦理事項")
        count += len(office.take_in())
    assert count == 2, "a receipt, and that it had come before"
    assert len(office.ledger.submissions.of(f"{cycle}/design")) == 1


def test_a_robot_that_asks_for_more_time_in_each_answer_asks_once(opened) -> None:
    office, cycle, mails = opened
    sent = []
    for _ in range(3):
        office.write(mails["design"], "展期 107/7/6 原因：資料尚未彙齊")
        sent += office.take_in()
    assert len(office.ledger.requests.of(f"{cycle}/design")) == 1
    assert len(sent) == 2, "who decides, and who asked, once each"
