"""What sections send beside the form, or instead of it, and what they are told."""

from __future__ import annotations

from collections.abc import Mapping
from email.message import EmailMessage

import pytest

from tests.support.archives import docx, zipped
from tests.support.scene import Scene, filled, form_in, good, text_of
from tests.support.winmail import winmail

PHOTO = b"\xff\xd8\xff\xe0\0\x10JFIF photo"


@pytest.fixture
def letter(office: Scene) -> EmailMessage:
    return office.announce(office.open())["design"]


def send(office: Scene, letter: EmailMessage, files: Mapping[str, bytes], text: str = "") -> None:
    message = EmailMessage()
    message["From"], message["To"] = letter["To"], letter["Reply-To"]
    message["Message-ID"] = "<people@example.tw>"
    message.set_content(text or "如附件（樣本）。")
    for name, data in files.items():
        message.add_attachment(data, "application", "octet-stream", filename=name)
    office.put(message.as_bytes())


def answer(office: Scene) -> tuple[str, str]:
    (mail,) = office.take_in()
    return str(mail["Subject"]), text_of(mail)


def files_of(office: Scene) -> list[str]:
    (kept,) = office.ledger.submissions.of("pingtung/self_assessment/107H1/design")
    return [file.name for file in kept.files]


def test_a_zip_of_the_form_and_a_photo(office: Scene, letter: EmailMessage) -> None:
    form = filled(form_in(letter))
    send(office, letter, {"填報.zip": zipped({"自評表.xlsx": form, "照片.jpg": PHOTO})})
    subject, _ = answer(office)
    assert subject.startswith("已收到")
    assert files_of(office) == ["填報.zip", "自評表.xlsx", "照片.jpg"]


def test_what_outlook_has_wrapped_up(office: Scene, letter: EmailMessage) -> None:
    send(office, letter, {"winmail.dat": winmail({"自評表.xlsx": filled(form_in(letter))})})
    subject, _ = answer(office)
    assert subject.startswith("已收到")


def test_evidence_beside_a_form_with_mistakes_is_not_taken_for_the_form(
    office: Scene, letter: EmailMessage
) -> None:
    form = filled(form_in(letter), lambda number: {**good(number), "自評分數": 101})
    minutes = filled(form_in(letter)).replace(b"xl/workbook.xml", b"xl/workbook_xml")
    send(office, letter, {"表.xlsx": form, "紀錄.docx": docx("<w:p/>"), "清單.xlsx": minutes})
    subject, text = answer(office)
    assert subject.startswith("還需要修正")
    assert "101" in text
    assert "ShortMail" not in text


def test_a_program_that_says_it_is_a_pdf_is_kept_apart_and_told(
    office: Scene, letter: EmailMessage
) -> None:
    program = b"MZ\x90\0"
    send(office, letter, {"表.xlsx": filled(form_in(letter)), "會議紀錄.pdf": program})
    subject, text = answer(office)
    assert subject.startswith("已收到")
    assert "沒有採計的檔案" in text
    assert "會議紀錄.pdf：這是程式檔；佐證請改附PDF、照片" in text
    assert files_of(office) == ["表.xlsx"]
    (apart,) = office.ledger.submissions.quarantined()
    assert "會議紀錄.pdf" in apart.reason
    assert office.workspace.store.get(apart.files[0].blob) == program


def test_a_scanned_form_is_evidence_and_no_answer(office: Scene, letter: EmailMessage) -> None:
    send(office, letter, {"自評表掃描.pdf": b"%PDF-1.7", "自評表.jpg": PHOTO})
    subject, text = answer(office)
    assert subject.startswith("來信沒有填報檔")
    assert "可以作為佐證，但系統無法讀取" in text
    assert files_of(office) == ["自評表掃描.pdf", "自評表.jpg"]


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        (
            "自評表.xls",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "Workbook".encode("utf-16-le"),
            "另存",
        ),
        ("自評表.csv", "編號,執行情形".encode("cp950"), "原信所附的表單"),
        ("自評表.numbers", zipped({"Index/Document.iwa": "x"}), "輸出至"),
    ],
    ids=["xls", "csv", "numbers"],
)
def test_other_programs_files_are_told_how(
    office: Scene, letter: EmailMessage, name: str, data: bytes, told: str
) -> None:
    send(office, letter, {name: data})
    _, text = answer(office)
    assert told in text


def test_words_alone_are_shown_to_the_coordinator(office: Scene, letter: EmailMessage) -> None:
    send(office, letter, {}, "各項均依規定辦理，詳如上期（樣本）。")
    subject, _ = answer(office)
    assert subject.startswith("來信沒有填報檔")
    (kept,) = office.ledger.submissions.of("pingtung/self_assessment/107H1/design")
    assert "寫的是「各項均依規定辦理，詳如上期（樣本）。」" in kept.reason


def test_more_files_than_anybody_needs_are_told(office: Scene, letter: EmailMessage) -> None:
    photos = {f"{number}.jpg": PHOTO for number in range(120)}
    send(office, letter, {"表.xlsx": filled(form_in(letter)), **photos})
    subject, text = answer(office)
    assert subject.startswith("已收到")
    assert "99.jpg：附件太多或太大" in text
    assert "另外 11 個檔案" in text


@pytest.mark.parametrize("first", ["program", "paper"])
def test_of_two_files_of_one_name_each_is_judged_by_itself(
    office: Scene, letter: EmailMessage, first: str
) -> None:
    both = {"program": ("甲/紀錄.pdf", b"MZ\x90"), "paper": ("乙/紀錄.pdf", b"%PDF-1.7")}
    order = dict([both.pop(first), *both.values()])
    send(office, letter, {"表.xlsx": filled(form_in(letter)), "佐證.zip": zipped(order)})
    subject, text = answer(office)
    assert subject.startswith("已收到")
    assert "紀錄.pdf：這是程式檔" in text
    assert files_of(office) == ["表.xlsx", "佐證.zip", "紀錄.pdf"]
    (kept,) = office.ledger.submissions.of("pingtung/self_assessment/107H1/design")
    assert office.workspace.store.get(kept.files[-1].blob) == b"%PDF-1.7"
