"""Sample sections (樣本): they read their mail, fill in the form and reply. All is invented."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import make_msgid
from io import BytesIO
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from dutyflow.calendars.periods import period_named
from dutyflow.infra.mime_types import XLSX
from dutyflow.mail.attachment import Attachment
from dutyflow.mail.inbound.message import ParsedMessage, read_message
from dutyflow.mail.mailboxes.inbox import MaildirInbox
from dutyflow.plan.model import Person
from dutyflow.services.workspace import Workspace
from environment import Instance

NUMBER, TEXT, SCORE, EVIDENCE, NOTHING = "編號", "執行情形", "自評分數", "佐證", "無辦理事項"
Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A mail that a person has in front of them."""

    message: ParsedMessage
    raw: bytes
    reply_to: str

    @property
    def form(self) -> Attachment:
        return next(file for file in self.message.attachments if file.content_type == XLSX)


@dataclass
class SampleSection:
    """One section's owner: a mailbox, and a way to fill in forms.

    Mails about other duties and other cycles lie in the same mailbox: this one reads those whose
    subject has `about` in it, as `113年上半年 半年自行考核`.
    """

    name: str
    person: Person
    instance: Instance
    about: str
    _seen: set[str] = field(default_factory=set)

    def new_letters(self) -> Iterator[Letter]:
        """What has come since the last look."""
        inbox = MaildirInbox(self.instance.mail / self.person.email)
        for stored in inbox.messages():
            if stored.id not in self._seen:
                self._seen.add(stored.id)
                letter = read_letter(stored.data)
                if self.about in letter.message.subject:
                    yield letter

    def reply(self, letter: Letter, workbook: bytes) -> None:
        """Send a filled form back, over SMTP, to where the letter asks for it."""
        self._send(self.answer(letter, workbook))

    def answer(self, letter: Letter, workbook: bytes) -> EmailMessage:
        """A filled form, on its way back."""
        message = self._answer_to(letter, "您好，檢送本組填報資料（樣本）。\n")
        maintype, _, subtype = XLSX.partition("/")
        message.add_attachment(
            workbook, maintype=maintype, subtype=subtype, filename=letter.form.name
        )
        return message

    def write(self, letter: Letter, text: str) -> None:
        """Answer in words alone."""
        self._send(self._answer_to(letter, text))

    def _answer_to(self, letter: Letter, text: str) -> EmailMessage:
        message = EmailMessage()
        message["From"] = f"{self.name} <{self.person.email}>"
        message["To"] = letter.reply_to
        message["Subject"] = f"Re: {letter.message.subject}"
        message["Message-ID"] = make_msgid(domain="example.tw")
        message["In-Reply-To"] = letter.message.message_id
        message.set_content(text)
        return message

    def _send(self, message: EmailMessage) -> None:
        with smtplib.SMTP("127.0.0.1", self.instance.smtp_port) as server:
            server.send_message(message)


def sample_sections(
    workspace: Workspace, instance: Instance, office_id: str, duty: str, cycle: str
) -> dict[str, SampleSection]:
    """The first owner of each section, by the section's name; of their mail, what is about one
    cycle."""
    office = workspace.office(office_id)
    title = f"{period_named(cycle).title} {office.plans[-1].duty(duty).name}"
    return {
        section.name: SampleSection(
            name=section.name,
            person=office.contacts.sections[section.id].owners[0],
            instance=instance,
            about=title,
        )
        for section in office.plans[-1].sections
    }


def send_from_elsewhere(instance: Instance, to: str, subject: str, form: Attachment) -> None:
    """A form comes in from an address that is in nobody's contacts, without a token."""
    message = EmailMessage()
    message["From"] = "somebody@elsewhere.example.tw"
    message["To"] = to
    message["Subject"] = subject
    message["Message-ID"] = make_msgid(domain="elsewhere.example.tw")
    message.set_content("您好，公務信箱今天無法使用，改由私人信箱寄送（樣本）。\n")
    maintype, _, subtype = XLSX.partition("/")
    message.add_attachment(form.data, maintype=maintype, subtype=subtype, filename=form.name)
    with smtplib.SMTP("127.0.0.1", instance.smtp_port) as server:
        server.send_message(message)


def read_letter(raw: bytes) -> Letter:
    message = message_from_bytes(raw, policy=policy.default)
    reply_to = message["Reply-To"] or message["From"]
    return Letter(
        message=read_message(raw, mailbox=""), raw=raw, reply_to=reply_to.addresses[0].addr_spec
    )


def filled(form: bytes, answer: Callable[[str], Row]) -> bytes:
    """The form with each row filled in: `answer` says what, by the measure's number."""
    workbook = load_workbook(BytesIO(form))
    sheet = workbook.active
    header, columns = _table(sheet)
    for row in range(header + 1, sheet.max_row + 1):
        number = sheet.cell(row, columns[NUMBER]).value
        if number:
            for title, value in answer(str(number)).items():
                sheet.cell(row, columns[title]).value = value
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


def sample_answer(number: str) -> Row:
    """An invented answer, the same each time; now and then there was nothing to do."""
    seed = sum(map(ord, number)) + len(number)
    if seed % 11 == 0:
        return {NOTHING: "無辦理事項"}
    return {
        TEXT: f"（樣本）本期依計畫持續辦理，計辦理 {seed % 7 + 2} 次，並於月會檢討成效。",
        SCORE: 80 + seed % 17,
        EVIDENCE: f"（樣本）辦理紀錄 {number}",
    }


def with_mistakes() -> Callable[[str], Row]:
    """As above, but the second row's score is written out and the third's is above the scale."""
    wrong = iter([None, "九十", 101])

    def answer(number: str) -> Row:
        score = next(wrong, None)
        if score is None:
            return sample_answer(number)
        return {TEXT: "（樣本）已辦理", SCORE: score, EVIDENCE: "（樣本）辦理紀錄"}

    return answer


def _table(sheet: Worksheet) -> tuple[int, dict[str, int]]:
    for row in sheet.iter_rows():
        titles = {str(cell.value): cell.column for cell in row if cell.value}
        if {NUMBER, TEXT, SCORE} <= titles.keys():
            return row[0].row, titles
    raise ValueError("this workbook has no form in it")
