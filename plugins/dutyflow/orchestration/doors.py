"""Watching every way in at once, for all offices, in the triggerer."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from dutyflow.errors import ComesBack, DutyflowError
from dutyflow.infra import clock
from dutyflow.infra.shared_folder import FolderAway, Mark
from dutyflow.mail.errors import MailboxAway
from dutyflow.mail.mailboxes.idle import mail_waits
from dutyflow.mail.mailboxes.imap import ImapAccount
from dutyflow.services.intake.web_form_mail import offices_that_wait
from dutyflow.services.messaging.mailbox_health import Looked, note
from dutyflow.services.workspace import Workspace

from .mailboxes import account_for, name_of

log = logging.getLogger(__name__)

RENEWED_SECONDS = 60.0  # until plans, contacts and connections are read again: they change


class Doors:
    """Maildirs and folders are looked into at each poll, and the ledger for what came by the page
    and is to be told by mail; servers tell, each on a line of its own.

    `opened` opens a workspace: a wait may last for months, and offices come and go meanwhile.
    """

    def __init__(self, opened: Callable[[], Workspace], *, poll_seconds: float) -> None:
        self._opened = opened
        self._poll_seconds = poll_seconds
        self._renew_at = 0.0
        self._workspace: Workspace | None = None
        self._accounts: dict[str, ImapAccount] = {}
        self._lines: dict[ImapAccount, asyncio.Task[None]] = {}
        self._looks: dict[str, dict[str, Mark]] = {}
        self._troubles: dict[str, str] = {}
        self._looked: dict[ImapAccount, Looked] = {}
        self._unusable: dict[str, Looked] = {}

    async def something_came(self, *, not_before: float) -> list[str]:
        """The offices that something has come for, once there are any, and after so many seconds
        at the earliest."""
        loop = asyncio.get_running_loop()
        earliest = loop.time() + not_before
        try:
            while True:
                offices = await self._look()
                if offices and loop.time() >= earliest:
                    return offices
                await self._until_it_is_time(bool(offices))
        finally:
            self._close()
            for line in self._lines.values():
                line.cancel()

    async def _until_it_is_time(self, came: bool) -> None:
        """The next poll; sooner where a server tells, unless it is told already."""
        pause = asyncio.create_task(asyncio.sleep(self._poll_seconds))
        lines = () if came else self._lines.values()
        try:
            await asyncio.wait([pause, *lines], return_when=asyncio.FIRST_COMPLETED)
        finally:
            pause.cancel()

    async def _look(self) -> list[str]:
        found: set[str] = set()
        try:
            workspace = await self._renewed()
            found = set(await asyncio.to_thread(_offices_with_work, workspace))
            found |= await asyncio.to_thread(self._with_files, workspace)
        except ComesBack as away:
            log.warning("%s", away)
        except Exception:
            # A file system may be away for a while; whoever waits goes on waiting.
            log.exception("the inboxes could not be looked into; trying again")
        return sorted(found | self._told())

    def _with_files(self, workspace: Workspace) -> set[str]:
        """Offices whose shared folder holds a file that nobody has written to since the last look.

        One folder that is away keeps no other from being looked into; it is told of once.
        """
        found = set()
        for key, office in workspace.offices.items():
            folder, trouble = workspace.folder(office), ""
            try:
                before, self._looks[key] = self._looks.get(key, {}), folder.look()
                if self._looks[key] and folder.whole(before, clock.now()):
                    found.add(key)
            except FolderAway as away:
                trouble = str(away)
            if trouble and trouble != self._troubles.get(key):
                log.error("%s", trouble)
            self._troubles[key] = trouble
        return found

    def _told(self) -> set[str]:
        """Offices whose server says that mail waits."""
        ended = {account: line for account, line in self._lines.items() if line.done()}
        for account, line in ended.items():
            if line.exception() is not None:
                log.error("a mailbox is no longer watched for now", exc_info=line.exception())
                del self._lines[account]  # until the next renewal
        told = ended.keys() & self._lines.keys()
        return {office for office, account in self._accounts.items() if account in told}

    async def _renewed(self) -> Workspace:
        now = asyncio.get_running_loop().time()
        if self._workspace is None or now >= self._renew_at:
            workspace = self._opened()
            self._accounts = await self._accounts_of(workspace)
            self._follow(set(self._accounts.values()))
            self._close()
            self._workspace, self._renew_at = workspace, now + RENEWED_SECONDS
            await asyncio.to_thread(self._put_on_record, workspace)
        return self._workspace

    def _put_on_record(self, workspace: Workspace) -> None:
        """Which mailboxes were looked into, and which could not be: the coordinator is told."""
        for key, office in workspace.offices.items():
            account = self._accounts.get(key)
            look = self._unusable.get(key) if account is None else self._looked.get(account)
            name = name_of(office, account)
            if look is not None:
                note(workspace, key, name, look)
            workspace.ledger.mailboxes.keep(key, [name])

    def _close(self) -> None:
        if self._workspace is not None:
            self._workspace.close()

    async def _accounts_of(self, workspace: Workspace) -> dict[str, ImapAccount]:
        accounts = {}
        for key, office in (await asyncio.to_thread(lambda: workspace.offices)).items():
            try:
                account = await account_for(office)
            except DutyflowError as trouble:
                log.error("%s", trouble)  # noqa: TRY400 - it is a sentence
                self._unusable.setdefault(key, Looked(at=clock.now(), why=str(trouble)))
                continue
            self._unusable.pop(key, None)
            if account is not None:
                accounts[key] = account
        return accounts

    def _follow(self, accounts: set[ImapAccount]) -> None:
        """Open lines to new accounts, and hang up on those that are no longer watched."""
        for account in self._lines.keys() - accounts:
            self._lines.pop(account).cancel()
        for account in accounts - self._lines.keys():
            tell = partial(self._hear, account)
            self._lines[account] = asyncio.create_task(mail_waits(account, tell=tell))

    def _hear(self, account: ImapAccount, away: MailboxAway | None) -> None:
        """Of failures in a row, the first tells since when."""
        before = self._looked.get(account)
        look = Looked(at=clock.now(), why=str(away) if away else "")
        again = before is not None and before.why and look.why
        self._looked[account] = replace(look, at=before.at) if before and again else look


def _offices_with_work(workspace: Workspace) -> list[str]:
    return [*workspace.offices_with_mail(), *offices_that_wait(workspace, clock.now())]
