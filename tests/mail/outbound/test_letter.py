"""What a letter becomes: a message that every program shows right and none answers by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutyflow.infra.mime_types import XLSX
from dutyflow.mail.attachment import Attachment
from dutyflow.mail.errors import BadLetterError
from dutyflow.mail.inbound.dissecting import NAME_LIMIT
from dutyflow.mail.inbound.message import ParsedMessage, read_message
from dutyflow.mail.outbound.contexts import Returned
from dutyflow.mail.outbound.letter import Letter, compose, encoded
from dutyflow.mail.text import file_name, one_line
from dutyflow.plan.model import Mailbox, Person
from tests.mail.samples import (
    ABOUT,
    CONTENTS,
    COORDINATOR,
    DEADLINE,
    HEAD_OFFICE,
    LETTERS,
    MAILBOX,
    NOW,
    THREAD,
    TOKEN,
    WANG,
    letter,
)

CHINESE = st.text(
    alphabet=st.one_of(
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF),
        st.characters(min_codepoint=0x20000, max_codepoint=0x2A6DF),
        st.sampled_from("，。、：；「」『』（）！？─…　 ,.;:<>()[]@\"'\\=?_-/aZ09é😀"),
    ),
    min_size=1,
    max_size=200,
)
ANYTHING = st.text(max_size=120)


def named(name: str) -> Person:
    """A person whose name no plan has checked."""
    return Person.model_construct(name=name, email=WANG.email)


def composed(what: Letter, mailbox: Mailbox = MAILBOX) -> EmailMessage:
    return compose(what, mailbox=mailbox, now=NOW)


def read(what: Letter, mailbox: Mailbox = MAILBOX) -> ParsedMessage:
    return read_message(composed(what, mailbox).as_bytes(), mailbox=mailbox.address)


def parsed(what: Letter) -> EmailMessage:
    return message_from_bytes(composed(what).as_bytes(), policy=policy.default)


@given(CHINESE.filter(str.strip))
def test_any_chinese_text_survives_the_way(text):
    note = Returned(about=replace(ABOUT, section=text), note=text, deadline=DEADLINE)
    sent = replace(
        letter(note, to=named(text)),
        attachments=(Attachment(name=text, content_type=XLSX, data=text.encode()),),
    )
    received = read(sent, Mailbox.model_construct(name=text, address=MAILBOX.address))
    assert received.subject == one_line(note.subject)
    assert received.sender_name == one_line(text)[:NAME_LIMIT].strip()
    assert one_line(text) in one_line(received.text)
    assert received.attachments == (
        Attachment(name=file_name(text), content_type=XLSX, data=text.encode()),
    )


@given(ANYTHING.filter(str.strip), ANYTHING, ANYTHING)
def test_nothing_that_people_write_becomes_a_header_of_its_own(name, section, file):
    content = replace(CONTENTS["opening"], about=replace(ABOUT, section=section))
    sent = replace(
        letter(content, to=named(name)),
        attachments=(Attachment(name=file, content_type=XLSX, data=b"x"),),
    )
    ordinary = composed(LETTERS["opening"])
    message = message_from_bytes(composed(sent).as_bytes(), policy=policy.compat32)
    assert message.keys() == ordinary.keys()
    assert not message.defects


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\u2028", "\x85", "\x0b"])
def test_a_line_end_in_a_name_or_subject_is_folded_away(end):
    evil = f"王小美{end}Bcc: everyone@example.tw"
    content = replace(CONTENTS["opening"], about=replace(ABOUT, section=evil))
    to = named(evil)
    message = parsed(letter(content, to=to))
    assert "Bcc" not in message
    assert [each.addr_spec for each in message["To"].addresses] == [WANG.email]
    assert encoded(letter(content, to=to), mailbox=MAILBOX, now=NOW).envelope.recipients == (
        WANG.email,
    )


def test_a_header_takes_no_second_line():
    message = composed(LETTERS["opening"])
    del message["Subject"]
    with pytest.raises(ValueError, match="linefeed"):
        message["Subject"] = "請填報\r\nBcc: everyone@example.tw"
    assert "Subject" not in message


def test_a_line_of_the_header_is_short_and_ascii():
    long = named("執行計畫承辦人" * 20)
    content = replace(CONTENTS["opening"], about=replace(ABOUT, duty="半年自行考核" * 20))
    head = composed(letter(content, to=long)).as_bytes().split(b"\r\n\r\n")[0]
    assert head.isascii()
    assert max(map(len, head.split(b"\r\n"))) <= 78


@pytest.mark.parametrize("name", LETTERS)
def test_the_same_letter_makes_the_same_bytes(name):
    assert composed(LETTERS[name]).as_bytes() == composed(LETTERS[name]).as_bytes()


def test_only_the_date_depends_on_now():
    later = NOW.replace(hour=17)
    one = composed(LETTERS["opening"]).as_bytes()
    other = compose(LETTERS["opening"], mailbox=MAILBOX, now=later).as_bytes()
    assert one.replace(b"08:30:00 +0800", b"17:30:00 +0800") == other


def test_a_naive_now_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        compose(LETTERS["opening"], mailbox=MAILBOX, now=datetime(2018, 6, 18, 8, 30))  # noqa: DTZ001


def test_the_same_notice_has_the_same_message_id_and_another_has_another():
    opening = CONTENTS["opening"]
    first, again = composed(letter(opening, key="a")), composed(letter(opening, key="a"))
    other = composed(letter(opening, key="b"))
    assert first["Message-ID"] == again["Message-ID"] != other["Message-ID"]
    assert first["Message-ID"].endswith("@pingtung.example.tw>")


def test_mails_of_one_assignment_are_one_thread():
    mails = [composed(letter(content, key=name)) for name, content in CONTENTS.items()]
    roots = {mail["References"].split()[0] for mail in mails}
    assert len(roots) == 1
    assert roots.pop().startswith("<thread-")
    elsewhere = composed(
        replace(LETTERS["opening"], thread="pingtung/self_assessment/107H1/design")
    )
    assert elsewhere["References"] != mails[0]["References"]


def test_a_reply_refers_to_what_it_answers():
    message = composed(replace(LETTERS["receipt"], answers="<abc@mail.example.tw>"))
    assert message["In-Reply-To"] == "<abc@mail.example.tw>"
    assert message["References"].split()[-1] == "<abc@mail.example.tw>"


def test_the_longest_message_id_that_can_be_answered_is_kept_whole():
    longest = f"<{'x' * 200}@{'y' * 39}.example>"
    received = read(replace(LETTERS["receipt"], answers=longest))
    assert received.in_reply_to == longest
    assert received.references[-1] == longest


@pytest.mark.parametrize(
    "answers", ["abc", "<a b@c>", "<a@b>\r\nBcc: <x@y>", "<a@b> <c@d>", "<中@文>"]
)
def test_what_is_no_message_id_cannot_be_answered(answers):
    with pytest.raises(BadLetterError):
        replace(LETTERS["receipt"], answers=answers)


def test_answers_come_back_to_the_assignment():
    message = composed(LETTERS["opening"])
    assert message["Reply-To"].addresses[0].addr_spec == f"plan+{TOKEN}@pingtung.example.tw"
    assert message["From"].addresses[0].addr_spec == MAILBOX.address


def test_head_office_answers_the_coordinator():
    message = composed(Letter(key="d", to=HEAD_OFFICE, content=CONTENTS["delivery"]))
    assert message["Reply-To"].addresses[0].addr_spec == COORDINATOR.email


def test_machines_and_folders_know_the_mail_for_what_it_is():
    opening, receipt = composed(LETTERS["opening"]), composed(LETTERS["receipt"])
    assert opening["Auto-Submitted"] == "auto-generated"
    assert receipt["Auto-Submitted"] == "auto-replied"
    for message in (opening, receipt):
        assert message["X-Auto-Response-Suppress"] == "All"
        assert message["List-Id"] == "<pingtung.pingtung.example.tw>"
        assert message["Content-Language"] == "zh-TW"
        assert read_message(message.as_bytes(), mailbox=MAILBOX.address).automatic


@pytest.mark.parametrize("name", LETTERS)
def test_no_robot_need_answer_any_of_our_mails(name):
    message = composed(LETTERS[name])
    assert message["Auto-Submitted"] in {"auto-generated", "auto-replied"}
    assert message["List-Id"]
    assert read_message(message.as_bytes(), mailbox=MAILBOX.address).automatic


def test_a_digest_hangs_on_each_of_its_threads():
    threads = (THREAD, "pingtung/training/107H1/business")
    digest = Letter(key="d", to=WANG, content=CONTENTS["reminder_digest"], threads=threads)
    alone = [
        composed(Letter(key=t, to=WANG, content=CONTENTS["opening"], thread=t)) for t in threads
    ]
    roots = " ".join(message["References"] for message in alone)
    assert composed(digest)["References"] == composed(digest)["In-Reply-To"] == roots


def test_a_mail_outside_any_thread_still_sorts_into_a_folder():
    message = composed(Letter(key="u", to=WANG, content=CONTENTS["unmatched"]))
    assert message["List-Id"] == "<plan.pingtung.example.tw>"
    assert message["References"] is None


def test_text_html_and_files_are_where_mail_programs_look():
    message = parsed(LETTERS["opening"])
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "請填報" in plain.get_content()
    assert "請填報" in html.get_content()
    (file,) = message.iter_attachments()
    assert file.get_filename() == "107年上半年半年自行考核－業務組.xlsx"
    assert file.get_content_type() == XLSX


@pytest.mark.parametrize("email", ["王@example.tw", "wang@台電.example"])
def test_an_address_that_mail_cannot_carry_is_refused_in_words(email):
    with pytest.raises(BadLetterError, match="信箱"):
        letter(CONTENTS["opening"], to=Person.model_construct(name="王", email=email))
