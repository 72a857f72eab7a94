"""`dutyflow receive`: a file or a mail that came by another way is taken in by the same door."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dutyflow.forms.problems import Problem
from dutyflow.infra import clock
from dutyflow.infra.settings import Settings
from dutyflow.ledger.records import SubmissionRecord, number_of
from dutyflow.mail.text import file_name
from dutyflow.plan.office import OfficePlan
from dutyflow.plan.words import did_you_mean, listed
from dutyflow.services.workspace import Workspace

from .common import Refused, echo_json, json_option, near, save
from .ledger_access import opened_workspace
from .offices import office_option

if TYPE_CHECKING:
    from dutyflow.services.messaging.post import OutgoingMail

WHO, WHY = "指令列", "以 dutyflow receive 收件時指定"
VERDICTS = {"accepted": "受理", "rejected": "未受理", "quarantined": "待認領"}
_CYCLE = 3  # as many parts of an assignment's key name its cycle


@dataclass(frozen=True, kw_only=True)
class Came:
    """What became of a file: what is on record of it, and the mails that follow."""

    submissions: tuple[SubmissionRecord, ...]
    answers: tuple[OutgoingMail, ...]

    @property
    def all_accepted(self) -> bool:
        verdicts = {each.verdict for each in self.submissions}
        return verdicts == {"accepted"}


@click.command("receive")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--assignment",
    metavar="KEY",
    help="Whose it is, where nothing in it says so: pingtung/self_assessment/107H1/business.",
)
@office_option
@click.option(
    "--answers",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write the mails that would answer it into a folder, as .eml.",
)
@json_option
@click.pass_obj
def receive_command(
    settings: Settings,
    file: Path,
    assignment: str | None,
    office: str | None,
    answers: Path | None,
    as_json: bool,
) -> None:
    """Take in FILE, a filled form or a mail (.eml), as if it had come in by itself: kept, matched,
    judged, put on record.

    No mail is sent: whoever hands it in hears what became of it here. Exit code 1, unless it is
    accepted.
    """
    now = clock.now()
    with opened_workspace(settings) as workspace:
        if assignment is not None:
            _check_assignment(workspace, assignment)
        its_office = _office(workspace, office, assignment)
        came = _take_in(workspace, its_office, file, now)
        if assignment is not None:
            came = _assigned(workspace, came, assignment, now)
        if answers is not None:
            _save_answers(came, its_office, answers, now)
        if as_json:
            echo_json(_as_json(came))
        else:
            _echo(workspace, came)
    if not came.all_accepted:
        raise SystemExit(1)


def _take_in(workspace: Workspace, office: OfficePlan, path: Path, now: datetime) -> Came:
    from dutyflow.infra.shared_folder import FILE_LIMIT, Found, Mark
    from dutyflow.mail.mailboxes.inbox import MESSAGE_LIMIT, RawMessage
    from dutyflow.services.intake import folder, mailbox

    is_mail = path.suffix.lower() == ".eml"
    try:
        told = path.stat()
        _check_size(path, told.st_size, MESSAGE_LIMIT if is_mail else FILE_LIMIT)
        data = path.read_bytes()
    except OSError as error:
        raise Refused(f"無法讀取 {near(path)}：{error.strerror}") from None
    if is_mail:
        stored = RawMessage(id=path.name, data=data, received_at=now)
        taken = mailbox.take_in(workspace, office, stored, now=now)
    else:
        put_at = datetime.fromtimestamp(told.st_mtime, UTC)
        found = Found(name=path.name, mark=Mark.of(told), put_at=min(put_at, now), data=data)
        taken = folder.take_in(workspace, office, folder.Bundle(found=[found]), now=now)
    answers = taken.mails(workspace, now)
    came = workspace.ledger.submissions.with_blob(workspace.store.put(data))
    waiting = (each for each in came if not each.assigned_to)  # else it is there as what it became
    return Came(submissions=tuple(waiting), answers=answers)


def _check_size(path: Path, size: int, limit: int) -> None:
    if not size:
        raise Refused(f"{near(path)} 是空的檔案，沒有內容可收")
    if size > limit:
        raise Refused(f"{near(path)} 有 {size / 2**20:.0f} MB；應為 {limit / 2**20:.0f} MB 以內")


def _assigned(workspace: Workspace, came: Came, assignment: str, now: datetime) -> Came:
    """What could not be matched goes where the person says; the rest stays where it says itself."""
    from dutyflow.services.coordinator.quarantine import assign

    submissions, answers = list(came.submissions), came.answers
    for place, each in enumerate(came.submissions):
        if each.verdict == "quarantined" and not (each.assigned_to or each.put_aside):
            assigned = assign(workspace, each.id, assignment, WHO, WHY, now)
            answers = assigned.mails
            submissions[place] = assigned.submission or workspace.ledger.submissions.get(each.id)
    return Came(submissions=tuple(submissions), answers=answers)


def _office(workspace: Workspace, named: str | None, assignment: str | None) -> OfficePlan:
    if named is None and assignment is not None:
        named = assignment.split("/")[0]
    if named is not None:
        return workspace.office(named)
    if len(workspace.offices) != 1:
        names = {key: office.name for key, office in workspace.offices.items()}
        raise Refused(f"請以 --office 指定機關；有 {listed(names) or '（沒有）'}")
    return next(iter(workspace.offices.values()))


def _check_assignment(workspace: Workspace, key: str) -> None:
    """Raises Refused, with those that there are."""
    parts = key.split("/")
    cycle = "/".join(parts[:_CYCLE])
    cycles = [each.key for each in workspace.ledger.cycles.all()]
    if cycle not in cycles:
        hint = did_you_mean(cycle, cycles, {}) or f"有 {listed(cycles) or '（沒有）'}"
        raise Refused(f"帳本沒有「{cycle}」這一期；{hint}")
    known = [each.key for each in workspace.ledger.assignments.of(cycle)]
    if key not in known:
        hint = did_you_mean(key, known, {}) or f"有 {listed(known)}"
        raise Refused(f"帳本沒有應辦事項「{key}」；{hint}")


def _save_answers(came: Came, office: OfficePlan, folder: Path, now: datetime) -> None:
    from dutyflow.mail.outbound.letter import compose

    for number, dispatch in enumerate(came.answers, start=1):
        message = compose(dispatch, mailbox=office.contacts.mailbox, now=now)
        name = file_name(f"{number}_{dispatch.to.name}_{dispatch.content.subject}.eml")
        save(folder / name, message.as_bytes())


def _echo(workspace: Workspace, came: Came) -> None:
    for each in came.submissions:
        click.echo("　".join(_told(workspace, each)))
        for problem in each.problems:
            click.echo(f"  {Problem(**problem)}")
    for dispatch in came.answers:
        click.echo(f"回覆（沒有寄出）→ {dispatch.to.name}：{dispatch.content.subject}")


def _told(workspace: Workspace, each: SubmissionRecord) -> Iterator[str]:
    yield number_of(each.id)
    yield VERDICTS[each.verdict]
    key = each.assignment or each.assigned_to
    if key:
        case = workspace.case(key)
        yield f"{case.cycle.title} {case.duty.name}（{case.section_name}）"
    yield from filter(None, (each.matched_by and f"依{each.matched_by}", each.reason))


def _as_json(came: Came) -> dict[str, Any]:
    return {
        "submissions": [_submission_as_json(each) for each in came.submissions],
        "answers": [
            {"to": each.to.email, "subject": each.content.subject, "rung": each.rung.key}
            for each in came.answers
        ],
    }


def _submission_as_json(each: SubmissionRecord) -> dict[str, Any]:
    return {
        "number": number_of(each.id),
        "verdict": each.verdict,
        "assignment": each.assignment or each.assigned_to or None,
        "matched_by": each.matched_by,
        "reason": each.reason,
        "problems": each.problems,
        "answers": each.answers,
        "doubts": each.doubts,
        "received_at": each.received_at.isoformat(),
        "files": [{"name": file.name, "sha256": file.blob} for file in each.files],
    }
