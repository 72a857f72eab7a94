"""The sending process is killed, again and again; a real mail server counts what arrived."""

from __future__ import annotations

import os
import random
import signal
from collections import Counter
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dutyflow.infra.settings import Settings
from dutyflow.services.cycles import opening
from dutyflow.services.reminders.daily_round import decide_round
from dutyflow.services.workspace import Workspace
from tests.plan.conftest import PLAN
from tests.support.forked import PATIENCE_SECONDS, fork
from tests.support.rounds import play_round
from tests.support.scene import parsed
from tests.support.smtp import Answers, smtp_server

OFFICE, SECTIONS, KILLS = "penghu", 20, 6
OPENED = datetime(2018, 6, 15, 0, 30, tzinfo=UTC)
MORNING = datetime(2018, 6, 27, 0, 30, tzinfo=UTC)
LEASE = timedelta(minutes=6)  # whoever died holds its claim for five


@dataclass
class Killer(Answers):
    """A server that kills its client at a stage of the n-th mail from now; 0 spares it."""

    stage: str = ""
    mails: int = 0
    victim: Future[int] = field(default_factory=Future)  # its id, which is known once it runs
    seen: Counter[str] = field(default_factory=Counter)

    def aim(self, stage: str, mails: int) -> None:
        self.victim, self.stage, self.mails, self.seen = Future(), stage, mails, Counter()

    def _hang_up(self, server, stage: str) -> None:
        self.seen[stage] += 1
        if self.mails and stage == self.stage and self.seen[stage] == self.mails:
            with suppress(ProcessLookupError):
                os.kill(self.victim.result(PATIENCE_SECONDS), signal.SIGKILL)


@pytest.fixture
def plans(tmp_path: Path) -> Path:
    """An office of many sections, each with an owner of its own."""
    ids = [f"s{number:02}" for number in range(SECTIONS)]
    sections = "".join(f"  - {{id: {each}, name: 第{each}組}}\n" for each in ids)
    head, rest = PLAN.split("sections:\n")
    text = head + "sections:\n" + sections + rest[rest.index("scoring:") :]
    for owners in ("[business]", "[design, business]"):
        text = text.replace(f"owners: {owners}", "owners: all")
    text = text.replace("ladder: short", "ladder: standard")
    people = "".join(
        f"  {each}:\n    owners: [{{name: 承辦{each}, email: {each}@example.tw}}]\n"
        f"    head: {{name: 組長{each}, email: head.{each}@example.tw}}\n"
        for each in ids
    )
    folder = tmp_path / "plan" / OFFICE
    folder.mkdir(parents=True)
    (folder / "107.yaml").write_text(text, encoding="utf-8")
    (folder / "contacts.yaml").write_text(
        "mailbox: {name: 填報信箱, address: plan@example.tw}\n"
        f"sections:\n{people}"
        "coordinator: {name: 曾承辦, email: tseng@example.tw}\n"
        "director: {name: 廖處長, email: liao@example.tw}\n"
        "head_office: {name: 業務處, email: office@example.tw}\n",
        encoding="utf-8",
    )
    return folder.parent


def test_no_mail_is_lost_and_none_comes_twice_but_the_one_in_flight(
    tmp_path: Path, plans: Path
) -> None:
    environment = {"DUTYFLOW_HOME": str(tmp_path / "home"), "DUTYFLOW_PLANS": str(plans)}
    workspace = Workspace(Settings.from_environ(environment))
    workspace.ledger.migrate()
    opening.open_cycle(
        workspace, office=OFFICE, duty="self_assessment", name="107H1", now=OPENED, who="測試"
    )
    expected = {digest.to.email for digest in decide_round(workspace, now=MORNING).digests}
    assert len(expected) == SECTIONS
    draw, killer, now = random.Random(20180627), Killer(), MORNING
    in_flight = 0
    with smtp_server(killer) as server:
        for _ in range(KILLS):
            stage = draw.choice(["EHLO", "MAIL", "RCPT", "DATA"])
            mails = 1 if stage == "EHLO" else draw.randint(1, 4)
            dead = run_child(server.port, now, environment, killer, stage, mails)
            in_flight += dead and stage == "DATA"
            assert len(claimed(workspace)) <= dead, "only the one in flight is held by who died"
            now += LEASE
        while run_child(server.port, now, environment, killer, "", 0):
            now += LEASE
        assert claimed(workspace) == []
        on_the_wire = {envelope.content for envelope in killer.kept}
        arrived = [parsed(envelope.content) for envelope in killer.kept]
    assert {mail["To"].addresses[0].addr_spec for mail in arrived} == expected
    times = Counter(mail["Message-ID"] for mail in arrived)
    assert len(times) == SECTIONS  # a mail that was in flight came under its own Message-ID again
    assert sum(times.values()) - SECTIONS <= in_flight
    assert in_flight >= 1
    notices = workspace.ledger.notices
    kept = {notices.mail(notice.message_blob) for notice in notices.of()}
    assert len(kept) == SECTIONS
    assert kept <= on_the_wire
    assert decide_round(workspace, now=now).digests == ()
    assert workspace.ledger.events.verify() is None
    workspace.close()


def claimed(workspace: Workspace) -> list[str]:
    return [
        notice.recipient for notice in workspace.ledger.notices.of() if notice.state == "claimed"
    ]


def run_child(
    port: int, now: datetime, environment: dict[str, str], killer: Killer, stage: str, mails: int
) -> bool:
    """Run a round in a process of its own. Whether it died before its end."""
    killer.aim(stage, mails)
    child = fork(play_round, environment, OFFICE, port, now)
    killer.victim.set_result(child.pid)
    code, said = child.end()
    assert code in (0, -signal.SIGKILL), said
    return code != 0
