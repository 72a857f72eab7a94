"""How a message is written down as bytes.

The standard library (3.11) loses blanks where it breaks a long Chinese subject into lines, and
tears names apart that hold a comma or colon, and encodes a long Message-ID in References. Headers
that carry people's words or identifiers are therefore written here; the rest is the library's.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from email.headerregistry import Address
from email.policy import EmailPolicy
from typing import Any

WORD_BYTES = 39  # make 64 characters with their frame; a line with encoded words holds 76
PLAIN_LENGTH = 60

_PHRASES = frozenset({"from", "to", "cc", "reply-to"})
_IDENTIFIERS = frozenset({"message-id", "in-reply-to", "references", "list-id"})
_PLAIN = frozenset(map(chr, range(0x20, 0x7F))) - {'"', "\\"}


class WirePolicy(EmailPolicy):
    """SMTP's lines, ASCII only, people's words in encoded words."""

    def fold(self, name: str, value: Any) -> str:
        if name.lower() == "subject":
            return f"{name}: {_words(str(value))}\r\n"
        if name.lower() in _PHRASES:
            mailboxes = ",\r\n ".join(map(_mailbox, value.addresses))
            return f"{name}: {mailboxes}\r\n"
        if name.lower() in _IDENTIFIERS:
            identifiers = "\r\n ".join(str(value).split())
            return f"{name}: {identifiers}\r\n"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        return self.fold(name, value).encode("ascii")


WIRE = WirePolicy(linesep="\r\n", cte_type="7bit", raise_on_defect=False)


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
