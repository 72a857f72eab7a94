"""What counts as a file of a mail, and what does not: logos, wrappings, archives."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dutyflow.mail.attachment import Attachment
from dutyflow.mail.inbound.message import ParsedMessage, read_message
from dutyflow.mail.inbound.tnef import files_in
from dutyflow.mail.inbound.unpacking import unpacked
from tests.mail.samples import MAILBOX
from tests.support.winmail import winmail

NAME = "107年上半年自評表（許功蓋）.xlsx"
LOGO = b"\x89PNG\r\n\x1a\n logo"


def read(message: EmailMessage) -> ParsedMessage:
    return read_message(message.as_bytes(), mailbox=MAILBOX.address)


def mail(text: str = "如附件（樣本）。") -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = "wang@example.tw"
    message.set_content(text)
    return message


def with_html(picture: bytes, *, shown: bool) -> EmailMessage:
    """As Outlook sends it: a picture beside the page that shows it."""
    message = mail()
    source = "cid:logo@1" if shown else "https://example.tw/logo.png"
    message.add_alternative(f'<p>如附件</p><img src="{source}">', subtype="html")
    page = message.get_payload()[1]
    page.add_related(picture, "image", "png", cid="<logo@1>", filename="image001.png")
    return message


def names(message: ParsedMessage) -> list[str]:
    return [file.name for file in message.attachments]


def test_a_signatures_logo_is_no_file_of_anybodys():
    assert names(read(with_html(LOGO, shown=True))) == []


def test_a_photograph_within_the_text_and_a_picture_that_is_attached_are_files():
    photo = LOGO + b"\0" * 200_000
    assert names(read(with_html(photo, shown=True))) == ["image001.png"]
    assert names(read(with_html(LOGO, shown=False))) == ["image001.png"]
    phone = mail()
    phone.add_attachment(LOGO, "image", "png", filename="IMG_1.png", disposition="inline")
    assert names(read(phone)) == ["IMG_1.png"]


@pytest.mark.parametrize("long_names", [True, False])
def test_what_outlook_has_wrapped_up_is_unwrapped(long_names):
    message = mail()
    wrapped = winmail({NAME: b"PK\x03\x04 form", "照片.jpg": LOGO}, long_names=long_names)
    message.add_attachment(wrapped, "application", "ms-tnef", filename="winmail.dat")
    read_files = [(file.name, file.data) for file in read(message).attachments]
    assert read_files == [(NAME, b"PK\x03\x04 form"), ("照片.jpg", LOGO)]


def test_a_winmail_without_files_stays_what_it_is():
    message = mail()
    message.add_attachment(winmail({}), "application", "ms-tnef", filename="winmail.dat")
    assert names(read(message)) == ["winmail.dat"]


WRAPPED = winmail({NAME: b"PK\x03\x04 form", "照片.jpg": LOGO})


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_no_damage_to_a_winmail_makes_it_raise(data):
    damaged = bytearray(WRAPPED)
    for _ in range(data.draw(st.integers(0, 6))):
        damaged[data.draw(st.integers(4, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    files = files_in(bytes(damaged[: data.draw(st.integers(4, len(damaged)))]))
    assert sum(len(file.data) for file in files) <= len(WRAPPED)


def zipped(members: Mapping[str, bytes], *, charset: str = "") -> bytes:
    """A zip; with a charset, its names are written in it, as Windows does."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            written = name.encode(charset).decode("cp437") if charset else name
            member = _Raw(written) if charset else zipfile.ZipInfo(written)
            archive.writestr(member, content)
    return packed.getvalue()


class _Raw(zipfile.ZipInfo):
    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802  zipfile's name
        return self.filename.encode("cp437"), self.flag_bits


def opened(data: bytes) -> list[tuple[str, bytes, bool]]:
    files = unpacked([Attachment(name="填報.zip", content_type="application/zip", data=data)])
    return [(file.name, file.data, file.opened) for file in files]


@pytest.mark.parametrize("charset", ["", "cp950", "utf-8"])
def test_the_files_of_a_zip_stand_beside_it(charset):
    members = {f"資料夾/{NAME}": b"one", "照片.jpg": b"two", "__MACOSX/._照片.jpg": b"x"}
    data = zipped(members, charset=charset)
    assert opened(data) == [
        ("填報.zip", data, True),
        (NAME, b"one", False),
        ("照片.jpg", b"two", False),
    ]


def test_names_that_lead_elsewhere_lead_nowhere():
    files = opened(zipped({"../../etc/passwd": b"1", "C:\\x\\CON.txt": b"2", "/a\u202eb": b"3"}))
    assert [name for name, _, _ in files[1:]] == ["passwd", "_CON.txt", "ab"]


@pytest.mark.parametrize(
    "data",
    [
        zipped({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"}),
        zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}),
        zipped({"Index/Document.iwa": b"x"}),
        zipped({str(number): b"" for number in range(300)}),
        zipped({"zeros": b"\0" * (60 * 2**20)}),
        zipped({"a": b"x"})[:-30],
        b"PK\x03\x04" + b"\0" * 100,
    ],
    ids=["xlsx", "ods", "Numbers", "300 files", "a bomb", "cut off", "garbage"],
)
def test_what_is_no_plain_archive_or_harms_stays_closed(data):
    assert opened(data) == [("填報.zip", data, False)]


def test_an_archive_with_a_password_stays_closed():
    data = bytearray(zipped({"a.txt": b"x"}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    data[6] |= 1
    assert [name for name, _, _ in opened(bytes(data))] == ["填報.zip"]


def test_an_archive_within_an_archive_is_not_opened():
    inner = zipped({"x.txt": b"x"})
    assert opened(zipped({"inner.zip": inner}))[1:] == [("inner.zip", inner, False)]
