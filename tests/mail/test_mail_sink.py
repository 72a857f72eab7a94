"""The sink for trying things out, run as the program that it is; and the whole way of a mail."""

from __future__ import annotations

import re
import signal
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from dutyflow.mail.inbound.message import read_message
from dutyflow.mail.mailboxes.inbox import MaildirInbox
from dutyflow.mail.outbound.letter import compose
from dutyflow.mail.outbound.outbox import SmtpOutbox
from tests.mail.samples import LETTERS, MAILBOX, NOW, TOKEN, WANG

PROGRAM = Path(__file__).resolve().parents[2] / "tools" / "mail_sink.py"
SENDER = "wang@example.tw"


@dataclass(frozen=True)
class Sink:
    process: subprocess.Popen[str]
    port: int
    root: Path

    def connect(self) -> smtplib.SMTP:
        return smtplib.SMTP("127.0.0.1", self.port, local_hostname="localhost", timeout=20)

    def inbox(self, address: str) -> MaildirInbox:
        return MaildirInbox(self.root / address)


def start(*arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, str(PROGRAM), *map(str, arguments)]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )


@contextmanager
def running(root: Path) -> Iterator[Sink]:
    process = start("--port", 0, "--root", root)
    assert process.stdout is not None
    ready = process.stdout.readline()
    port = re.search(r"127\.0\.0\.1:(\d+)", ready)
    assert port, ready
    try:
        yield Sink(process, int(port[1]), root)
    finally:
        process.terminate()
        process.communicate(timeout=20)


@pytest.fixture
def sink(tmp_path) -> Iterator[Sink]:
    with running(tmp_path / "mail") as started:
        yield started


def test_a_mail_goes_the_whole_way_and_its_answer_comes_back(sink):
    """Compose → SMTP → sink → Maildir → read; then the answer, to the address it asks for."""
    opening = LETTERS["opening"]
    outbox = SmtpOutbox(connect=sink.connect)
    assert outbox.send(opening, mailbox=MAILBOX, now=NOW).state == "sent"
    outbox.close()
    (stored,) = sink.inbox(WANG.email).messages()
    received = read_message(stored.data, mailbox=MAILBOX.address)
    assert received.subject == opening.subject
    assert received.attachments == opening.attachments

    reply_to = f"plan+{TOKEN}@pingtung.example.tw"
    answer = compose(opening, mailbox=MAILBOX, now=NOW)
    answer.replace_header("From", WANG.email)
    answer.replace_header("To", reply_to)
    with sink.connect() as client:
        client.send_message(answer)
    inbox = sink.inbox(MAILBOX.address)
    (stored,) = inbox.messages()
    received = read_message(stored.data, mailbox=MAILBOX.address)
    assert received.tokens == (TOKEN,)
    assert received.recipients[0] == reply_to
    assert received.attachments == opening.attachments
    inbox.done(stored.id)
    assert not inbox.waiting()


def test_the_token_is_kept_even_where_no_header_names_it(sink):
    with sink.connect() as client:
        client.sendmail(SENDER, ["Plan+ABC234@Pingtung.Example.TW"], b"Subject: x\r\n\r\ntext\r\n")
    (stored,) = sink.inbox(MAILBOX.address).messages()
    assert read_message(stored.data, mailbox=MAILBOX.address).tokens == ("abc234",)
    assert b"Return-Path: <wang@example.tw>\n" in stored.data
    assert stored.data.endswith(b"Subject: x\n\ntext\n")


def test_a_bounce_keeps_its_empty_sender(sink):
    with sink.connect() as client:
        client.sendmail("<>", [MAILBOX.address], b"Subject: bounce\r\n\r\n")
    (stored,) = sink.inbox(MAILBOX.address).messages()
    assert read_message(stored.data, mailbox=MAILBOX.address).automatic


def test_each_recipient_has_a_mailbox(sink):
    people = ["a@example.tw", "b@example.tw", "a+tag@example.tw"]
    with sink.connect() as client:
        client.sendmail(SENDER, people, b"Subject: x\r\n\r\n")
    assert len(list(sink.inbox("a@example.tw").messages())) == 2
    assert len(list(sink.inbox("b@example.tw").messages())) == 1


@pytest.mark.parametrize(
    "address",
    [
        "../../x@example.tw",
        "/etc/x@example.tw",
        "..@example.tw",
        "a@../x",
        "a@b/../c",
        "a\\b@c.tw",
        "nobody",
    ],
)
def test_an_address_that_could_be_a_path_is_refused(sink, address):
    with sink.connect() as client:
        client.ehlo()
        client.mail(SENDER)
        code, _ = client.rcpt(address)
    assert code >= 500
    assert list(sink.root.rglob("*")) == []
    assert [path.name for path in sink.root.parent.iterdir()] == ["mail"]


def test_two_hundred_mails_are_all_kept(sink):
    with sink.connect() as client:
        for number in range(200):
            client.sendmail(SENDER, [MAILBOX.address], f"Subject: {number}\r\n\r\n".encode())
    subjects = [
        read_message(stored.data, mailbox=MAILBOX.address).subject
        for stored in sink.inbox(MAILBOX.address).messages()
    ]
    assert sorted(map(int, subjects)) == list(range(200))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_cleanly_when_told_to_even_with_a_client_connected(sink, number):
    client = sink.connect()
    sink.process.send_signal(number)
    _, errors = sink.process.communicate(timeout=20)
    client.close()
    assert sink.process.returncode == 0
    assert errors == ""


def test_a_port_in_use_is_said_in_one_sentence(sink, tmp_path):
    second = start("--port", sink.port, "--root", tmp_path / "other")
    output, errors = second.communicate(timeout=20)
    assert second.returncode == 1
    assert output == ""
    assert str(sink.port) in errors
    assert errors.count("\n") == 1
    assert "Traceback" not in errors


def test_a_folder_that_cannot_be_made_is_said_in_one_sentence(tmp_path):
    (tmp_path / "file").write_text("x")
    process = start("--port", 0, "--root", tmp_path / "file")
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 1
    assert errors.count("\n") == 1
    assert "資料夾" in errors
