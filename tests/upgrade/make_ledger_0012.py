"""Made `ledger_0012.tar.xz`: what an office had on its disk, in the middle of a half-year.

The archive is test data: its people are invented, and its secret signs nothing else. It was made
by the code of that time, whose modules had other names, and is never made again by a later one:

    git checkout 67efefb
    .venv/bin/python make_ledger_0012.py ledger_0012.tar.xz    (this file put into its root)

On the morning of 27 June 2018, 107H1 of the self-assessment is open. Its opening mails have gone
out, and so has a first round, which told one deputy and had reasons to be silent about others. One
section has answered, one has made mistakes, one asks for more time, one has begun on its page; a
stranger's mail is in quarantine. The day's round is under way: one reminder went out, of one it is
unknown, one was deferred, and the process was killed with the last one in flight.
"""

# ruff: noqa: I001 - the modules of that time are not there to be sorted

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import sys
import tarfile
import tempfile
from datetime import date, datetime
from email import message_from_bytes, policy
from pathlib import Path

import time_machine
from airflow.models.trigger import Trigger
from click.testing import CliRunner

from dutyflow import links, posting, uploading
from dutyflow.calendars.roc import TAIPEI
from dutyflow.cli import main
from dutyflow.ledger.records import EventRecord
from dutyflow.mail.attachment import Attachment
from dutyflow.orchestration.waiting import CollectTrigger, MailTrigger
from dutyflow.reminding import remind
from dutyflow.rounds import Wanted, decide_round, keep_silences
from dutyflow.web.upload import tickets
from tests.support.scene import DUTY, OFFICE, Scene, filled, form_in, good, scene

CYCLE = f"{OFFICE}/{DUTY}/107H1"
PAGE_URL = "http://127.0.0.1:8081"  # as .env.example has it
SECRET = b"test data of an upgrade, no secret at all"
WAITS = ("design", "general_affairs", "human_resources", "billing")
Mails = dict[str, object]


class Killed(BaseException):
    """The process ends here, whatever it was about to do."""


def at(day: str, hour: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=TAIPEI)


def play(office: Scene) -> dict[str, str]:
    """The half-year so far. What browsers hold."""
    letters = office.announce(office.open())
    office.now = at("2018-06-20", "08:30")
    send_a_round(office)
    office.now = at("2018-06-20", "10:00")
    answer_well_and_badly(office, letters)
    office.now = at("2018-06-25", "14:00")
    office.write(letters["human_resources"], "您好：\n展期 107/7/11 原因：資料尚待彙整\n謝謝")
    office.take_in()
    office.now = at("2018-06-27", "08:20")
    held = begin_on_the_page(office)
    office.now = at("2018-06-27", "08:30")
    send_half_a_round(office)
    assert {each.state for each in office.ledger.notices.of()} == {
        "sent", "claimed", "deferred", "unknown",
    }  # fmt: skip
    return held


def send_a_round(office: Scene) -> None:
    """One section is paused, one owner is away, one cannot be reached."""
    ledger, who = office.ledger, "曾秀英（樣本）"
    ledger.assignments.pause(
        f"{CYCLE}/billing", date(2018, 6, 21), now=office.now, who=who, why="（樣本）盤點中"
    )
    ledger.people.set_away(
        "chang.general@pingtung.example.tw", date(2018, 6, 22), now=office.now, who=who, why="公出"
    )
    ledger.people.mark_undeliverable(
        "lin.business@pingtung.example.tw", now=office.now, who="系統", why="550 5.1.1 no such user"
    )
    decided = decide_round(office.desk, now=office.now)
    keep_silences(office.desk, decided, now=office.now)
    with office.client() as client:
        remind(office.desk, client, OFFICE, decided.digests, now=office.now)


def answer_well_and_badly(office: Scene, letters: Mails) -> None:
    photo = Attachment(
        name="宣導紀錄.jpg", content_type="image/jpeg", data=b"\xff\xd8\xff (sample)"
    )
    answer = office.answer(letters["business"], filled(form_in(letters["business"])))
    office.put(with_file(answer, photo))
    wrong = iter([101, "九十"])
    office.reply(
        letters["billing"],
        filled(form_in(letters["billing"]), lambda n: {**good(n), "自評分數": next(wrong, 90)}),
    )
    office.put(
        b"From: somebody@elsewhere.example.tw\nTo: plan@pingtung.example.tw\n"
        b"Subject: hello\nMessage-ID: <stranger@example.tw>\n\nIs this the right place?\n"
    )
    assert len(office.take_in()) == 2


def with_file(raw: bytes, file: Attachment) -> bytes:
    message = message_from_bytes(raw, policy=policy.SMTP)
    maintype, _, subtype = file.content_type.partition("/")
    message.add_attachment(file.data, maintype=maintype, subtype=subtype, filename=file.name)
    return message.as_bytes()


def begin_on_the_page(office: Scene) -> dict[str, str]:
    """The owner of general affairs opens the link, and types a first row."""
    desk = office.desk
    case = desk.case(f"{CYCLE}/general_affairs")
    (person, *_) = links.people(case)
    code = links.code(case, person.email, 0)
    visit = links.visit_by_code(desk, code)
    assert visit is not None
    typed = {case.rows[0].id: {"text": "（樣本）先寫下的一項", "score": "88"}}
    assert uploading.save_draft(visit, uploading.Begun(typed=typed), now=office.now)
    ticket = tickets.new_ticket(
        assignment=case.assignment.key, email=person.email, returns=0, now=office.now
    )
    return {
        "code": code,
        "link": links.link(case, person, office.now),
        "place": tickets.place_of(case.assignment.key, desk.secret),
        "ticket": tickets.signed(ticket, desk.secret),
        "form_token": tickets.form_token(ticket.holder, desk.secret),
        "row": case.rows[0].id,
    }


def send_half_a_round(office: Scene) -> None:
    """Batch by batch, each a task of its own, with a mail server that fails in its ways."""
    decided = decide_round(office.desk, now=office.now)
    keep_silences(office.desk, decided, now=office.now)
    send_to(office, "billing")
    office.answers.drop_at = "DATA"
    send_to(office, "design", fails=posting.MailDeferred)
    office.answers.drop_at = ""
    office.answers.rcpt = "451 4.3.0 try later"
    send_to(office, "general_affairs", fails=posting.MailDeferred)
    office.answers.rcpt = ""
    hand_over = posting.hand_over

    def killed_afterwards(*given: object) -> None:
        hand_over(*given)
        raise Killed

    posting.hand_over = killed_afterwards
    send_to(office, "human_resources", fails=Killed)
    posting.hand_over = hand_over


def send_to(office: Scene, section: str, fails: type[BaseException] | None = None) -> None:
    wanted = Wanted(sections=(section,), again=True)
    digests = decide_round(office.desk, now=office.now, wanted=wanted).digests
    assert digests
    try:
        with office.client() as client:
            remind(office.desk, client, OFFICE, digests, now=office.now)
    except BaseException as failure:
        if fails is None or not isinstance(failure, fails):
            raise
    else:
        assert fails is None


def event(record: EventRecord) -> dict[str, object]:
    return {**vars(record), "at": record.at.isoformat()}


def told(office: Scene, *command: str) -> object:
    """What a command printed then."""
    settings = office.desk.settings
    environment = {
        "DUTYFLOW_HOME": str(settings.home),
        "DUTYFLOW_PLANS": str(settings.plans),
        "DUTYFLOW_BASE_URL": settings.base_url,
    }
    with time_machine.travel(office.now, tick=False):
        done = CliRunner().invoke(main, [*command, "--json"], env=environment)
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


def stored(trigger: CollectTrigger | MailTrigger) -> dict[str, object]:
    """A row of Airflow's table of triggers, without a Fernet key."""
    classpath, kwargs = trigger.serialize()
    return {"classpath": classpath, "encrypted_kwargs": Trigger.encrypt_kwargs(kwargs)}


def pack(office: Scene, held: dict[str, str], archive: Path) -> None:
    home, facts = (
        office.desk.settings.home,
        {
            "now.json": office.now.isoformat(),
            "page.json": held,
            "events.json": [event(each) for each in office.ledger.events.of()],
            "proof.json": told(office, "proof", "--cycle", "107H1"),
            "status.json": told(office, "status"),
            "triggers.json": [
                *(
                    {"task": "collect", **stored(CollectTrigger(f"{CYCLE}/{each}"))}
                    for each in WAITS
                ),
                {"task": "wait", **stored(MailTrigger())},
            ],
        },
    )
    office.desk.close()
    with sqlite3.connect(home / "ledger.db") as database:
        dump = "\n".join(database.iterdump())
    with tarfile.open(archive, "w:xz", preset=9) as packed:
        add(packed, "ledger.sql", dump.encode())
        for name, fact in facts.items():
            add(packed, name, json.dumps(fact, ensure_ascii=False, indent=1).encode())
        add(packed, "env.example", Path(".env.example").read_bytes())
        add(packed, "home/secret", SECRET)
        for folder, inside in (
            (home / "store", "home/store"),
            (office.desk.settings.plans, "plan"),
        ):
            for path in sorted(folder.rglob("*")):
                if path.is_file() and path.suffix in ("", ".yaml", ".csv"):
                    add(packed, f"{inside}/{path.relative_to(folder)}", path.read_bytes())


def add(packed: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(data)
    packed.addfile(member, io.BytesIO(data))


def make(archive: Path) -> None:
    home = Path(tempfile.mkdtemp())
    (home / "secret").write_bytes(SECRET)
    with scene(home, at("2018-06-15", "08:30"), base_url=PAGE_URL) as office:
        pack(office, play(office), archive)
    shutil.rmtree(home)


if __name__ == "__main__":
    make(Path(sys.argv[1]))
