"""A scene for the use cases: the real plan, ledger, store and mail server, but no Airflow.

Time stands still until a test moves it; sections answer with real workbooks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

from openpyxl import load_workbook

from dutyflow.infra.mime_types import XLSX
from dutyflow.infra.settings import Settings
from dutyflow.ledger import CycleRecord, Ledger
from dutyflow.mail.mailboxes.inbox import InMemoryInbox
from dutyflow.mail.outbound.outbox import SmtpOutbox
from dutyflow.plan.office import OfficePlan
from dutyflow.services.cycles import collection, opening
from dutyflow.services.intake import mailbox
from dutyflow.services.reminders import opening_mail
from dutyflow.services.reporting import assembly
from dutyflow.services.workspace import Workspace
from tests.support import once
from tests.support.smtp import Answers, smtp_server

PLANS = Path(__file__).parents[2] / "include" / "plan"
OFFICE, DUTY = "pingtung", "self_assessment"
Row = dict[str, Any]


class SceneWorkspace(Workspace):
    """A workspace whose inbox is in memory."""

    def read_plans_anew(self) -> None:
        """As the next task does, which has a workspace of its own."""
        self.__dict__.pop("offices", None)
        self._alone.clear()

    def maildir(self, office: OfficePlan) -> InMemoryInbox:
        return self.__dict__.setdefault("_inbox", InMemoryInbox())


@dataclass
class Scene:
    workspace: SceneWorkspace
    server: Any
    answers: Answers
    now: datetime
    _read: int = field(default=0)

    @property
    def ledger(self) -> Ledger:
        return self.workspace.ledger

    def clock(self) -> datetime:
        return self.now

    def open(self, name: str = "107H1", duty: str = DUTY, **overrides: Any) -> CycleRecord:
        return opening.open_cycle(
            self.workspace,
            office=OFFICE,
            duty=duty,
            name=name,
            now=self.now,
            who="測試",
            **overrides,
        )

    def announce(self, cycle: CycleRecord) -> dict[str, EmailMessage]:
        """Send every opening mail; the mails by section id."""
        mails = {}
        for assignment in self.ledger.assignments.of(cycle.key):
            opening_mail.announce(self.workspace, assignment.key, now=self.now)
            mails[assignment.section] = self.new_mails()[-1]
        return mails

    def new_mails(self) -> list[EmailMessage]:
        """What the server was given since the last look."""
        fresh = self.answers.kept[self._read :]
        self._read = len(self.answers.kept)
        return [parsed(envelope.content) for envelope in fresh]

    def reply(self, letter: EmailMessage, workbook: bytes | None, **headers: str) -> bytes:
        """Put a reply to the letter into the inbox, as of now."""
        raw = self.answer(letter, workbook, **headers)
        self.put(raw)
        return raw

    def answer(self, letter: EmailMessage, workbook: bytes | None, **headers: str) -> bytes:
        """A reply to the letter."""
        message = EmailMessage()
        message["From"] = letter["To"]
        message["To"] = letter["Reply-To"]
        message["Subject"] = f"Re: {letter['Subject']}"
        message["Message-ID"] = f"<{len(self.answers.kept)}-{self.now.timestamp()}@example.tw>"
        for name, value in headers.items():
            message[name.replace("_", "-")] = value
        message.set_content("如附件（樣本）。")
        if workbook is not None:
            maintype, _, subtype = XLSX.partition("/")
            message.add_attachment(
                workbook, maintype=maintype, subtype=subtype, filename="填報.xlsx"
            )
        return message.as_bytes()

    def write(self, letter: EmailMessage, text: str, **headers: str) -> bytes:
        """Put a reply of words alone into the inbox, as of now; `headers` take others' place."""
        message = EmailMessage()
        said = {
            "From": str(letter["To"]),
            "To": str(letter["Reply-To"]),
            "Subject": f"Re: {letter['Subject']}",
            "Message-ID": f"<{uuid4()}@example.tw>",
        }
        for name, value in {**said, **headers}.items():
            message[name] = value
        message.set_content(text)
        raw = message.as_bytes()
        self.put(raw)
        return raw

    def put(self, raw: bytes) -> None:
        self.workspace.maildir(self.workspace.office(OFFICE)).put(raw, received_at=self.now)

    def take_in(self) -> list[EmailMessage]:
        """Run the intake; the answers that it sent."""
        self.new_mails()
        inbox = self.workspace.maildir(self.workspace.office(OFFICE))
        mailbox.empty_inbox(self.workspace, OFFICE, inbox, clock=self.clock)
        return self.new_mails()

    def answer_all(self, mails: dict[str, EmailMessage], *, but: tuple[str, ...] = ()) -> None:
        for section, mail in mails.items():
            if section not in but:
                self.reply(mail, filled(form_in(mail)))
        self.take_in()

    def state(self, assignment: str) -> str:
        return self.ledger.assignments.get(assignment).state

    def wait(self, assignment: str) -> str:
        return collection.finish(self.workspace, assignment, self.now)

    def assemble(self, cycle: CycleRecord) -> Any:
        return assembly.assemble(self.workspace, cycle.key, now=self.now)


@contextmanager
def scene(
    home: Path,
    now: datetime,
    ledger: str | None = None,
    plans: Path = PLANS,
    base_url: str = "",
) -> Iterator[Scene]:
    environ = {"DUTYFLOW_HOME": str(home), "DUTYFLOW_PLANS": str(plans)}
    environ["DUTYFLOW_BASE_URL"] = base_url
    if ledger is not None:
        environ["DUTYFLOW_LEDGER"] = ledger
    answers = Answers()
    with _shortcuts(home, plans, ledger), smtp_server(answers) as server:
        outbox = SmtpOutbox(connect=server.connect)
        workspace = SceneWorkspace(Settings.from_environ(environ), outbox)
        workspace.ledger.migrate()
        yield Scene(workspace=workspace, server=server, answers=answers, now=now.astimezone(UTC))
        workspace.close()


@contextmanager
def _shortcuts(home: Path, plans: Path, ledger: str | None) -> Iterator[None]:
    with once.forms_written_once(), ExitStack() as more:
        if plans == PLANS and ledger is None and not (home / "ledger.db").exists():
            once.furnish(home, plans)
            more.enter_context(once.the_same_tokens())
        yield


def parsed(content: Any) -> EmailMessage:
    return message_from_bytes(content, policy=policy.default)  # type: ignore[return-value]


def form_in(mail: EmailMessage) -> bytes:
    """The workbook attached to a mail."""
    return next(
        part.get_content() for part in mail.iter_attachments() if part.get_content_type() == XLSX
    )


def text_of(mail: EmailMessage) -> str:
    return mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]


def good(number: str) -> Row:
    return {"執行情形": f"（樣本）{number} 已辦理", "自評分數": 90, "佐證": "（樣本）紀錄"}


@lru_cache(maxsize=200)
def filled(form: bytes, answer: Callable[[str], Row] = good) -> bytes:
    """The form with every row filled in: `answer` says what, by the measure's number."""
    workbook = load_workbook(BytesIO(form))
    sheet = workbook.active
    header, columns = next(
        (row[0].row, titles)
        for row in sheet.iter_rows()
        if "執行情形" in (titles := {str(c.value): c.column for c in row if c.value})
    )
    for row in range(header + 1, sheet.max_row + 1):
        number = sheet.cell(row, columns["編號"]).value
        for title, value in answer(str(number)).items() if number else ():
            sheet.cell(row, columns[title]).value = value
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


def later(moment: datetime, **span: float) -> datetime:
    return moment + timedelta(**span)
