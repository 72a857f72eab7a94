"""The submissions (填報): kept as received with their verdict, the same content once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select, update

from dutyflow.nagging.lateness import is_on_time

from . import drafts, events
from .assignments import find as find_assignment
from .assignments import save, with_accepted, with_rejected
from .database import Database
from .errors import NotPossible, UnknownKey
from .event_types import SYSTEM, EventType
from .records import AssignmentRecord, NewSubmission, Recorded, SubmissionRecord, SubmittedFile
from .tables import assignments, submission_files, submissions

_SAID = {
    "accepted": EventType.ACCEPTED,
    "rejected": EventType.REJECTED,
    "quarantined": EventType.QUARANTINED,
}
_COLUMNS = tuple(column for column in submissions.c if column.name != "within")


class Submissions:
    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, submission: NewSubmission, *, now: datetime) -> Recorded:
        """Keep a judged submission and let its verdict take effect on its assignment.

        The same content for the same assignment, sent again, is the first one still. It changes
        nothing, but that an accepted one which another has replaced counts again. Raises
        UnknownKey for an assignment that is not there.
        """
        with self._database.writing() as connection:
            assignment = (
                find_assignment(connection, submission.assignment)
                if submission.assignment is not None
                else None
            )
            earlier = _same_content(connection, submission)
            if earlier is not None:
                again = assignment is not None and _counts_again(connection, earlier, submission)
                if assignment is not None and again:
                    save(connection, with_accepted(assignment, earlier.id, submission.received_at))
                    _tell_that_it_counts_again(connection, submission, earlier.id, now)
                return Recorded(submission=earlier, is_new=False, counts_again=again)
            number = _add(connection, submission, _replaced_by(submission, assignment), now)
            if assignment is not None:
                _take_effect(connection, assignment, submission, number)
            _tell(connection, submission, number, now)
            return Recorded(submission=find(connection, number), is_new=True)

    def get(self, submission_id: int) -> SubmissionRecord:
        """Raises UnknownKey."""
        with self._database.reading() as connection:
            return find(connection, submission_id)

    def of(self, assignment: str) -> tuple[SubmissionRecord, ...]:
        """All that came for an assignment, in the order it was recorded."""
        return self._all(every_submission().where(submissions.c.assignment == assignment))

    def with_blob(self, blob: str) -> tuple[SubmissionRecord, ...]:
        """All whose message, or one of whose files, is that content."""
        named = select(submission_files.c.submission).where(submission_files.c.blob == blob)
        its_own = submissions.c.raw_blob == blob
        return self._all(every_submission().where(its_own | submissions.c.id.in_(named)))

    def files_of(self, assignment: str) -> tuple[SubmittedFile, ...]:
        """All files that came for an assignment, in the order they were recorded."""
        query = (
            select(submission_files)
            .join(submissions, submissions.c.id == submission_files.c.submission)
            .where(submissions.c.assignment == assignment)
            .order_by(submission_files.c.submission, submission_files.c.position)
        )
        with self._database.reading() as connection:
            return tuple(map(_file, connection.execute(query)))

    def accepted(self, cycle_key: str) -> dict[str, SubmissionRecord]:
        """The last accepted submission of each assignment of a cycle that has one.

        Also of those that are returned or late again since: their state tells.
        """
        held = (
            every_submission()
            .join(assignments, assignments.c.accepted_submission == submissions.c.id)
            .where(assignments.c.cycle == cycle_key)
        )
        return {str(found.assignment): found for found in self._all(held)}

    def quarantined(self) -> tuple[SubmissionRecord, ...]:
        """What could not be matched or trusted, and waits for a person to say whose it is."""
        waiting = (
            submissions.c.verdict == "quarantined",
            submissions.c.assigned_to == "",
            submissions.c.put_aside == "",
        )
        return self._all(every_submission().where(*waiting))

    def assign(
        self,
        quarantined: int,
        assignment: str,
        *,
        became: int | None,
        now: datetime,
        who: str,
        why: str,
    ) -> SubmissionRecord:
        """A person says whose a quarantined one is; `became` is the submission made of it, if any.

        It stays on record as it came. Raises UnknownKey; NotPossible where it waits for nobody.
        """
        with self._database.writing() as connection:
            check_waiting(find(connection, quarantined))
            find_assignment(connection, assignment)
            change = update(submissions).where(submissions.c.id == quarantined)
            connection.execute(change.values(assigned_to=assignment))
            detail = {"quarantined": quarantined, "submission": became}
            for about in (assignment, f"submission/{quarantined}"):
                events.append(
                    connection,
                    EventType.ASSIGNED,
                    about=about,
                    now=now,
                    who=who,
                    why=why,
                    detail=detail,
                )
            return find(connection, quarantined)

    def date_receipt(
        self, assignment: str, effective_at: datetime, *, now: datetime, who: str, why: str
    ) -> SubmissionRecord:
        """A person gives another moment for the one that decided whether an assignment was on time,
        and the verdict follows it. When it was received stays on record.

        Raises UnknownKey; NotPossible where nothing was accepted.
        """
        with self._database.writing() as connection:
            record = find_assignment(connection, assignment)
            first = _first_accepted(connection, assignment)
            if first is None:
                raise NotPossible("還沒有已受理的填報，無從認定收件日；請先請組室補送填報檔")
            change = update(submissions).where(submissions.c.id == first.id)
            connection.execute(change.values(effective_at=effective_at))
            after = replace(record, on_time=is_on_time(effective_at, record.due_by))
            save(connection, after)
            detail = {
                "submission": first.id,
                "received_at": first.received_at.isoformat(),
                "effective_at": effective_at.isoformat(),
                "on_time": {"before": record.on_time, "after": after.on_time},
            }
            events.append(
                connection,
                EventType.DATED,
                about=assignment,
                now=now,
                who=who,
                why=why,
                detail=detail,
            )
            return find(connection, first.id)

    def _all(self, query: Select[Any]) -> tuple[SubmissionRecord, ...]:
        with self._database.reading() as connection:
            return records(connection, connection.execute(query.order_by(submissions.c.id)).all())


def check_waiting(submission: SubmissionRecord) -> None:
    """Raises NotPossible for one that waits for nobody to say whose it is."""
    if submission.verdict != "quarantined":
        raise NotPossible(f"填報 {submission.id} 不是待認領的來件；請重新整理後再選")
    if submission.assigned_to:
        raise NotPossible(f"來件 {submission.id} 已經認領，歸入「{submission.assigned_to}」")
    if submission.put_aside:
        raise NotPossible(f"來件 {submission.id} 已註記不採計（{submission.put_aside}）")


def _first_accepted(connection: Connection, assignment: str) -> SubmissionRecord | None:
    """The one that decided whether the assignment was on time."""
    accepted = submissions.c.assignment == assignment, submissions.c.verdict == "accepted"
    row = connection.execute(every_submission().where(*accepted).order_by(submissions.c.id)).first()
    return records(connection, [row])[0] if row else None


def every_submission() -> Select[Any]:
    """The query that `records` takes the rows of, to be narrowed."""
    return select(*_COLUMNS)


def find(connection: Connection, submission_id: int) -> SubmissionRecord:
    """Raises UnknownKey."""
    row = connection.execute(every_submission().where(submissions.c.id == submission_id)).first()
    if row is None:
        raise UnknownKey("填報", submission_id)
    return records(connection, [row])[0]


def records(connection: Connection, rows: Sequence[Row[Any]]) -> tuple[SubmissionRecord, ...]:
    """Rows of submissions, with their files."""
    files = _files(connection, [row.id for row in rows])
    return tuple(SubmissionRecord(**row._mapping, files=tuple(files[row.id])) for row in rows)


def _same_content(connection: Connection, submission: NewSubmission) -> SubmissionRecord | None:
    row = connection.execute(
        every_submission().where(
            submissions.c.within == _within(submission),
            submissions.c.content_hash == submission.content_hash,
        )
    ).first()
    return records(connection, [row])[0] if row else None


def _within(submission: NewSubmission) -> str:
    """Within what the same content counts once: the assignment, else the door it came in at."""
    return submission.assignment or submission.office


def _counts_again(connection: Connection, earlier: SubmissionRecord, sent: NewSubmission) -> bool:
    """Whether content that was replaced has been sent anew, after what replaced it."""
    current = find_assignment(connection, earlier.assignment or "").accepted_submission
    if earlier.verdict != "accepted" or current in (None, earlier.id):
        return False
    return sent.received_at > find(connection, current).received_at


def _replaced_by(submission: NewSubmission, assignment: AssignmentRecord | None) -> int | None:
    if assignment is None or submission.verdict != "accepted":
        return None
    return assignment.accepted_submission


def _add(
    connection: Connection, submission: NewSubmission, replaces: int | None, now: datetime
) -> int:
    content = submission.row | {
        "problems": list(submission.problems),
        "answers": list(submission.answers),
        "doubts": list(submission.doubts),
        "assigned_to": "",
        "within": _within(submission),
        "recorded_at": now,
        "replaces": replaces,
    }
    key = connection.execute(insert(submissions).values(**content)).inserted_primary_key
    assert key is not None  # noqa: S101 - one row was inserted
    rows = [
        {"submission": key[0], "position": position, **asdict(file)}
        for position, file in enumerate(submission.files)
    ]
    if rows:
        connection.execute(insert(submission_files), rows)
    return int(key[0])


def _take_effect(
    connection: Connection, assignment: AssignmentRecord, submission: NewSubmission, number: int
) -> None:
    if submission.verdict == "accepted":
        save(connection, with_accepted(assignment, number, submission.received_at))
        drafts.drop(connection, assignment.key)
    elif submission.verdict == "rejected":
        save(connection, with_rejected(assignment))


def _tell_that_it_counts_again(
    connection: Connection, sent: NewSubmission, number: int, now: datetime
) -> None:
    events.append(
        connection,
        EventType.ACCEPTED,
        about=sent.assignment or "",
        now=now,
        who=sent.sender,
        why="再次送來先前的內容，以此為準",
        detail={"submission": number, "raw_blob": sent.raw_blob},
    )


def _tell(connection: Connection, submission: NewSubmission, number: int, now: datetime) -> None:
    """Two events: that it came, which is the sender's doing, and what we made of it."""
    about = submission.assignment or f"submission/{number}"
    detail = {
        "submission": number,
        "channel": submission.channel,
        "received_at": submission.received_at.isoformat(),
        "role": submission.role,
        "matched_by": submission.matched_by,
        "content_hash": submission.content_hash,
        "raw_blob": submission.raw_blob,
        "files": [asdict(file) for file in submission.files],
    }
    events.append(
        connection, EventType.RECEIVED, about=about, now=now, who=submission.sender, detail=detail
    )
    events.append(
        connection,
        _SAID[submission.verdict],
        about=about,
        now=now,
        who=SYSTEM,
        why=submission.reason,
        detail={"submission": number, "problems": len(submission.problems)},
    )


def _files(connection: Connection, ids: Iterable[int]) -> dict[int, list[SubmittedFile]]:
    query = (
        select(submission_files)
        .where(submission_files.c.submission.in_(ids))
        .order_by(submission_files.c.submission, submission_files.c.position)
    )
    found: dict[int, list[SubmittedFile]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.submission].append(_file(row))
    return found


def _file(row: Row[Any]) -> SubmittedFile:
    return SubmittedFile(name=row.name, content_type=row.content_type, size=row.size, blob=row.blob)
