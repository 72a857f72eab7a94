"""The identifiers in a mail's header, made from our keys so that they never differ."""

from __future__ import annotations

import hashlib
import re

from .addresses import host_of

_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,248}>")  # printable ASCII but < and >: RFC 5322, 3.6.4
_THREAD = "<thread-"
_NOT_IN_LABEL = re.compile(r"[^a-z0-9_-]+")


def message_id(key: str, *, mailbox: str) -> str:
    """The same mail sent twice has the same Message-ID; a server or reader may drop the second."""
    return f"<{digest(key)}@{host_of(mailbox)}>"


def thread_id(thread: str, *, mailbox: str) -> str:
    """The root that all mails about one assignment refer to, so that they are shown together."""
    return f"{_THREAD}{digest(thread)}@{host_of(mailbox)}>"


def is_thread_id(text: str) -> bool:
    """Whether it looks like a root of ours."""
    return text.startswith(_THREAD)


def list_id(thread: str, *, mailbox: str) -> str:
    """`<office.host>` (RFC 2919), for sorting mails into folders. The office is the thread's
    first part; a mail outside any thread takes the mailbox's name."""
    office = thread.partition("/")[0] or mailbox.partition("@")[0]
    label = _NOT_IN_LABEL.sub("-", office.lower()).strip("-") or "office"
    return f"<{label}.{host_of(mailbox)}>"


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def is_message_id(text: str) -> bool:
    return _MESSAGE_ID.fullmatch(text) is not None


def message_ids_in(text: str) -> tuple[str, ...]:
    """All well-formed identifiers in a header such as References, in its order."""
    return tuple(_MESSAGE_ID.findall(text))
