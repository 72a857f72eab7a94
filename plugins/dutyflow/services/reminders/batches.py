"""稽催的分批: a round's digests, split among workers. Each decides again for its own people.

So whoever answered meanwhile is left alone, and a batch that is tried again, by whomever, sends
only what has not been sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from dutyflow.calendars.roc import in_zone
from dutyflow.errors import DutyflowError
from dutyflow.nagging.digests import OFFICE_HOURS, Digest
from dutyflow.nagging.people import person_key
from dutyflow.plan.office import OfficePlan
from dutyflow.services.workspace import Workspace

from .daily_round import Decided, Wanted, decide_round

PEOPLE_IN_A_BATCH = 200  # a task costs as much as a hundred mails or two


class NotThere(DutyflowError):
    """A round is asked for what no plan has."""


@dataclass(frozen=True, kw_only=True)
class RecipientBatch:
    """One batch: some of the people whom an office's mailbox writes to, by address, and the
    assignments that they are written to about; None: all that there are."""

    office: str
    people: tuple[str, ...]
    assignments: tuple[str, ...] | None = None


def batches_of(digests: Iterable[Digest], *, size: int = PEOPLE_IN_A_BATCH) -> list[RecipientBatch]:
    """The batches of a round. A person of several offices hears from the first."""
    by_office: dict[str, list[Digest]] = {}
    for digest in digests:
        by_office.setdefault(digest.offices[0], []).append(digest)
    return [
        _batch(office, everyone[start : start + size])
        for office, everyone in by_office.items()
        for start in range(0, len(everyone), size)
    ]


def _batch(office: str, digests: Sequence[Digest]) -> RecipientBatch:
    assignments = dict.fromkeys(nag.assignment for digest in digests for nag in digest.nags)
    return RecipientBatch(
        office=office,
        people=tuple(person_key(digest.to) for digest in digests),
        assignments=tuple(assignments),
    )


def still_to_send(
    workspace: Workspace, batch: RecipientBatch, *, wanted: Wanted, now: datetime
) -> tuple[Digest, ...]:
    """What the people of a batch are to be sent at `now`.

    Only what the batch is about is looked at: that of each batch all were decided upon would take
    the square of their number.
    """
    its_own = replace(wanted, assignments=batch.assignments, people=batch.people)
    decided = decide_round(workspace, now=now, wanted=its_own)
    return tuple(
        digest
        for digest in decided.digests
        if digest.offices[0] == batch.office and person_key(digest.to) in batch.people
    )


def at_any_hour(digests: Iterable[Digest]) -> Decided:
    """What of a batch goes out of office hours too; the rest waits, and the record says why."""
    parted = [digest.out_of_hours() for digest in digests]
    return Decided(
        digests=tuple(digest for digest, _ in parted if digest is not None),
        silences=tuple(silence for _, waits in parted for silence in waits),
    )


def in_office_hours(office: OfficePlan, now: datetime) -> bool:
    """A round that comes late, after an outage, tells at night only what cannot wait."""
    start, end = OFFICE_HOURS
    return start <= in_zone(now, office.zone).time() < end


def wanted(workspace: Workspace, asked: Mapping[str, Any]) -> Wanted:
    """What a person asks for: 機關, 定期工作, 組室, each by id or by name. Raises NotThere."""
    offices = {key: office.name for key, office in workspace.offices.items()}
    office = _found("機關", asked.get("office"), offices)
    plans = [
        plan
        for key in workspace.offices
        for plan in workspace.offices[key].plans
        if office in ("", key)
    ]
    duties = {duty.id: duty.name for plan in plans for duty in plan.duties}
    sections = {section.id: section.name for plan in plans for section in plan.sections}
    return Wanted(
        office=office,
        duty=_found("定期工作", asked.get("duty"), duties),
        sections=_all_found("組室", asked.get("sections") or (), sections),
        again=bool(asked.get("again")),
    )


def _all_found(kind: str, asked: Sequence[str], known: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(_found(kind, each, known) for each in asked if each.strip())


def _found(kind: str, asked: str | None, known: Mapping[str, str]) -> str:
    """The id of what is asked for by id or name; "" where nothing is."""
    said = (asked or "").strip()
    ids = {name: key for key, name in known.items()} | {key: key for key in known}
    if said and said not in ids:
        close = get_close_matches(said, ids, n=1)
        hint = f"；是不是「{close[0]}」？" if close else ""
        raise NotThere(f"計畫中沒有{kind}「{said}」；有：{'、'.join(known.values())}{hint}")
    return ids[said] if said else ""
