"""One half-year, from the opening mail to the delivered report and its amendment."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO

from openpyxl import load_workbook

from dutyflow.calendars.roc import TAIPEI
from dutyflow.services.cycles import collection
from dutyflow.services.reporting import delivery, review
from tests.support.scene import Scene, filled, form_in, good, later, parsed, text_of

AFTER_CUT_OFF = datetime(2018, 7, 5, 9, 0, tzinfo=TAIPEI)


def cells_of(scene: Scene, record) -> str:
    workbook = load_workbook(BytesIO(scene.workspace.store.get(record.files[0].blob)))
    return "\n".join(
        str(cell) for sheet in workbook for row in sheet.values for cell in row if cell
    )


def test_each_section_is_told_once_with_its_form_and_its_deadline(office: Scene) -> None:
    cycle = office.open()
    mails = office.announce(cycle)

    assert set(mails) == {"business", "general_affairs", "design", "billing", "human_resources"}
    text = text_of(mails["business"])
    assert "107年7月4日（三）" in text
    assert "還有 12 個工作天" in text
    assert "82" in text
    assert form_in(mails["business"])
    local = mails["business"]["Reply-To"].addresses[0].username
    assert len(local) <= 64
    assert local == local.lower()

    from dutyflow.services.reminders import opening_mail

    opening_mail.announce(office.workspace, f"{cycle.key}/business", now=office.now)
    assert office.new_mails() == []


def test_an_answer_is_accepted_and_receipted(office: Scene) -> None:
    cycle = office.open()
    mails = office.announce(cycle)
    office.reply(mails["design"], filled(form_in(mails["design"])))

    (receipt,) = office.take_in()

    assert office.wait(f"{cycle.key}/design") == "accepted"
    assert "已收到" in receipt["Subject"]
    assert "29" in text_of(receipt)
    assert receipt["Auto-Submitted"] == "auto-replied"


def test_mistakes_are_named_by_cell_and_a_better_one_replaces_it(office: Scene) -> None:
    cycle = office.open()
    mails = office.announce(cycle)
    key = f"{cycle.key}/billing"
    wrong = iter([101, "九十"])
    office.reply(
        mails["billing"],
        filled(form_in(mails["billing"]), lambda n: {**good(n), "自評分數": next(wrong, 90)}),
    )

    (problems,) = office.take_in()

    text = text_of(problems)
    assert "101" in text
    assert "九十" in text
    assert "自評表" in text
    assert office.state(key) == "submitted"
    office.reply(problems, filled(form_in(problems)))
    (receipt,) = office.take_in()
    assert "已收到" in receipt["Subject"]
    first, second = office.ledger.submissions.of(key)
    assert (first.verdict, second.verdict) == ("rejected", "accepted")
    assert all(office.workspace.store.has(s.raw_blob) for s in (first, second))


def test_the_late_one_is_marked_then_collected_again_as_version_2(office: Scene) -> None:
    cycle = office.open()
    mails = office.announce(cycle)
    office.answer_all(mails, but=("human_resources",))
    late = f"{cycle.key}/human_resources"
    assert office.wait(late) == "waiting"

    office.now = AFTER_CUT_OFF
    assert office.wait(late) == "late"
    first = office.assemble(cycle)
    assert first.version == 1
    assert "逾期未報" in cells_of(office, first)

    office.reply(mails["human_resources"], filled(form_in(mails["human_resources"])))
    (receipt,) = office.take_in()
    assert "逾期" in receipt["Subject"]
    assert collection.start(office.workspace, late, office.now) == "accepted"
    assert office.ledger.assignments.get(late).on_time is False

    second = office.assemble(cycle)
    assert second.version == 2
    assert "逾期未報" not in {*cells_of(office, second).splitlines()}
    assert "人資組" in "".join(second.content["changes"])
    assert office.assemble(cycle).version == 2, "nothing new makes no new version"

    delivery.deliver(office.workspace, cycle.key, now=office.now)
    delivery.deliver(office.workspace, cycle.key, now=office.now)
    (delivered,) = office.new_mails()
    assert "第 2 版" in delivered["Subject"]
    assert form_in(delivered) == office.workspace.store.get(second.files[0].blob)


def test_a_late_one_that_still_does_not_answer_waits_until_a_new_cut_off(office: Scene) -> None:
    cycle = office.open()
    key = f"{cycle.key}/business"
    office.now = AFTER_CUT_OFF
    assert office.wait(key) == "late"

    assert collection.start(office.workspace, key, office.now) == "waiting"

    until = office.ledger.assignments.get(key).collect_by
    assert until == datetime(2018, 7, 11, tzinfo=TAIPEI), "3 working days: 6, 9, 10 July"
    office.now = until
    assert office.wait(key) == "late"


def test_what_came_before_the_cut_off_is_on_time_however_late_it_is_read(office: Scene) -> None:
    cycle = office.open()
    mails = office.announce(cycle)
    key = f"{cycle.key}/design"
    office.now = datetime(2018, 7, 4, 23, 59, tzinfo=TAIPEI)
    office.reply(mails["design"], filled(form_in(mails["design"])))

    office.now = AFTER_CUT_OFF
    assert office.wait(key) == "late"
    (receipt,) = office.take_in()

    assert office.ledger.assignments.get(key).on_time is True
    assert "逾期" not in receipt["Subject"]


def test_a_returned_section_is_told_why_and_answers_again(office: Scene) -> None:
    cycle = office.open()
    mails = office.announce(cycle)
    office.answer_all(mails)
    office.assemble(cycle)
    key = f"{cycle.key}/design"

    review.decide(
        office.workspace,
        cycle.key,
        decision="returned",
        sections=["設計組"],
        note="請補 1.2.2.8 的標章文號",
        who="王承辦（樣本）",
        now=office.now,
    )
    assert review.tell_returned(office.workspace, cycle.key, now=office.now) == [key]

    (mail,) = office.new_mails()
    assert "請補 1.2.2.8 的標章文號" in text_of(mail)
    assert office.wait(key) == "waiting"
    same = form_in(mail)
    office.reply(mail, filled(same, lambda n: {}))
    office.take_in()
    office.now = later(office.now, minutes=5)
    better = filled(same, lambda n: {"自評分數": 70} if n == "1.2.2.8" else {})
    office.reply(mail, better)
    office.take_in()
    assert office.wait(key) == "accepted"
    second = office.assemble(cycle)
    assert second.version == 2
    assert any("70" in change for change in second.content["changes"])


def test_a_machine_is_never_answered(office: Scene) -> None:
    cycle = office.open()
    mails = office.announce(cycle)
    office.reply(mails["design"], filled(form_in(mails["design"])), Auto_Submitted="auto-replied")

    assert office.take_in() == []
    assert office.wait(f"{cycle.key}/design") == "waiting"
    assert office.ledger.submissions.quarantined() == (), "it waits for nobody"
    kept = office.ledger.submissions.get(1)
    assert (kept.verdict, kept.reason) == ("quarantined", "自動回覆信，不計為填報")


def test_a_message_read_twice_is_counted_and_answered_once(office: Scene) -> None:
    cycle = office.open()
    mails = office.announce(cycle)
    raw = office.reply(mails["design"], filled(form_in(mails["design"])))
    assert len(office.take_in()) == 1

    office.put(raw)

    assert office.take_in() == []
    assert len(office.ledger.submissions.of(f"{cycle.key}/design")) == 1


def test_what_was_replaced_counts_again_when_it_is_sent_anew(office: Scene) -> None:
    cycle = office.open()
    mails = office.announce(cycle)
    key = f"{cycle.key}/design"
    first = filled(form_in(mails["design"]))
    second = filled(form_in(mails["design"]), lambda n: {**good(n), "自評分數": 60})
    for workbook in (first, second, first):
        office.now = later(office.now, minutes=5)
        office.reply(mails["design"], workbook)
        (receipt,) = office.take_in()
        assert "已收到" in receipt["Subject"]

    counted = office.ledger.submissions.accepted(cycle.key)[key]
    assert {answer["values"]["score"] for answer in counted.answers} == {90}


def test_another_sections_form_is_not_taken_for_this_ones(office: Scene) -> None:
    cycle = office.open()
    mails = office.announce(cycle)
    office.reply(mails["design"], filled(form_in(mails["billing"])))

    (answer,) = office.take_in()

    assert "不屬於：107年上半年 半年自行考核（設計組）" in answer["Subject"]
    assert "屬於：107年上半年 半年自行考核（電費組）" in text_of(answer)
    assert form_in(answer)
    assert office.state(f"{cycle.key}/design") == "open"
    (kept,) = office.ledger.submissions.quarantined()
    assert kept.suggested == f"{cycle.key}/billing"


def test_something_that_is_no_workbook_is_kept_and_answered(office: Scene) -> None:
    cycle = office.open()
    mails = office.announce(cycle)
    office.reply(mails["design"], b"%PDF-1.7 not a workbook")

    (answer,) = office.take_in()

    assert "PDF" in text_of(answer)
    (kept,) = office.ledger.submissions.of(f"{cycle.key}/design")
    assert office.workspace.store.get(kept.files[0].blob) == b"%PDF-1.7 not a workbook"


def test_unreadable_bytes_are_kept(office: Scene) -> None:
    office.put(b"\x00\xff" * 50)

    assert office.take_in() == []
    (kept,) = office.ledger.submissions.quarantined()
    assert office.workspace.store.get(kept.raw_blob) == b"\x00\xff" * 50


def test_a_stranger_is_not_answered_but_someone_we_know_is(office: Scene) -> None:
    stranger = (
        "From: x@elsewhere.example.com\nTo: plan+abcdefghijklmnopqrst@pingtung.example.tw\n\nhi"
    )
    known = office.workspace.office("pingtung").contacts.coordinator.email
    office.put(stranger.encode())
    office.put(stranger.replace("x@elsewhere.example.com", known).encode())

    (answer,) = office.take_in()

    assert answer["To"].addresses[0].addr_spec == known


def test_everything_that_happened_is_in_an_unbroken_record(office: Scene) -> None:
    cycle = office.open()
    office.answer_all(office.announce(cycle))
    office.assemble(cycle)

    said = [event.what for event in office.ledger.events.of(cycle.key)]

    assert said[0] == "開啟期別"
    assert said.count("寄出通知") == 6 + 5, "two owners in 業務組; one receipt each"
    assert said.count("受理") == 5
    assert "彙整" in said
    assert office.ledger.events.verify() is None


def test_the_mails_of_one_assignment_are_one_thread(office: Scene) -> None:
    mails = office.announce(office.open())
    office.reply(mails["design"], None)
    (answer,) = office.take_in()

    assert answer["References"].split()[0] == mails["design"]["References"].split()[0]
    assert parsed(answer.as_bytes())["Message-ID"] != mails["design"]["Message-ID"]
