"""Addresses that say which assignment an answer belongs to: `plan+TOKEN@host`.

The part after the plus (subaddress, RFC 5233) comes back in whatever the section answers with, so
that no subject line has to be parsed and no login is needed.
"""

from __future__ import annotations

import base64
import re
import secrets
from email.utils import parseaddr

from .errors import BadLetterError

LOCAL_LIMIT = 64  # RFC 5321, 4.5.3.1.1
TOKEN_BITS = 100

_TOKEN = re.compile(r"[a-z0-9]+")


def new_token() -> str:
    """20 characters of base32 in lower case: 100 bits that nobody guesses."""
    drawn = secrets.token_bytes(-(-TOKEN_BITS // 8))
    return base64.b32encode(drawn).decode().lower()[: TOKEN_BITS // 5]


def reply_address(mailbox: str, token: str) -> str:
    """The mailbox's address with the token in it.

    Raises BadLetterError where the token would not survive the way: mail programs may change the
    case, and the part before the @ holds 64 characters.
    """
    if not _TOKEN.fullmatch(token):
        raise BadLetterError(f"回信代碼「{token}」不能放進信箱地址；應為小寫英文字母與數字")
    local, at, host = mailbox.rpartition("@")
    address = f"{local}+{token}"
    if not at or not local or len(address) > LOCAL_LIMIT:
        raise BadLetterError(f"信箱「{mailbox}」加上回信代碼後，@ 之前應在 {LOCAL_LIMIT} 字元以內")
    return f"{address}@{host}"


def token_of(address: str, *, mailbox: str) -> str | None:
    """The token in an address as a header shows it (`"王小美" <PLAN+…@host>`), if it is ours.

    Only the part before the @ is compared: the same mailbox has several host names once gateways
    and old domains are counted, and a token found by chance is no token of ours anyway.
    """
    local, _, token = _local_part(address).rpartition("+")
    ours = _local_part(mailbox)
    return token if ours and local == ours and _TOKEN.fullmatch(token) else None


def host_of(mailbox: str) -> str:
    return mailbox.rpartition("@")[2].lower()


def _local_part(address: str) -> str:
    local = parseaddr(address)[1].rpartition("@")[0]
    return local.strip('"').lower()
