"""Reading what people's mail programs make of an answer, and what machines and strangers send."""

from __future__ import annotations

import base64
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dutyflow.infra.mime_types import XLSX
from dutyflow.mail.errors import UnreadableMessage
from dutyflow.mail.inbound import dissecting, limits
from dutyflow.mail.inbound.message import ParsedMessage, read_message
from dutyflow.mail.outbound.letter import compose
from dutyflow.plan.model import Person
from tests.mail.samples import LETTERS, MAILBOX, NOW, TOKEN

REPLY_TO = f"plan+{TOKEN}@pingtung.example.tw"
NAME = "107年上半年自評表（許功蓋）.xlsx"  # 許, 功 and 蓋 end in a backslash byte in Big5
DATA = b"PK\x03\x04" + bytes(range(256))


def read(data: bytes) -> ParsedMessage:
    return read_message(data, mailbox=MAILBOX.address)


def answer() -> EmailMessage:
    """An answer as a section sends it."""
    message = EmailMessage(policy=SMTP)
    message["From"] = "王小美 <wang.business@pingtung.example.tw>"
    message["To"] = REPLY_TO
    message["Subject"] = "回覆：請填報"
    message["Message-ID"] = "<answer-1@mail.example.tw>"
    message["In-Reply-To"] = "<opening@pingtung.example.tw>"
    message["References"] = "<thread-1@pingtung.example.tw> <opening@pingtung.example.tw>"
    message.set_content("已填好，請查收。")
    message.add_attachment(
        DATA, maintype="application", subtype=XLSX.partition("/")[2], filename=NAME
    )
    return message


def with_header(name: str, value: str) -> bytes:
    return f"{name}: {value}\r\n".encode() + answer().as_bytes()


def raw(head: bytes, body: bytes = b"text") -> bytes:
    return b"From: wang@example.tw\r\n" + head + b"\r\n\r\n" + body


def test_an_ordinary_answer_is_read_in_full():
    message = read(answer().as_bytes())
    assert message.sender == "wang.business@pingtung.example.tw"
    assert message.sender_name == "王小美"
    assert message.subject == "回覆：請填報"
    assert message.tokens == (TOKEN,)
    assert message.message_id == "<answer-1@mail.example.tw>"
    assert message.in_reply_to == "<opening@pingtung.example.tw>"
    assert message.references == (
        "<thread-1@pingtung.example.tw>",
        "<opening@pingtung.example.tw>",
    )
    assert message.text == "已填好，請查收。"
    assert [(file.name, file.content_type, file.data) for file in message.attachments] == [
        (NAME, XLSX, DATA)
    ]
    assert not message.automatic
    assert message.ignored == ()


@pytest.mark.parametrize("header", ["Delivered-To", "X-Original-To", "Envelope-To", "Cc"])
def test_the_token_is_found_wherever_the_delivery_left_it(header):
    bare = answer()
    bare.replace_header("To", "執行計畫填報信箱 <plan@pingtung.example.tw>")
    assert read(bare.as_bytes()).tokens == ()
    found = read(f"{header}: {REPLY_TO.upper()}\r\n".encode() + bare.as_bytes())
    assert found.tokens == (TOKEN,)


def test_the_address_it_was_delivered_to_comes_first():
    message = read(with_header("Delivered-To", "plan+first@pingtung.example.tw"))
    assert message.tokens == ("first", TOKEN)


def test_a_token_for_somebody_else_is_none_of_ours():
    message = read(with_header("Delivered-To", "other+first@pingtung.example.tw"))
    assert message.tokens == (TOKEN,)


BIG5 = NAME.encode("cp950")
ENCODED = base64.b64encode(BIG5)


@pytest.mark.parametrize(
    "disposition",
    [
        b'attachment; filename="' + BIG5 + b'"',
        b'attachment; filename="' + NAME.encode() + b'"',
        b'attachment; filename="=?big5?B?' + ENCODED + b'?="',
        b"attachment; filename==?big5?B?" + ENCODED + b"?=",
        b"attachment; filename*=big5''" + b"".join(b"%%%02X" % byte for byte in BIG5),
        b"attachment;\r\n filename*0*=utf-8''107%E5%B9%B4%E4%B8%8A%E5%8D%8A%E5%B9%B4;"
        b"\r\n filename*1*=%E8%87%AA%E8%A9%95%E8%A1%A8%EF%BC%88%E8%A8%B1%E5%8A%9F"
        b"%E8%93%8B%EF%BC%89.xlsx",
        b'attachment; filename="=?utf-8?B?' + base64.b64encode(NAME.encode()[:30]) + b"?=\r\n"
        b" =?utf-8?B?" + base64.b64encode(NAME.encode()[30:]) + b'?="',
        b'attachment; filename="=?big5?B?' + base64.b64encode(BIG5[:6]) + b"?=\r\n"
        b" =?big5?B?" + base64.b64encode(BIG5[6:]) + b'?="',
    ],
    ids=[
        "raw Big5",
        "raw UTF-8",
        "Outlook, quoted",
        "unquoted word",
        "RFC 2231 in Big5",
        "RFC 2231 in pieces",
        "cut between words",
        "Big5 cut within a character",
    ],
)
def test_a_chinese_file_name_is_read_however_it_is_written(disposition):
    (file,) = read(raw(b"Content-Disposition: " + disposition)).attachments
    assert file.name == NAME


def test_a_file_name_in_the_content_type_alone_is_found():
    (file,) = read(
        raw(b'Content-Type: application/x; name="=?big5?B?' + ENCODED + b'?="')
    ).attachments
    assert file.name == NAME


@pytest.mark.parametrize(
    "subject",
    [
        "回覆：請填報　許功蓋".encode("cp950"),
        "回覆：請填報　許功蓋".encode(),
        b"=?big5?B?" + base64.b64encode("回覆：請填報　許功蓋".encode("cp950")) + b"?=",
        b"=?x-windows-950?B?" + base64.b64encode("回覆：請填報　許功蓋".encode("cp950")) + b"?=",
        b"=?utf-8?Q?" + b"".join(b"=%02X" % b for b in "回覆：請填報　許功蓋".encode()) + b"?=",
    ],
)
def test_a_chinese_subject_is_read_however_it_is_written(subject):
    assert read(raw(b"Subject: " + subject)).subject == "回覆：請填報 許功蓋"


@pytest.mark.parametrize(
    ("charset", "codec"),
    [
        ("big5", "cp950"),
        ("utf-8", "utf-8"),
        ("", "cp950"),
        ("no-such-charset", "cp950"),
        ("us-ascii", "utf-8"),
    ],
)
def test_a_chinese_text_is_read_in_whatever_charset(charset, codec):
    head = f"Content-Type: text/plain; charset={charset}".encode()
    assert read(raw(head, "已填好，請查收。".encode(codec))).text == "已填好，請查收。"


@pytest.mark.parametrize("charset", [b"charset*=x'y'z", b'charset="a\x00b"', b"charset*1*=x"])
def test_a_text_is_read_whatever_its_charset_is_called(charset):
    text = read(raw(b"Content-Type: text/plain; " + charset, "已填好".encode())).text
    assert text == "已填好"


def test_html_alone_is_read_as_text():
    message = EmailMessage(policy=SMTP)
    message["From"] = "wang@example.tw"
    html = (
        "<style>p{}</style><p>已填好，<b>請</b>查收。</p><script>x()</script><div>王&amp;李</div>"
    )
    message.set_content(html, subtype="html")
    assert read(message.as_bytes()).text == "已填好，請查收。\n\n王&李"


def test_plain_text_is_preferred_to_html():
    message = EmailMessage(policy=SMTP)
    message["From"] = "wang@example.tw"
    message.set_content("純文字")
    message.add_alternative("<p>網頁</p>", subtype="html")
    assert read(message.as_bytes()).text == "純文字"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Auto-Submitted", "auto-replied"),
        ("Auto-Submitted", "Auto-Generated; owner-email=x"),
        ("Auto-Submitted", "auto-notified (a comment)"),
        ("Precedence", "bulk"),
        ("Precedence", "Junk"),
        ("Precedence", "list"),
        ("List-Id", "同仁公告 <news.lists.example.org>"),
        ("Return-Path", "<>"),
        ("X-Autoreply", "yes"),
        ("X-Autorespond", "自動回覆"),
        ("X-POST-MessageClass", "9; Autoresponder"),
        ("X-Mailer", "vacation 1.2.7"),
        ("X-Autoreply-From", "wang@example.tw"),
        ("List-Unsubscribe", "<mailto:off@lists.example.org>"),
        ("Precedence", "auto_reply"),
        ("Content-Type", 'multipart/report; report-type="delivery-status"; boundary="x"'),
    ],
)
def test_a_machine_is_known_for_one(name, value):
    assert read(with_header(name, value)).automatic


@pytest.mark.parametrize("sender", ["MAILER-DAEMON@mail.example.tw", "postmaster@example.tw"])
def test_a_mail_server_is_a_machine(sender):
    message = answer()
    message.replace_header("From", sender)
    assert read(message.as_bytes()).automatic


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Auto-Submitted", "no"),
        ("Return-Path", "<wang.business@pingtung.example.tw>"),
        ("List-Id", "<pingtung.pingtung.example.tw>"),
        ("X-Auto-Response-Suppress", "DR, OOF"),
        ("Precedence", "normal"),
    ],
)
def test_a_person_is_not_taken_for_a_machine(name, value):
    assert not read(with_header(name, value)).automatic


def noted(subject: str, text: str = "請假中（樣本）。") -> EmailMessage:
    """An absence note of a program that marks it in its subject alone."""
    message = EmailMessage(policy=SMTP)
    message["From"] = "王小美 <wang.business@pingtung.example.tw>"
    message["To"] = REPLY_TO
    message["Subject"] = subject
    message.set_content(text)
    return message


@pytest.mark.parametrize(
    "subject",
    [
        "自動回覆: 請填報：107年上半年",
        "自動回復：請填報",
        "【自動回覆】請填報",
        "(自動回覆) 請填報",
        "自动回复: 请填报",
        "系統自動回覆",
        "休假中：王小美",
        "不在辦公室：請填報",
        "Automatic reply: 請填報",
        "Auto-Reply: away",
        "Out of Office: 請填報",
        "Out of the office until Monday",
        "已讀：請填報",
        "讀取: 請填報",
        "Undeliverable: 請填報",
    ],
)
def test_a_note_that_only_its_subject_marks_is_a_machines(subject):
    assert read(noted(subject).as_bytes()).automatic


@pytest.mark.parametrize(
    "subject",
    [
        "Re: 自動回覆: 請填報",
        "回覆：自動回覆",
        "請填報的自動回覆收到了",
        "請假，請展期",
        "回覆：請填報",
        "",
    ],
)
def test_a_person_may_write_about_such_a_note(subject):
    assert not read(noted(subject).as_bytes()).automatic


def test_a_form_sent_under_such_a_subject_is_a_persons():
    message = answer()
    message.replace_header("Subject", "自動回覆: 請填報")
    assert not read(message.as_bytes()).automatic


def test_our_own_mail_coming_back_is_a_machines():
    assert read(compose(LETTERS["opening"], mailbox=MAILBOX, now=NOW).as_bytes()).automatic


def forwarded(message: EmailMessage) -> EmailMessage:
    outer = EmailMessage(policy=SMTP)
    outer["From"] = "deputy@example.tw"
    outer["To"] = REPLY_TO
    outer.set_content("轉寄如附")
    outer.add_attachment(message)
    return outer


def test_a_file_in_a_forwarded_mail_is_found():
    message = read(forwarded(answer()).as_bytes())
    assert message.sender == "deputy@example.tw"
    assert message.text == "轉寄如附"
    assert [(file.name, file.data) for file in message.attachments] == [(NAME, DATA)]


def test_a_file_too_deep_in_forwarded_mails_is_named_and_left():
    message = answer()
    for _ in range(dissecting.FORWARDED_LIMIT + 1):
        message = forwarded(message)
    result = read(message.as_bytes())
    assert result.attachments == ()
    assert result.ignored == (NAME,)


def test_too_many_files_are_named_and_left():
    message = answer()
    for number in range(dissecting.ATTACHMENTS_LIMIT + 2):
        message.add_attachment(b"x", maintype="image", subtype="png", filename=f"{number}.png")
    result = read(message.as_bytes())
    assert len(result.attachments) == dissecting.ATTACHMENTS_LIMIT
    assert result.ignored == ("99.png", "100.png", "101.png")


def test_a_file_too_big_is_named_and_left_and_the_others_are_read():
    message = EmailMessage(policy=SMTP)
    message["From"] = "wang@example.tw"
    message.set_content("附件")
    for name, size in (("大.zip", limits.FILES_LIMIT + 1), ("自評表.xlsx", 10)):
        data = b"\0" * size
        message.add_attachment(data, maintype="application", subtype="zip", filename=name)
    result = read(message.as_bytes())
    assert [file.name for file in result.attachments] == ["自評表.xlsx"]
    assert result.ignored == ("大.zip",)


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\temp\\自評表.xlsx", "C__temp_自評表.xlsx"),
        ("自評表\u202excod.exe", "自評表xcod.exe"),
        ("a\x00b\tc.xlsx", "ab c.xlsx"),
        ("...", "未命名"),
        ("", "未命名"),
        ("長" * 500 + ".xlsx", "長" * 115 + ".xlsx"),
    ],
)
def test_a_file_name_is_made_harmless(written, name):
    head = b"Content-Disposition: attachment; filename*=utf-8''"
    quoted = b"".join(b"%%%02X" % byte for byte in written.encode())
    (file,) = read(raw(head + quoted)).attachments
    assert file.name == name


@pytest.mark.parametrize("sender", ["", "nobody", "a@b@c", "王@example.tw", "<>", "a b@example.tw"])
def test_a_sender_that_cannot_be_answered_is_none(sender):
    assert read(f"From: {sender}\r\nTo: {REPLY_TO}\r\n\r\ntext".encode()).sender == ""


@pytest.mark.parametrize("name", ["王" * 300, "  \u3000 王小美 ", "王\u2028小\x85美\x07"])
def test_a_senders_name_is_fit_for_a_person(name):
    encoded = base64.b64encode(name.encode()).decode()
    message = read(f"From: =?utf-8?B?{encoded}?= <wang@example.com>\r\n\r\n".encode())
    assert Person(name=message.sender_name, email=message.sender).name.startswith("王")


@pytest.mark.parametrize(
    "value", ["", "no brackets", "<a b@c>", "<王@example.tw>", "<" + "x" * 999 + ">"]
)
def test_a_malformed_message_id_is_none(value):
    assert read(f"From: a@b.tw\r\nMessage-ID: {value}\r\n\r\n".encode()).message_id == ""


def test_a_mail_built_to_wear_us_out_is_refused_at_once():
    nested = b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (number, number)
        for number in range(5000)
    )
    with pytest.raises(UnreadableMessage, match="層"):
        read(b"From: a@b.tw\r\n" + nested)


@pytest.mark.parametrize(
    "data",
    [
        b"To: " + b"(" * 50_000,
        b"To: " + b'"' * 50_000,
        b"To: " + b"<" * 50_000,
        b"Subject: " + b"=?utf-8?B?" * 20_000,
        b"References: " + b"<a@b> " * 50_000,
        b"Content-Type: text/html\r\n\r\n" + b"<" * 500_000,
        b"Content-Type: text/html\r\n\r\n" + b"<!--" * 100_000,
        b"Content-Type: text/html\r\n\r\n" + b"<a " * 100_000,
        b"Content-Type: text/html\r\n\r\n" + b"<![" * 100_000,
        b"Content-Type: text/html\r\n\r\n" + b"&" * 500_000,
        b"Content-Type: text/html\r\n\r\n&#" + b"9" * 500_000,
        b"Content-Disposition: attachment; filename" + b"*0" * 50_000 + b"=x",
        b"Content-Type: application/x; " + b'a="' * 50_000,
    ],
)
def test_endless_repetition_is_read_to_an_end(data):
    assert isinstance(read(b"From: a@b.tw\r\n" + data), ParsedMessage)


SAMPLE = forwarded(answer()).as_bytes()
HOSTILE = st.sampled_from(
    [
        b"=?utf-8?B?", b"=?big5?Q?=A4?=", b"?=", b'"', b"\\", b"\x00", b"\xa4\x5c", b"\xff",
        b"\r\n", b"\r\n\r\n", b"--", b";", b"*0*=", b"''", b"%", b"<", b">", b"@", b"(", b"+",
        b"Content-Type: multipart/mixed\r\n", b"Content-Type: message/rfc822\r\n",
        b"Content-Transfer-Encoding: x-uuencode\r\n", b"Content-Type: text/plain; charset=\xff\r\n",
        b"Content-Type: text/html; charset=rot13\r\n", b"filename*=utf-7''%", b"[", b"]:",
    ]
)  # fmt: skip


@given(
    st.lists(st.tuples(st.integers(0, len(SAMPLE)), HOSTILE | st.binary(max_size=20)), max_size=8)
)
@example([(0, b"To: [\r\n")])
def test_a_damaged_message_is_read_or_refused_in_words(damages):
    data = SAMPLE
    for position, junk in damages:
        data = data[:position] + junk + data[position:]
    fit_to_keep(data)


@given(st.data())
def test_a_message_with_flipped_bytes_and_cut_off_is_read_or_refused_in_words(data):
    damaged = bytearray(SAMPLE)
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    fit_to_keep(bytes(damaged[: data.draw(st.integers(0, len(damaged)))]))


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused_in_words(data):
    fit_to_keep(data)


@given(
    st.sampled_from([b"From", b"To", b"Subject", b"Content-Type", b"Content-Disposition"]),
    st.binary(max_size=200),
)
def test_any_header_is_read_or_refused_in_words(name, value):
    fit_to_keep(name + b": " + value + b"\r\n\r\ntext")


def fit_to_keep(data: bytes) -> None:
    """What is read can go into a database, a file name and the next mail's header."""
    try:
        message = read(data)
    except UnreadableMessage:
        return
    names = [file.name for file in message.attachments]
    lines = [message.sender_name, message.subject, message.sender, *message.recipients, *names]
    for line in lines:
        assert line == line.encode().decode()
        assert not set(line) & set("\r\n\x00\u2028")
    assert "\x00" not in message.text.encode().decode()


def attached(disposition: bytes, *, before: bytes = b"", encoding: bytes = b"base64") -> bytes:
    return (
        before + b"From: wang@example.tw\r\nTo: plan+abcd2345@pingtung.example.tw\r\n"
        b"Content-Type: application/octet-stream\r\nContent-Disposition: " + disposition + b"\r\n"
        b"Content-Transfer-Encoding: " + encoding + b"\r\n\r\nUEsDBA==\r\n"
    )


BIG5 = "自評表.xlsx".encode("cp950")


@pytest.mark.parametrize(
    "disposition",
    [
        b'attachment; filename="' + BIG5 + b'"',
        b"attachment; filename=" + BIG5,
        b'attachment; filename="' + "自評表.xlsx".encode() + b'"',
        b"attachment; filename*=big5''%A6%DB%B5%FB%AA%ED.xlsx",
        b"attachment; filename*=ms950'zh-TW'%A6%DB%B5%FB%AA%ED.xlsx",
        b"attachment; filename*0*=utf-8''%E8%87%AA%E8; filename*1*=%A9%95%E8%A1%A8.xlsx",
        b'attachment; filename="%E8%87%AA%E8%A9%95%E8%A1%A8.xlsx"',
    ],
)
def test_a_name_is_read_however_programs_write_it(disposition: bytes) -> None:
    (file,) = read_message(attached(disposition), mailbox=MAILBOX.address).attachments
    assert (file.name, file.data) == ("自評表.xlsx", b"PK\x03\x04")


@pytest.mark.parametrize("before", [b"\r\n", b"\xef\xbb\xbf", b"From x@example.tw Mon Jul  2\r\n"])
def test_what_programs_put_before_a_header_hides_nobody(before: bytes) -> None:
    message = read_message(
        attached(b"attachment; filename=a.xlsx", before=before), mailbox=MAILBOX.address
    )
    assert (message.sender, message.tokens) == ("wang@example.tw", ("abcd2345",))


def test_a_comment_behind_the_encoding_is_no_encoding() -> None:
    data = attached(b"attachment; filename=a.xlsx", encoding=b"base64 (as it was)")
    (file,) = read_message(data, mailbox=MAILBOX.address).attachments
    assert file.data == b"PK\x03\x04"


@pytest.mark.parametrize(
    "others", [b"From: other@example.com\r\n", b"From: a@example.com, other@example.com\r\n"]
)
def test_who_says_to_be_several_is_nobody(others: bytes) -> None:
    """Our servers may have looked at the other one."""
    message = read_message(attached(b"attachment", before=others), mailbox=MAILBOX.address)
    assert message.sender == ""
