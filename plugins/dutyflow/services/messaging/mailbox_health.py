"""Whether mail can be read: when a mailbox on a server was read last, since when one cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from dutyflow.calendars.roc import format_roc_moment
from dutyflow.ledger.records import MailboxRecord
from dutyflow.plan.office import OfficePlan
from dutyflow.services.workspace import Workspace

LONG = timedelta(hours=1)  # servers are started anew at times; nobody need hear of that
SILENT = timedelta(days=1)  # without a look: whoever should look does not
LOOKED_EVERY = timedelta(minutes=10)  # a look later than that is worth a record


@dataclass(frozen=True, kw_only=True)
class Looked:
    """A look into a mailbox; `why` it failed, "" for one that did not. `at` is when, of failures
    the first of a row."""

    at: datetime
    why: str = ""


def note(workspace: Workspace, office: str, mailbox: str, look: Looked) -> None:
    """Put it on record, where the ledger does not say so already. Raises LedgerAway."""
    ledger = workspace.ledger.mailboxes
    known = next((each for each in ledger.of(office) if each.name == mailbox), None)
    if look.why:
        if known is None or known.away_since is None or known.why != look.why:
            ledger.away(office, mailbox, now=look.at, why=look.why)
    elif known is None or _is_news(known, look.at):
        ledger.read(office, mailbox, now=look.at)


def _is_news(known: MailboxRecord, at: datetime) -> bool:
    never = known.read_at is None or known.away_since is not None
    return never or known.read_at is None or at - known.read_at >= LOOKED_EVERY


def unreached(workspace: Workspace, office: OfficePlan, now: datetime) -> Iterator[str]:
    """What the coordinator is told: which mailboxes have not been read for long, and why."""
    for each in workspace.ledger.mailboxes.of(office.office):
        if each.away_since is not None and now - each.away_since >= LONG:
            since = format_roc_moment(each.away_since, office.zone)
            yield f"{each.why}（自{since}起；{last_read(each, office)}）"
        elif each.away_since is None and each.read_at and now - each.read_at >= SILENT:
            yield (
                f"收件信箱 {each.name}：{last_read(each, office)}，之後系統沒有再查看；"
                "請在 Airflow 確認「收件匣」沒有暫停，且 triggerer 正在執行"
            )


def last_read(mailbox: MailboxRecord, office: OfficePlan) -> str:
    if mailbox.read_at is None:
        return "從未讀取成功"
    return f"最後一次讀取 {format_roc_moment(mailbox.read_at, office.zone)}"
