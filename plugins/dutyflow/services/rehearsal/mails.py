"""A mail that would be sent: by a rehearsal, or by the next round."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage

from dutyflow.mail.attachment import Attachment
from dutyflow.mail.outbound.contexts import Content
from dutyflow.nagging.decisions import Nag
from dutyflow.nagging.reasons import Reason
from dutyflow.nagging.rungs import Rung
from dutyflow.plan.model import Person
from dutyflow.plan.office import OfficePlan
from dutyflow.plan.roles import Role
from dutyflow.plan.titles import Titles


@dataclass(frozen=True, kw_only=True)
class Point:
    """One of the things that a mail is about: with its recipient a notice, were it sent."""

    assignment: str
    office: str
    section: str
    rung: Rung
    reason: Reason
    role: Role
    acting_for: str = ""


@dataclass(frozen=True, kw_only=True)
class ForeseenMail:
    """One mail to one person. The first of its points is the most urgent.

    `office` is the one whose mailbox sends it. `thread`, `threads`, `token` and `attachments` are
    known of assignments that are open already.
    """

    day: date
    to: Person
    content: Content
    points: tuple[Point, ...]
    office: OfficePlan
    thread: str = ""
    threads: tuple[str, ...] = ()
    token: str = ""
    attachments: tuple[Attachment, ...] = ()

    @property
    def first(self) -> Point:
        return self.points[0]

    @property
    def subject(self) -> str:
        return self.content.subject

    @property
    def titles(self) -> Titles:
        return self.office.titles

    @property
    def offices(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(point.office for point in self.points))

    def message(self, now: datetime) -> EmailMessage:
        """The mail as it would be sent at `now`."""
        from dutyflow.mail.outbound.letter import Letter, compose  # a rehearsal needs no templates

        letter = Letter(
            key=f"{self.first.assignment} {self.first.rung.key} {self.to.email}",
            to=self.to,
            content=self.content,
            thread=self.thread,
            threads=self.threads,
            token=self.token,
            attachments=self.attachments,
        )
        return compose(letter, mailbox=self.office.contacts.mailbox, now=now)


def points_of(nags: Iterable[Nag]) -> tuple[Point, ...]:
    return tuple(
        Point(
            assignment=nag.assignment,
            office=nag.office,
            section=nag.section,
            rung=nag.rung,
            reason=nag.reason,
            role=nag.to.role,
            acting_for=nag.to.acting_for,
        )
        for nag in nags
    )
