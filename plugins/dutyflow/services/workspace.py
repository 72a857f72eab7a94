"""What services work with: plans, ledger, store, inboxes, outbox and secret, opened together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from zoneinfo import ZoneInfo

from dutyflow.errors import DutyflowError
from dutyflow.infra.blob_store import Store
from dutyflow.infra.plan_files.snapshot import good_office_named, good_offices
from dutyflow.infra.settings import Settings
from dutyflow.infra.shared_folder import SharedFolder
from dutyflow.ledger import Ledger
from dutyflow.ledger.event_types import EventType
from dutyflow.ledger.records import AssignmentRecord, CycleRecord
from dutyflow.mail.mailboxes.inbox import Inbox, MaildirInbox
from dutyflow.mail.outbound.outbox import NoOutbox, Outbox
from dutyflow.nagging.people import Reachability
from dutyflow.plan.asking import AskedRow, asked_rows, spoken_amount
from dutyflow.plan.forms import Form
from dutyflow.plan.model import Duty, Plan, SectionContacts
from dutyflow.plan.office import OfficePlan
from dutyflow.plan.titles import USUAL_TITLES, Titles

# What changes an appointment: when it is, and whether it still is. Each is one more, also where a
# day moves back to where it was.
CHANGES = (
    EventType.EXTENDED,
    EventType.MOVED_ALONG,
    EventType.RETURNED,
    EventType.WAITING_AGAIN,
    EventType.WAIVED,
    EventType.ACCEPTED,
)


class UnknownOffice(DutyflowError):
    """No office of that id has a usable plan."""


@dataclass(frozen=True)
class Workspace:
    """One opened set of settings. Close it when done: it holds connections to the ledger and to
    the mail server."""

    settings: Settings
    outbox: Outbox = field(default_factory=NoOutbox, compare=False)
    _plans: dict[str, Plan] = field(default_factory=dict, compare=False, repr=False)
    _alone: dict[str, OfficePlan] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def from_environment(cls, outbox: Outbox | None = None) -> Workspace:
        return cls(Settings.from_environ(), outbox or NoOutbox())

    @cached_property
    def ledger(self) -> Ledger:
        return Ledger(self.settings.ledger)

    @cached_property
    def store(self) -> Store:
        return Store(self.settings.store)

    @cached_property
    def secret(self) -> bytes:
        return self.settings.secret()

    @cached_property
    def offices(self) -> dict[str, OfficePlan]:
        """Every office whose plan is good now, or was when last read."""
        offices, _ = good_offices(self.settings.plans, self.settings.snapshots)
        return {office.office: office for office in offices}

    def office(self, office_id: str) -> OfficePlan:
        """One office; the others are read only where they were, or to say which there are.

        Raises UnknownOffice.
        """
        if "offices" in self.__dict__:
            found = self.offices.get(office_id)
        else:
            found = self._alone.get(office_id) or self._read_alone(office_id)
        if found is None:
            known = "、".join(self.offices) or "（沒有）"
            raise UnknownOffice(f"找不到機關「{office_id}」可用的計畫；目前有：{known}")
        return found

    def _read_alone(self, office_id: str) -> OfficePlan | None:
        found = good_office_named(self.settings.plans, self.settings.snapshots, office_id)
        if found is None or found.office != office_id:
            return None
        self._alone[office_id] = found
        return found

    def maildir(self, office: OfficePlan) -> Inbox:
        """Where the answers to an office's mails arrive, unless a mail server keeps them."""
        return MaildirInbox(self.settings.mail / office.contacts.mailbox.address)

    def folder(self, office: OfficePlan) -> SharedFolder:
        """Where an office's sections may put their workbooks, instead of sending them."""
        return SharedFolder(self.settings.folders / office.office)

    def reachability(self, office: OfficePlan, today: date) -> Reachability:
        """Who of an office cannot be reached: by its contacts, or as the ledger knows."""
        in_contacts = {
            person.email.lower(): until
            for person in office.contacts.everybody()
            if (until := person.away_until(today)) is not None
        }
        people = self.ledger.people
        return Reachability(
            away={**in_contacts, **people.away()}, undeliverable=set(people.undeliverable())
        )

    def anew(self) -> Workspace:
        """The same ledger and store, with the plans and people as they are now."""
        fresh = Workspace(self.settings, self.outbox, self._plans)
        fresh.__dict__.update(ledger=self.ledger, store=self.store)
        return fresh

    def offices_with_mail(self) -> list[str]:
        """Those whose Maildir holds mail."""
        return [
            key
            for key, office in self.offices.items()
            if not office.contacts.mailbox.imap and self.maildir(office).waiting()
        ]

    def case(self, assignment_key: str) -> Case:
        """An assignment with all that it belongs to. Raises UnknownKey, UnknownOffice."""
        assignment = self.ledger.assignments.get(assignment_key)
        return Case(
            workspace=self,
            assignment=assignment,
            cycle=self.ledger.cycles.get(assignment.cycle),
        )

    def cases(self, assignment_keys: Iterable[str]) -> dict[str, Case]:
        """The same for many, by key, looked up together. Those that are not there are left out."""
        assignments = self.ledger.assignments.get_all(set(assignment_keys))
        cycles = self.ledger.cycles.get_all({each.cycle for each in assignments})
        changes = self.ledger.events.counts({each.key for each in assignments}, CHANGES)
        return {
            each.key: Case(
                workspace=self,
                assignment=each,
                cycle=cycles[each.cycle],
                counted=changes[each.key],
            )
            for each in assignments
        }

    def plan_of(self, cycle: CycleRecord) -> Plan:
        """The plan as it was when the cycle opened, whatever has been changed in it since."""
        return self.plan_kept(cycle.plan_hash)

    def plan_kept(self, plan_hash: str) -> Plan:
        """A plan as the ledger keeps it, read once. Raises UnknownKey."""
        if plan_hash not in self._plans:
            document = self.ledger.plans.document(plan_hash)
            self._plans[plan_hash] = Plan.model_validate_json(document)
        return self._plans[plan_hash]

    def section_name(self, assignment_key: str) -> str:
        return self.case(assignment_key).section_name

    def titles_at(self, key: str) -> Titles:
        """What the office calls its posts that a key is of, or lies under; the usual titles where
        there is no plan of it any more."""
        try:
            return self.office(key.partition("/")[0]).titles
        except UnknownOffice:
            return USUAL_TITLES

    def close(self) -> None:
        self.outbox.close()
        if "ledger" in self.__dict__:
            self.ledger.close()


@dataclass(frozen=True, kw_only=True)
class Case:
    """One assignment, with its cycle, its plan and its people."""

    workspace: Workspace
    assignment: AssignmentRecord
    cycle: CycleRecord
    counted: int | None = None

    @property
    def changes(self) -> int:
        """How often its appointment has changed: `counted`, where that was done for many."""
        if self.counted is not None:
            return self.counted
        return self.workspace.ledger.events.counts([self.assignment.key], CHANGES)[
            self.assignment.key
        ]

    @cached_property
    def office(self) -> OfficePlan:
        return self.workspace.office(self.cycle.office)

    @cached_property
    def plan(self) -> Plan:
        return self.workspace.plan_of(self.cycle)

    @property
    def duty(self) -> Duty:
        return self.plan.duty(self.cycle.duty)

    @property
    def zone(self) -> ZoneInfo:
        return self.plan.office.zone

    @property
    def titles(self) -> Titles:
        """What the office calls its posts today, as their people are those of today."""
        return self.office.titles

    @property
    def section_name(self) -> str:
        return self.plan.section(self.assignment.section).name

    @property
    def people(self) -> SectionContacts:
        """Owner, deputies and head as they are today: people change more often than plans."""
        try:
            return self.office.contacts.sections[self.assignment.section]
        except KeyError:
            raise DutyflowError(
                f"通訊錄沒有「{self.section_name}」的承辦人；請在 contacts.yaml 補上"
            ) from None

    @property
    def form(self) -> Form:
        return self.plan.form_of(self.duty)

    @cached_property
    def rows(self) -> tuple[AskedRow, ...]:
        """What this section is asked about, in the plan's order."""
        return asked_rows(self.plan, self.duty, self.plan.section(self.assignment.section))

    @property
    def asked(self) -> str:
        """How much this section is asked, in words: `31 項具體作法`."""
        return spoken_amount(self.form, len(self.rows))
