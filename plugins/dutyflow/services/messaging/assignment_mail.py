"""What the mails about an assignment have in common: what it is about, until when, and the form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from dutyflow.calendars.moments import format_cut_off, last_day
from dutyflow.calendars.roc import in_zone
from dutyflow.errors import Finding
from dutyflow.forms.problems import Problem
from dutyflow.forms.stamp import FormStamp
from dutyflow.forms.workbook import Heading, write_form
from dutyflow.infra.mime_types import XLSX
from dutyflow.mail.addresses import reply_address
from dutyflow.mail.attachment import Attachment
from dutyflow.mail.outbound.appointments import Appointment
from dutyflow.mail.outbound.contexts import About, Deadline
from dutyflow.plan.answers import Answer
from dutyflow.plan.asking import form_name
from dutyflow.services.workspace import Case


@dataclass(frozen=True)
class AssignmentMail:
    """Fills in, for one case, what its mails and its form say."""

    case: Case

    @property
    def about(self) -> About:
        case = self.case
        return About(
            office=case.plan.office.name,
            section=case.section_name,
            duty=case.duty.name,
            period=case.cycle.title,
            clause=case.duty.clause,
            coordinator=case.office.contacts.coordinator,
            zone=case.zone,
        )

    def deadline(self, now: datetime) -> Deadline:
        """The last day for an answer; the hour too where it is not the day's end."""
        case = self.case
        until = in_zone(case.assignment.collect_by, case.zone)
        day = last_day(until, case.zone)
        today = in_zone(now, case.zone).date()
        return Deadline(
            day=day,
            hour=until.time() if until.date() == day else None,
            working_days=case.office.calendar.between(today, day),
        )

    def attached_form(
        self, answers: Iterable[Answer] = (), problems: Iterable[Problem] = ()
    ) -> Attachment:
        """The form of this assignment, blank or with what is known already."""
        case = self.case
        data = write_form(
            form=self.case.form,
            stamp=self.stamp,
            secret=case.workspace.secret,
            heading=self._heading(),
            rows=case.rows,
            answers=answers,
            problems=problems,
        )
        return Attachment(name=self.form_name, content_type=XLSX, data=data)

    def appointment(self, now: datetime) -> Attachment:
        """The deadline, to be put into a calendar."""
        return self._appointment(now).published(mailbox=self._mailbox, now=now)

    def appointment_over(self, now: datetime) -> Attachment:
        """The deadline, to be taken out of a calendar again."""
        return self._appointment(now).cancelled(mailbox=self._mailbox, now=now)

    def _appointment(self, now: datetime) -> Appointment:
        case, about, deadline = self.case, self.about, self.deadline(now)
        until = in_zone(case.assignment.collect_by, case.zone)
        return Appointment(
            assignment=case.assignment.key,
            sequence=case.changes,
            until=until if deadline.hour else deadline.day,
            summary=f"填報期限：{about.title}（{about.section}）",
            description=(
                f"{about.office} {about.title}（{about.section}），{deadline.title}前填報。\n"
                "請回覆填報通知信，附上填好的檔案。\n"
                f"計畫承辦人：{about.coordinator.name} {about.coordinator.email}"
            ),
        )

    @property
    def _mailbox(self) -> str:
        return self.case.office.contacts.mailbox.address

    @property
    def form_name(self) -> str:
        case = self.case
        return form_name(case.cycle.title, case.duty.name, case.section_name)

    @property
    def stamp(self) -> FormStamp:
        return FormStamp(
            assignment=self.case.assignment.key,
            form=self.case.form.id,
            form_version=self.case.form.version,
            plan_hash=self.case.cycle.plan_hash,
        )

    def _heading(self) -> Heading:
        case = self.case
        contacts = case.office.contacts
        return Heading(
            office=case.plan.office.name,
            section=case.section_name,
            duty=case.duty.name,
            period=case.cycle.title,
            deadline=f"{format_cut_off(case.assignment.collect_by, case.zone)}前",
            reply_to=reply_address(contacts.mailbox.address, case.assignment.token),
            coordinator=f"{contacts.coordinator.name} {contacts.coordinator.email}",
        )


def as_finding(problem: Problem) -> Finding:
    """A problem in a form as a mail shows it."""
    where = f"「{problem.sheet}」{problem.cell}" if problem.sheet else problem.cell
    return Finding(
        where=where or "附檔", found=problem.found, expected=problem.expected, hint=problem.hint
    )
