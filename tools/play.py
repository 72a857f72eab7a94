"""Plays one collection, visibly, with sample sections: from opening mail to delivered report.

Everything is real but the people: Airflow runs the duty, mail goes over SMTP, answers come back as
workbooks. One section makes mistakes and corrects them; one is late, and is collected again.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

import httpx

from airflow_api import AirflowApi, Task
from dutyflow.calendars.periods import period_named, period_of
from dutyflow.calendars.roc import in_zone
from dutyflow.calendars.working_days import ONE_DAY
from dutyflow.services.reporting.assembly import folder_of
from dutyflow.services.workspace import Workspace
from environment import COORDINATOR, Instance
from sample_sections import (
    Letter,
    SampleSection,
    filled,
    sample_answer,
    sample_sections,
    with_mistakes,
)

OFFICE, DUTY = "pingtung", "self_assessment"
DAG = f"{OFFICE}__{DUTY}"
CARELESS, LATE = "電費組", "人資組"
CUT_OFF = timedelta(seconds=75)
PATIENCE_SECONDS = 180

Seen = TypeVar("Seen")
started = time.monotonic()


class PlayFailed(Exception):
    """Something that should have happened did not."""


@dataclass(frozen=True, kw_only=True)
class Play:
    """One run of the duty, and the people in it."""

    instance: Instance
    workspace: Workspace
    airflow: AirflowApi
    sections: dict[str, SampleSection]
    cycle: str
    run: str

    def task(self, name: str, title: str = "") -> Task | None:
        tasks = self.airflow.tasks(DAG, self.run)
        return next((t for t in tasks if t.id == name and t.title in (title, "")), None)

    @property
    def key(self) -> str:
        return f"{OFFICE}/{DUTY}/{self.cycle}"


def main() -> int:
    instance = Instance.from_environment()
    os.environ.update(instance.environment())
    try:
        play = prepare(instance)
        cut_off = open_the_cycle(play)
        letters = sections_get_their_mail(play)
        sections_answer(play, letters)
        the_late_one_is_marked(play, cut_off)
        the_late_one_answers(play, letters[LATE])
        collection_is_run_again(play)
        approve_and_deliver(play)
        tell_where_things_are(play)
    except (PlayFailed, httpx.HTTPError) as error:
        print(
            f"示範未能完成 / the play stopped: {error}\n紀錄 / logs: {instance.logs}",
            file=sys.stderr,
        )
        return 1
    return 0


def prepare(instance: Instance) -> Play:
    workspace = Workspace.from_environment()
    airflow = AirflowApi(instance)
    until(lambda: DAG in airflow.dag_ids(), f"Airflow 讀到 {DAG}")
    until(lambda: not airflow.tasks_at_work(), "今天自動開辦的各期都開辦完畢")
    cycle = cycle_to_play(workspace)
    return Play(
        instance=instance,
        workspace=workspace,
        airflow=airflow,
        sections=sample_sections(workspace, instance, OFFICE, DUTY, cycle),
        cycle=cycle,
        run=f"{cycle}-{len(airflow.runs(DAG)) + 1}",
    )


def cycle_to_play(workspace: Workspace) -> str:
    """The current half-year; one before it where that has been played."""
    played = {cycle.name for cycle in workspace.ledger.cycles.all(office=OFFICE, duty=DUTY)}
    period = period_of("half_year", in_zone(datetime.now(UTC)).date())
    while period.name in played:
        period = period_of("half_year", period.start - ONE_DAY)
    if period.end < workspace.office(OFFICE).plans[0].effective_from:
        raise PlayFailed("各期都示範過了；請先執行 make clean / every half-year has been played")
    return period.name


def open_the_cycle(play: Play) -> datetime:
    cut_off = datetime.now(UTC) + CUT_OFF
    today: date = in_zone(cut_off).date()
    title = period_named(play.cycle).title
    say(
        f"開啟「{title}半年自行考核」，收件到 {in_zone(cut_off):%H:%M:%S}",
        f"opening {play.cycle}; the cut-off is in {CUT_OFF.seconds} seconds",
    )
    play.airflow.start(
        DAG,
        play.run,
        {"cycle": play.cycle, "collect_by": cut_off.isoformat(), "report_due": today.isoformat()},
    )
    return cut_off


def sections_get_their_mail(play: Play) -> dict[str, Letter]:
    letters: dict[str, Letter] = {}

    def look() -> dict[str, Letter] | None:
        for name, section in play.sections.items():
            for letter in section.new_letters():
                letters[name] = letter
                say(f"{name} 收到：{letter.message.subject}", "opening mail, with the form")
        return letters if len(letters) == len(play.sections) else None

    return until(look, "各組收到開辦信")


def sections_answer(play: Play, letters: dict[str, Letter]) -> None:
    for name, letter in letters.items():
        if name not in (LATE, CARELESS):
            play.sections[name].reply(letter, filled(letter.form.data, sample_answer))
            say(f"{name} 填妥回覆", "replies with the filled form")
    careless = play.sections[CARELESS]
    careless.reply(letters[CARELESS], filled(letters[CARELESS].form.data, with_mistakes()))
    say(f"{CARELESS} 回覆，但有兩處填錯", "replies, with two mistakes")
    correction = until(lambda: next(careless.new_letters(), None), f"{CARELESS}收到更正通知")
    say(
        f"{CARELESS} 收到：{correction.message.subject}", "is told what is wrong, and in which cell"
    )
    careless.reply(correction, filled(correction.form.data, sample_answer))
    say(f"{CARELESS} 更正後再回覆", "corrects it and replies again")
    for name, section in play.sections.items():
        if name != LATE:
            receipt = until(lambda it=section: next(it.new_letters(), None), f"{name}收到回條")
            say(f"{name} 收到：{receipt.message.subject}", "receipt")


def the_late_one_is_marked(play: Play, cut_off: datetime) -> None:
    left = max(0, int((cut_off - datetime.now(UTC)).total_seconds()))
    say(f"等到收件期限，還有 {left} 秒；{LATE}尚未回覆", "waiting for the cut-off")
    until(lambda: is_in(play.task("section.collect", LATE), "failed"), f"{LATE}標為逾期")
    say(f"{LATE} 逾期：Airflow 的「收件」轉為紅色", "is late: its collect turns red")
    until(lambda: is_in(play.task("review"), "awaiting_input"), "彙整完成、等候核定")
    report = play.workspace.ledger.reports.latest(play.key)
    assert report is not None
    say(f"彙整表第 {report.version} 版完成，{LATE}標示逾期未報", "version 1, the late one marked")


def the_late_one_answers(play: Play, letter: Letter) -> None:
    late = play.sections[LATE]
    late.reply(letter, filled(letter.form.data, sample_answer))
    say(f"{LATE} 補報", "the late one replies")
    receipt = until(lambda: next(late.new_letters(), None), f"{LATE}收到回條")
    say(f"{LATE} 收到：{receipt.message.subject}", "receipt, marked as late")


def collection_is_run_again(play: Play) -> None:
    collect = play.task("section.collect", LATE)
    assert collect is not None
    play.airflow.clear(DAG, play.run, collect.id, collect.index)
    say(f"重新執行{LATE}的「收件」（其餘組室不動）", "its collect is cleared, and what follows it")
    until(
        lambda: (is_in(play.task("review"), "awaiting_input") and version(play) == 2) or None,
        "彙整表第 2 版",
    )
    say("彙整表第 2 版完成", "version 2 is assembled")


def approve_and_deliver(play: Play) -> None:
    play.airflow.decide(DAG, play.run, "核定", [], "")
    say("核定", "approved")
    until(lambda: is_in(play.task("close"), "success"), "報送與結案")
    say("報送業務處並結案", "delivered to head office; the cycle is closed")


def tell_where_things_are(play: Play) -> None:
    instance, workspace = play.instance, play.workspace
    cycle = workspace.ledger.cycles.get(play.key)
    print(f"""
完成，共 {int(time.monotonic() - started)} 秒 / done.
  Airflow   {instance.url}/dags/{DAG}/runs/{play.run}
            帳號 login: {COORDINATOR}  密碼 password: {instance.passwords()[COORDINATOR]}
  填報頁    {instance.page_url}/fill
  信件 mail {instance.mail}
  彙整表    {folder_of(workspace, cycle)}
停止 stop: make stop    再啟動 start again: make up    清除 forget all of it: make clean""")


def version(play: Play) -> int:
    latest = play.workspace.ledger.reports.latest(play.key)
    return latest.version if latest else 0


def is_in(task: Task | None, state: str) -> Task | None:
    return task if task is not None and task.state == state else None


def until(look: Callable[[], Seen | None], what: str) -> Seen:
    """Look again and again until there is something to see; give up after a few minutes."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        seen = look()
        if seen:
            return seen
        time.sleep(0.5)
    raise PlayFailed(f"等了 {PATIENCE_SECONDS} 秒，仍未見到：{what}")


def say(chinese: str, english: str) -> None:
    seconds = int(time.monotonic() - started)
    print(f"[{seconds // 60}:{seconds % 60:02}] {chinese} / {english}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
