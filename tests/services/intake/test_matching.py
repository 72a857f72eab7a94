"""Whose is a message? By token, by thread, by stamp, by sender and subject; and who sent it."""

from __future__ import annotations

from email.message import EmailMessage
from uuid import uuid4

import pytest

from dutyflow.infra.mime_types import XLSX
from tests.support.scene import OFFICE, Scene, filled, form_in, text_of

SECOND = "web_accessibility"


@pytest.fixture
def opened(office: Scene):
    """The office, the cycle's key, and the opening mails."""
    cycle = office.open()
    return office, cycle.key, office.announce(cycle)


def mailbox(office: Scene) -> str:
    return office.workspace.office(OFFICE).contacts.mailbox.address


def address_of(letter: EmailMessage, header: str = "To") -> str:
    return str(letter[header].addresses[0].addr_spec)


def send(office: Scene, workbook: bytes | None, *, to: str, sender: str, **headers: str) -> bytes:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    message["Message-ID"] = f"<{uuid4()}@example.tw>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content("如附件（樣本）。")
    if workbook is not None:
        maintype, _, subtype = XLSX.partition("/")
        message.add_attachment(workbook, maintype=maintype, subtype=subtype, filename="填報.xlsx")
    raw = message.as_bytes()
    office.put(raw)
    return raw


def without_stamp(form: bytes) -> bytes:
    """As one who copies the table into a new file sends it."""
    from io import BytesIO

    from openpyxl import load_workbook

    workbook = load_workbook(BytesIO(form))
    del workbook["_dutyflow"]
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


def test_a_reply_that_lost_the_plus_address_is_matched_by_the_mail_that_it_answers(opened) -> None:
    office, cycle, mails = opened
    letter = mails["design"]
    send(
        office,
        None,
        to=mailbox(office),
        sender=address_of(letter),
        Subject="Re: 有問題",
        In_Reply_To=letter["Message-ID"],
    )
    (answer,) = office.take_in()
    assert "來信沒有填報檔：107年上半年 半年自行考核（設計組）" in answer["Subject"]
    (kept,) = office.ledger.submissions.of(f"{cycle}/design")
    assert kept.matched_by == "所回覆的通知"


def test_so_is_one_in_a_forwarded_thread_by_its_references(opened) -> None:
    office, cycle, mails = opened
    letter = mails["design"]
    send(
        office,
        without_stamp(filled(form_in(letter))),
        to=mailbox(office),
        sender=address_of(letter),
        Subject="Fw: 代轉",
        In_Reply_To="<forwarded-by-somebody@example.tw>",
        References=f"{letter['Message-ID']} <forwarded-by-somebody@example.tw>",
    )
    (answer,) = office.take_in()
    assert "設計組" in answer["Subject"]
    assert "還需要修正" in answer["Subject"], "a form without its stamp is told of that"
    assert office.state(f"{cycle}/design") == "submitted"


@pytest.mark.parametrize("named", ["In_Reply_To", "References"])
def test_or_by_the_root_of_the_thread_where_no_mail_of_ours_is_named(opened, named: str) -> None:
    office, cycle, mails = opened
    root = mails["design"]["References"]
    assert "<thread-" in root
    headers = {"In_Reply_To": "<from-another-program@example.tw>", named: root}
    send(
        office,
        None,
        to=mailbox(office),
        sender=address_of(mails["design"]),
        Subject="Re: 有問題",
        **headers,
    )
    (answer,) = office.take_in()
    assert "（設計組）" in answer["Subject"]
    (kept,) = office.ledger.submissions.of(f"{cycle}/design")
    assert kept.matched_by == "所回覆的通知"


def test_a_root_of_nothing_that_we_know_tells_nothing(opened) -> None:
    office, _, mails = opened
    send(
        office,
        None,
        to=mailbox(office),
        sender=address_of(mails["design"]),
        Subject="Re: 有問題",
        References="<thread-0123456789abcdef0123456789abcdef@pingtung.example.tw>",
    )
    (answer,) = office.take_in()
    assert "無法判斷" in answer["Subject"]


def test_the_last_clue_is_who_writes_under_which_subject(opened) -> None:
    office, cycle, mails = opened
    send(
        office,
        without_stamp(filled(form_in(mails["design"]))),
        to=mailbox(office),
        sender=address_of(mails["design"]),
        Subject="１０７年上半年　半年自行考核 填報",
    )
    (answer,) = office.take_in()
    assert "設計組" in answer["Subject"]
    (kept,) = office.ledger.submissions.of(f"{cycle}/design")
    assert kept.matched_by == "寄件人與主旨"


def test_a_subject_that_names_no_single_one_is_no_clue(opened) -> None:
    office, _, mails = opened
    send(office, None, to=mailbox(office), sender=address_of(mails["design"]), Subject="填報")
    (answer,) = office.take_in()
    assert "無法判斷" in answer["Subject"]


def test_an_address_and_a_thread_that_disagree_wait_for_a_person(opened) -> None:
    office, cycle, mails = opened
    other = office.announce(office.open(duty=SECOND))["design"]
    send(
        office,
        filled(form_in(mails["design"])),
        to=address_of(mails["design"], "Reply-To"),
        sender=address_of(mails["design"]),
        Subject="Re: 填報",
        In_Reply_To=other["Message-ID"],
    )
    (answer,) = office.take_in()
    assert "回覆的卻是「107年上半年 網站無障礙檢測與標章（設計組）」" in text_of(answer)
    (kept,) = office.ledger.submissions.quarantined()
    assert kept.suggested == f"{cycle}/design"
    assert office.state(f"{cycle}/design") == "open"


def test_somebody_of_another_section_waits_for_a_person(opened) -> None:
    office, cycle, mails = opened
    letter = mails["design"]
    send(
        office,
        filled(form_in(letter)),
        to=address_of(letter, "Reply-To"),
        sender=address_of(mails["billing"]),
        Subject=f"Re: {letter['Subject']}",
    )
    (answer,) = office.take_in()
    assert "寄件人是電費組的人" in text_of(answer)
    assert office.state(f"{cycle}/design") == "open"


def test_a_subject_of_another_period_waits_for_a_person(opened) -> None:
    office, cycle, mails = opened
    office.announce(office.open(duty=SECOND))
    send(
        office,
        filled(form_in(mails["design"])),
        to=address_of(mails["design"], "Reply-To"),
        sender=address_of(mails["design"]),
        Subject="107年上半年 網站無障礙檢測與標章",
    )
    (answer,) = office.take_in()
    assert "主旨是「107年上半年 網站無障礙檢測與標章（設計組）」" in text_of(answer)
    assert office.state(f"{cycle}/design") == "open"


@pytest.mark.parametrize(
    ("who", "role"),
    [("deputies", "代理人"), ("head", "組長"), ("coordinator", "計畫承辦人")],
)
def test_who_sent_it_in_which_role_is_on_record_and_in_the_receipt(opened, who, role) -> None:
    office, cycle, mails = opened
    contacts = office.workspace.office(OFFICE).contacts
    people = contacts.sections["design"]
    chosen = {
        "deputies": people.deputies[0],
        "head": people.head,
        "coordinator": contacts.coordinator,
    }[who]
    letter = mails["design"]
    send(
        office,
        filled(form_in(letter)),
        to=address_of(letter, "Reply-To"),
        sender=chosen.email,
        Subject=f"Re: {letter['Subject']}",
    )
    (receipt,) = office.take_in()
    assert f"寄件人：{chosen.email}（{role}）" in text_of(receipt)
    (kept,) = office.ledger.submissions.of(f"{cycle}/design")
    assert (kept.role, kept.matched_by) == (role, "收件地址的代碼")


def with_contacts(office: Scene, **mailbox_or_section) -> None:
    """The same contacts, with what an office has noted besides."""
    plan = office.workspace.office(OFFICE)
    contacts = plan.contacts
    mail = contacts.mailbox.model_copy(update=mailbox_or_section.get("mailbox", {}))
    design = contacts.sections["design"].model_copy(update=mailbox_or_section.get("design", {}))
    noted = contacts.model_copy(
        update={"mailbox": mail, "sections": {**contacts.sections, "design": design}}
    )
    from dataclasses import replace

    office.workspace.offices[OFFICE] = replace(plan, contacts=noted)


def test_another_mailbox_of_the_section_is_known_by_its_domain(opened) -> None:
    office, cycle, mails = opened
    with_contacts(office, design={"domains": ("design.example.tw",)})
    letter = mails["design"]
    send(
        office,
        filled(form_in(letter)),
        to=address_of(letter, "Reply-To"),
        sender="counter@design.example.tw",
        Subject="Re: 填報",
    )
    (receipt,) = office.take_in()
    assert "counter@design.example.tw（同組室其他信箱）" in text_of(receipt)
    assert office.state(f"{cycle}/design") == "accepted"


def test_what_our_own_server_found_forged_is_neither_counted_nor_answered(opened) -> None:
    office, cycle, mails = opened
    with_contacts(office, mailbox={"authserv_ids": ("mx.pingtung.example.tw",)})
    letter = mails["design"]
    found = "mx.pingtung.example.tw; dmarc=fail header.from=pingtung.example.tw"
    office.reply(letter, filled(form_in(letter)), Authentication_Results=found)
    assert office.take_in() == []
    (kept,) = office.ledger.submissions.quarantined()
    assert kept.reason == "寄件人身分驗證未過"
    assert kept.suggested == f"{cycle}/design"
    assert office.state(f"{cycle}/design") == "open"


def test_several_workbooks_for_one_assignment_are_one_answer(opened) -> None:
    office, cycle, mails = opened
    letter = mails["design"]
    message = EmailMessage()
    message["From"], message["To"] = address_of(letter), address_of(letter, "Reply-To")
    message["Subject"], message["Message-ID"] = "Re: 填報", f"<{uuid4()}@example.tw>"
    message.set_content("如附件")
    maintype, _, subtype = XLSX.partition("/")
    for name, data in (("空白.xlsx", form_in(letter)), ("填好.xlsx", filled(form_in(letter)))):
        message.add_attachment(data, maintype=maintype, subtype=subtype, filename=name)
    office.put(message.as_bytes())

    (receipt,) = office.take_in()

    assert "已收到" in receipt["Subject"]
    (kept,) = office.ledger.submissions.of(f"{cycle}/design")
    assert len(kept.files) == 2
