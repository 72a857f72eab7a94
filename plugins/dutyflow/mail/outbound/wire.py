"""How a message is written down as bytes.

The standard library (3.11) loses blanks where it breaks a long Chinese subject into lines, and
tears names apart that hold a comma or colon, and encodes a long Message-ID in References. Headers
that carry people's words or identifiers are therefore written here; the rest is the library's.

It also parses each header when it is set, which took longer than all else in making a message. Here
a header is parsed when somebody asks for it.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from email.headerregistry import Address, HeaderRegistry
from email.policy import EmailPolicy
from functools import cache, lru_cache
from typing import Any

WORD_BYTES = 39  # make 64 characters with their frame; a line with encoded words holds 76
PLAIN_LENGTH = 60
SAME = 256  # headers that are remembered

_PHRASES = frozenset({"from", "to", "cc", "reply-to"})
_IDENTIFIERS = frozenset({"message-id", "in-reply-to", "references", "list-id"})
_PLAIN = frozenset(map(chr, range(0x20, 0x7F))) - {'"', "\\"}


class _Kinds(HeaderRegistry):
    """The library makes a class for each header that is set; one for each name is enough."""

    @cache  # noqa: B019  there is one registry
    def __getitem__(self, name: str) -> type:
        return super().__getitem__(name)


class WirePolicy(EmailPolicy):
    """SMTP's lines, ASCII only, people's words in encoded words."""

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        """Raises ValueError for a value of more than one line."""
        if isinstance(value, Address) or (type(value) is str and len(value.splitlines()) <= 1):
            return name, value
        return super().header_store_parse(name, value)

    def header_fetch_parse(self, name: str, value: Any) -> Any:
        if isinstance(value, Address):
            return self.header_factory(name, value)
        return _parsed(name, value)

    def fold(self, name: str, value: Any) -> str:
        kind = name.lower()
        if kind == "subject":
            return f"{name}: {_words(str(value))}\r\n"
        if kind in _PHRASES:
            people = [value] if isinstance(value, Address) else self._addresses(name, value)
            mailboxes = ",\r\n ".join(map(_mailbox, people))
            return f"{name}: {mailboxes}\r\n"
        if kind in _IDENTIFIERS:
            identifiers = "\r\n ".join(str(value).split())
            return f"{name}: {identifiers}\r\n"
        if len(name) + len(value) <= PLAIN_LENGTH and value.isascii():
            return f"{name}: {value}\r\n"
        return _by_library(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        return self.fold(name, value).encode("ascii")

    def _addresses(self, name: str, value: Any) -> tuple[Address, ...]:
        addresses: tuple[Address, ...] = self.header_fetch_parse(name, value).addresses
        return addresses


WIRE = WirePolicy(linesep="\r\n", cte_type="7bit", raise_on_defect=False, header_factory=_Kinds())


# The library takes its time, and most of what is left to it is the same in all mails.
@lru_cache(maxsize=SAME)
def _parsed(name: str, value: str) -> Any:
    return EmailPolicy.header_fetch_parse(WIRE, name, value)


@lru_cache(maxsize=SAME)
def _by_library(name: str, value: str) -> str:
    return str(_parsed(name, value).fold(policy=WIRE))


def _mailbox(address: Address) -> str:
    name = address.display_name
    if not name:
        return f"<{address.addr_spec}>"
    phrase = f'"{name}"' if _is_plain(name) else _words(name)
    return f"{phrase}\r\n <{address.addr_spec}>"


def _words(text: str) -> str:
    """Text in a header: as it is where that is safe, in base64 words of a line each otherwise."""
    if _is_plain(text):
        return text
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(c).decode()}?=" for c in _chunks(text))


def _is_plain(text: str) -> bool:
    return len(text) <= PLAIN_LENGTH and _PLAIN.issuperset(text) and "=?" not in text


def _chunks(text: str) -> Iterator[bytes]:
    """The text in UTF-8, cut between characters: each word is read by itself (RFC 2047, 5)."""
    chunk = b""
    for character in text:
        encoded = character.encode()
        if len(chunk) + len(encoded) > WORD_BYTES:
            yield chunk
            chunk = b""
        chunk += encoded
    yield chunk
