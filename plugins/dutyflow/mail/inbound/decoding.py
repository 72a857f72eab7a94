"""Reading the text in other people's headers and bodies.

Mail programs in Taiwan write UTF-8, Big5 in encoded words, and at times raw Big5 bytes where only
ASCII is allowed. Nothing here raises: what cannot be read is shown with U+FFFD.
"""

from __future__ import annotations

import base64
import binascii
import html
import quopri
import re
from copy import copy
from email.feedparser import BytesFeedParser
from email.message import Message
from email.policy import Compat32

from dutyflow.mail.text import printable

HEADER_LIMIT = 20_000  # characters of one header that are looked at
TEXT_LIMIT = 1_000_000  # bytes of a text, or characters of a page, that are looked at
_FED = 1 << 16

_WORD = re.compile(r"=\?([^?*\s]{1,40})(?:\*[^?\s]{0,40})?\?([bBqQ])\?([^?]*)\?=")
_BETWEEN_WORDS = re.compile(r"(?<=\?=)\s+(?==\?)")
_TEXT_CHARSET = re.compile(
    r"(utf-?8|us-?ascii|big5|big5-?hkscs|cp\d+|windows-\d+|gb\d+|hz|iso-?[\w-]+|shift_?jis|euc-\w+"
    r"|koi8-\w)"
)
_BIG5 = frozenset(
    {"big5", "cp950", "ms950", "windows-950", "x-windows-950", "big5-tw", "big5-eten"}
)
_TAG = re.compile(r"<([^<>]*)>")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_LISTS = frozenset({"dl", "dt", "dd", "ol", "ul", "li"})
_BLOCKS = _HEADINGS | _LISTS | {"address", "blockquote", "br", "div", "hr", "p", "table", "tr"}
_UNSEEN = frozenset({"head", "script", "style", "title", "template"})


class LenientPolicy(Compat32):
    """Headers as the text that was meant; 8-bit bytes in them are UTF-8 or Big5."""

    def header_fetch_parse(self, name: str, value: str) -> str:  # noqa: ARG002  email's own name
        return _eight_bit(value[:HEADER_LIMIT])


LENIENT = LenientPolicy()


def parsed(data: bytes) -> Message:
    """The message in the bytes, its parts not yet decoded. Takes less memory than the standard
    library's own way, which makes a copy with four bytes for each character."""
    parser = BytesFeedParser(policy=LENIENT)
    for start in range(0, len(data), _FED):
        parser.feed(data[start : start + _FED])
    return parser.close()


def header(message: Message, name: str) -> str:
    """A header's text, still encoded and on one line; "" where there is none."""
    return " ".join(str(message.get(name, "")).split())


def headers(message: Message, name: str) -> tuple[str, ...]:
    return tuple(" ".join(str(value).split()) for value in message.get_all(name, []))


def decode_words(text: str) -> str:
    """The text with its encoded words (RFC 2047) read, also in places where none belong.

    Bytes of neighbouring words are joined first: some programs cut a Big5 character in two.
    """
    joined = _BETWEEN_WORDS.sub("", text)
    decoded: list[str] = []
    raw, charset, end = b"", "", 0
    for word in _WORD.finditer(joined):
        follows = word.start() == end and word[1].lower() == charset
        if not follows:
            decoded += (decode(raw, charset), joined[end : word.start()])
            raw, charset = b"", word[1].lower()
        raw, end = raw + _word_bytes(word[2], word[3]), word.end()
    return "".join((*decoded, decode(raw, charset), joined[end:]))


def decode(data: bytes, charset: str) -> str:
    """Bytes as text: in the charset named, else UTF-8, else Big5, else with U+FFFD."""
    name = charset.strip().lower().strip("'\"")
    if name in _BIG5:
        return _first_fit(data, "cp950", "big5hkscs", "utf-8")
    if _TEXT_CHARSET.fullmatch(name) and not name.startswith("us"):
        return _first_fit(data, name, "utf-8", "cp950")
    return _first_fit(data, "utf-8", "cp950")


def content(part: Message) -> bytes:
    """A part's bytes, out of base64 or whatever they travelled in."""
    travelled = header(part, "Content-Transfer-Encoding")
    if not travelled.isascii() or len(travelled.split("(")) > 1:  # a comment: RFC 5322, 3.2.2
        part = copy(part)
        del part["Content-Transfer-Encoding"]
        part["Content-Transfer-Encoding"] = travelled.partition("(")[0].strip()
    try:
        payload = part.get_payload(decode=True)
    except (TypeError, ValueError, LookupError):  # over a charset that is no word
        bare = copy(part)
        del bare["Content-Type"]
        payload = bare.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def body_text(part: Message) -> str:
    """The text of a text/plain or text/html part."""
    text = decode(_beginning(content(part)), _charset(part))
    if part.get_content_subtype() == "html":
        text = html_to_text(text)
    return printable(text).strip()


def _beginning(data: bytes) -> bytes:
    """What is looked at, up to the end of a line: a character that is cut would spoil the rest."""
    if len(data) <= TEXT_LIMIT:
        return data
    return data[: data.rfind(b"\n", 0, TEXT_LIMIT) + 1] or data[:TEXT_LIMIT]


def html_to_text(page: str) -> str:
    """What a reader would see, roughly laid out.

    The standard library's parser takes minutes over a tag that never ends; this takes one pass.
    """
    visible = _without_comments(page[:TEXT_LIMIT])
    seen: list[str] = []
    hidden, position = "", 0
    for tag in _TAG.finditer(visible):
        if not hidden:
            seen.append(_spaces(visible[position : tag.start()]))
        position = tag.end()
        name = tag[1].partition(" ")[0].lower()
        if hidden:
            hidden = "" if name == f"/{hidden}" else hidden
        elif name in _UNSEEN:
            hidden = name
        elif name.strip("/") in _BLOCKS:
            seen.append("\n")
    if not hidden:
        seen.append(_spaces(visible[position:]))
    return _tidy(_unescaped("".join(seen)))


def _without_comments(page: str) -> str:
    first, *others = page.split("<!--")
    return first + "".join(other.partition("-->")[2] for other in others)


def _unescaped(text: str) -> str:
    try:
        return html.unescape(text)
    except ValueError:  # a character number of thousands of digits
        return text


def _tidy(text: str) -> str:
    lines = (_spaces(line).strip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _spaces(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _charset(part: Message) -> str:
    try:
        return part.get_content_charset("") or ""
    except (TypeError, ValueError, LookupError):
        return ""


def _eight_bit(value: str) -> str:
    if value.isascii():
        return value
    return decode(value.encode("utf-8", "surrogateescape"), "")


def _word_bytes(encoding: str, text: str) -> bytes:
    if encoding in "qQ":
        return quopri.decodestring(text.encode(errors="replace"), header=True)
    raw = re.sub(rb"[^A-Za-z0-9+/]", b"", text.encode(errors="replace"))
    try:
        return base64.b64decode(raw + b"=" * (-len(raw) % 4))
    except binascii.Error:
        return base64.b64decode(raw[: len(raw) // 4 * 4])


def _first_fit(data: bytes, *charsets: str) -> str:
    for charset in charsets:
        try:
            return data.decode(charset)
        except (LookupError, UnicodeError):
            continue
    return data.decode(charsets[0] if charsets[0] in {"cp950", "utf-8"} else "utf-8", "replace")
