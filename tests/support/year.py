"""The plan of 107 through Airflow's own scheduler: the DAGs of `dags/`, and a real mail server.

    python -m tests.support.year FOLDER

Writes what happened to FOLDER/seen.json; the ledger lies at DUTYFLOW_HOME. In a process of its own,
since it replaces the clock. What costs much and is proved elsewhere is done once in a while, or for
some duties only; that each run is made on its day, and named after its cycle, is never cut short.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.support.scheduler import Scheduler, Waiting
from tests.support.smtp import Answers, Server, smtp_server

TAIPEI = ZoneInfo("Asia/Taipei")
FIRST, LAST = dt.date(2018, 6, 1), dt.date(2019, 2, 12)
OFFICE = "pingtung"
ASSESSMENT, SURVEY, PUBLICATION = "self_assessment", "satisfaction_survey", "survey_publication"
PLAYED = {f"{OFFICE}__{duty}" for duty in (ASSESSMENT, SURVEY, PUBLICATION)}
# Who answers, and when; the others never do, and nobody answers the survey.
ON_TIME = {
    (2018, 6, 22): ("107H1", ["business", "general_affairs"]),
    (2018, 7, 3): ("107H1", ["human_resources"]),
    (2018, 12, 27): ("107H2", ["business", "general_affairs", "design", "human_resources"]),
}
LATE = {(2018, 7, 9): ("107H1", ["design"])}
TIDIED_UNTIL = dt.date(2018, 7, 15)  # 每日整理 goes on all days alike
COLLECTED_AGAIN = dt.date(2018, 7, 10)
DESIGN = 2  # its place in the plan's order
ANSWER = "本組本期無辦理事項。"


def morning(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(8, 31), TAIPEI)


class Year:
    def __init__(self, airflow: Scheduler, server: Server, workspace: Any) -> None:
        self.airflow, self.server, self.workspace = airflow, server, workspace
        self.mails: list[dict[str, str]] = []
        self.nagged: list[str] = []  # a day for each run of the round
        self._full = True  # a day on which all is done
        self._quiet = False  # nothing is open of which anybody could be reminded

    def play(self) -> None:
        self.airflow.look(morning(FIRST) - dt.timedelta(hours=3))  # as it is installed, at night
        self.work()
        rounds = len(self.airflow.runs("nag"))
        day = FIRST
        while day <= LAST:
            self.play_day(day)
            more = len(self.airflow.runs("nag")) - rounds
            self.nagged += [day.isoformat()] * more
            rounds += more
            day += dt.timedelta(days=1)

    def play_day(self, day: dt.date) -> None:
        self._full = day.day < 4
        self._quiet = not self.workspace.ledger.cycles.all(office=OFFICE, state="open")
        if day == TIDIED_UNTIL:
            self.airflow.pause("housekeeping")
        self.airflow.look(morning(day))
        self.work()
        self.let_the_others_be()
        self.answers_arrive(day)
        if day == COLLECTED_AGAIN:
            self.airflow.clear(
                f"{OFFICE}__{ASSESSMENT}", "scheduled__107H1", "section.collect", DESIGN
            )
            self.airflow.look(morning(day) + dt.timedelta(minutes=10))
            self.work()
        self.what_was_waited_for_comes()
        self.the_coordinator_approves()
        self.note_mails(day)

    def work(self) -> None:
        for dag, run in self.airflow.work(holding=self.is_left_out):
            self.airflow.finish(dag, run)

    def is_left_out(self, dag: str, task: str) -> bool:
        """What is not done each day, or not for each duty."""
        if dag == "nag":
            return not self._full and (self._quiet or task not in ("decide", "send"))
        if dag == "housekeeping":
            return not self._full
        return "__" in dag and dag not in PLAYED and task != "open"

    def let_the_others_be(self) -> None:
        """A cycle of a duty that is not played is open, and all it asks for is waived."""
        for cycle in self.workspace.ledger.cycles.all(office=OFFICE, state="open"):
            if f"{OFFICE}__{cycle.duty}" not in PLAYED:
                now = dt.datetime.now(dt.UTC)
                for part in self.workspace.ledger.assignments.of(cycle.key):
                    self.workspace.ledger.assignments.waive(
                        part.key, now=now, who="測試", why="測試"
                    )
                self.workspace.ledger.cycles.close(cycle.key, now=now, who="測試", why="測試")

    def answers_arrive(self, day: dt.date) -> None:
        cycle, sections = {**ON_TIME, **LATE}.get((day.year, day.month, day.day), ("", []))
        for section in sections:
            self.put(self.reply(f"{OFFICE}/{ASSESSMENT}/{cycle}/{section}"))
        if sections:
            waits = [it for it in self.airflow.waiting() if it.dag_id == "intake"]
            self.airflow.has_come(waits, [OFFICE])
            self.work()

    def reply(self, assignment: str) -> EmailMessage:
        """To the opening mail of an assignment, from whom it was sent to."""
        from tests.support.scene import parsed

        notices = self.workspace.ledger.notices.of(about=assignment)
        opening = next(notice for notice in notices if notice.rung == "opening")
        letter = next(
            mail
            for envelope in self.server.kept
            if (mail := parsed(envelope.content))["Message-ID"] == opening.message_id
        )
        answer = EmailMessage()
        answer["From"], answer["To"] = letter["To"], letter["Reply-To"]
        answer["Subject"] = f"Re: {letter['Subject']}"
        answer["Message-ID"] = f"<{assignment.replace('/', '.')}@example.tw>"
        answer.set_content(ANSWER)
        return answer

    def put(self, message: EmailMessage) -> None:
        """Into the office's Maildir, as of now."""
        mailbox = self.workspace.office(OFFICE).contacts.mailbox.address
        new = self.workspace.settings.mail / mailbox / "new"
        new.mkdir(parents=True, exist_ok=True)
        now = dt.datetime.now(dt.UTC).timestamp()
        file = new / f"{now}.{len(list(new.iterdir()))}.example"
        file.write_bytes(message.as_bytes())
        os.utime(file, (now, now))

    def what_was_waited_for_comes(self) -> None:
        from dutyflow.services.cycles.collection import wait_for

        now = dt.datetime.now(dt.UTC)
        waits = self.airflow.waiting()
        keys = [it.what["assignment"] for it in waits if "assignment" in it.what]
        looks = wait_for(self.workspace, keys, now)

        def is_over(it: Waiting) -> bool:
            if "assignment" in it.what:
                return looks[it.what["assignment"]] != "waiting"
            return "moment" in it.what and it.what["moment"] <= now

        over = list(filter(is_over, waits))
        if over:
            self.airflow.has_come(over)
            self.work()

    def the_coordinator_approves(self) -> None:
        asked = [it for it in self.airflow.waiting() if it.task_id == "review"]
        for it in asked:
            self.airflow.answer(it.dag_id, it.run_id, "核定")
        if asked:
            self.work()

    def note_mails(self, day: dt.date) -> None:
        from tests.support.scene import parsed

        for envelope in self.server.kept[len(self.mails) :]:
            mail = parsed(envelope.content)
            self.mails.append(
                {
                    "day": day.isoformat(),
                    "to": str(mail["To"]),
                    "subject": str(mail["Subject"]),
                    "id": str(mail["Message-ID"]),
                }
            )


def main(folder: Path) -> None:
    with smtp_server(Answers()) as server:
        extra = {"disable_ssl": True, "disable_tls": True}
        smtp = {"conn_type": "smtp", "host": server.host, "port": server.port, "extra": extra}
        os.environ["AIRFLOW_CONN_DUTYFLOW_SMTP"] = json.dumps(smtp)
        scheduler = Scheduler(folder / "airflow", Path("dags"))
        with scheduler.at_work(morning(FIRST) - dt.timedelta(hours=3)) as airflow:
            from dutyflow.services.messaging import assignment_mail
            from dutyflow.services.workspace import Workspace

            # Forms are written and read in other tests; a year of them would take minutes.
            assignment_mail.write_form = lambda **_: b"form"
            workspace = Workspace.from_environment()
            workspace.ledger.migrate()
            year = Year(airflow, server, workspace)
            year.play()
            first_half = (f"{OFFICE}__{ASSESSMENT}", "scheduled__107H1")
            seen = {
                "runs": {dag: list(airflow.runs(dag)) for dag in airflow.dag_ids()},
                "nagged": year.nagged,
                "mails": year.mails,
                "first half": airflow.states(*first_half),
                "tries": airflow.tries(*first_half),
            }
            (folder / "seen.json").write_text(json.dumps(seen), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
