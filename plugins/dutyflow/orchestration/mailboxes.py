"""The mailboxes that answers come to: Airflow's connections say where each is, how and as whom."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from typing import Any

from airflow.sdk import BaseHook, Connection
from airflow.sdk.exceptions import AirflowNotFoundException

from dutyflow.errors import DutyflowError
from dutyflow.mail.mailboxes.imap import ImapAccount, imap_inbox
from dutyflow.mail.mailboxes.inbox import Inbox
from dutyflow.plan.office import OfficePlan
from dutyflow.services.workspace import Workspace

_EXTRA = {"starttls": bool, "ca_file": str, "folder": str, "done_folder": str}


class NoMailbox(DutyflowError):
    """The connection that the contacts name is not there, or does not say what it must."""


@contextmanager
def inbox_of(workspace: Workspace, office: OfficePlan) -> Iterator[Inbox]:
    """Where the answers to an office's mails arrive, open. Raises NoMailbox, MailboxAway."""
    name = office.contacts.mailbox.imap
    if name is None:
        yield workspace.maildir(office)
        return
    try:
        account = account_of(BaseHook.get_connection(name))
    except AirflowNotFoundException:
        raise _missing(office, name) from None
    with imap_inbox(account) as inbox:
        yield inbox


async def account_for(office: OfficePlan) -> ImapAccount | None:
    """The account of an office that a mail server keeps the mail of. Raises NoMailbox."""
    name = office.contacts.mailbox.imap
    if name is None:
        return None
    try:
        return account_of(await BaseHook.aget_connection(name))
    except AirflowNotFoundException:
        raise _missing(office, name) from None


def name_of(office: OfficePlan, account: ImapAccount | None) -> str:
    """What an office's mailbox is called; None: its connection is not usable."""
    if account is None:
        return f"（連線 {office.contacts.mailbox.imap}）"
    return f"{account.login}（{account.host}）"


def account_of(connection: Connection) -> ImapAccount:
    """Raises NoMailbox."""
    told = {"host": connection.host, "login": connection.login, "password": connection.password}
    for name, value in told.items():
        if not value:
            raise NoMailbox(f"Airflow 連線「{connection.conn_id}」沒有 {name}；請補上")
    return ImapAccount(
        host=connection.host or "",
        login=connection.login or "",
        password=connection.password or "",
        port=connection.port or 0,
        **_extra(connection),
    )


def _extra(connection: Connection) -> dict[str, Any]:
    extra = connection.extra_dejson
    for name, value in extra.items():
        place = f"Airflow 連線「{connection.conn_id}」的 extra"
        if name not in _EXTRA:
            near = get_close_matches(name, _EXTRA, n=1)
            hint = f"；是不是 {near[0]}？" if near else ""
            raise NoMailbox(f"{place} 有「{name}」；可用的是 {'、'.join(_EXTRA)}{hint}")
        if not isinstance(value, _EXTRA[name]):
            expected = "true 或 false" if _EXTRA[name] is bool else "文字"
            raise NoMailbox(f"{place} 的 {name} 為 {value!r}；應為{expected}")
    return dict(extra)


def _missing(office: OfficePlan, name: str) -> NoMailbox:
    return NoMailbox(
        f"{office.name}的通訊錄指明收發信箱以連線「{name}」收信，但 Airflow 沒有這個連線；"
        "請新增連線，或更正 contacts.yaml 的 mailbox.imap"
    )
