"""The proof of a cycle (稽催紀錄) as a value: all that happened in it, section by section."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, kw_only=True)
class ProofRow:
    """One event of a proof; `number` and `hash` are its place in the ledger's chain of events.

    Of a mail: to whom, `acting_for` whom, which `rung` in words, and `result`: the server's words.
    """

    number: int
    at: datetime
    what: str
    who: str
    why: str
    hash: str
    recipient: str = ""
    recipient_name: str = ""
    acting_for: str = ""
    rung: str = ""
    result: str = ""

    @property
    def to(self) -> str:
        name = f"{self.recipient_name} {self.recipient}".strip()
        return f"{name}\n代理 {self.acting_for}" if self.acting_for else name


@dataclass(frozen=True, kw_only=True)
class SectionProof:
    """One section's part of a proof. `until` is its cut-off in words, `verdict` how it ended."""

    section: str
    name: str
    state: str
    until: str
    verdict: str
    rows: tuple[ProofRow, ...]


@dataclass(frozen=True, kw_only=True)
class ChainLink:
    """An event's place in the ledger's chain of events."""

    number: int
    hash: str


@dataclass(frozen=True, kw_only=True)
class Chain:
    """The part of the ledger's chain that shows that nothing in a proof was changed afterwards.

    `first` and `last` are of this proof, `newest` of the whole ledger. `broken_at` is the first
    event that is not as it was written; None where all are.
    """

    first: ChainLink
    last: ChainLink
    newest: ChainLink
    broken_at: int | None

    @property
    def verdict(self) -> str:
        if self.broken_at is None:
            return f"事件鏈驗證相符：第 1 號至第 {self.newest.number} 號事件均與寫入時一致"
        return f"事件鏈驗證不符：第 {self.broken_at} 號事件與寫入時不一致，其後均不足為憑"


@dataclass(frozen=True, kw_only=True)
class Proof:
    """The record of one cycle. `whole` are the events that are no single section's."""

    office: str
    office_name: str
    duty: str
    duty_name: str
    clause: str
    cycle: str
    title: str
    opened_at: datetime
    collect_by: str
    report_due: date
    made_at: datetime
    zone: str
    sections: tuple[SectionProof, ...]
    whole: tuple[ProofRow, ...]
    chain: Chain
