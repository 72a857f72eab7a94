"""S/MIME (RFC 8551): a mail wrapped up as one file, signed or locked (CMS, RFC 5652).

Whether a signature is good is not asked: who sent a mail is decided by other means. What was signed
is read all the same, for people sign without knowing. Only the few elements of the wrapping are
read, in BER as well as in DER, since what signs long mails writes it as it goes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

Kind = Literal["signed", "locked", ""]

_SIGNED = bytes.fromhex("2a864886f70d010702")  # 1.2.840.113549.1.7.2
_LOCKED = {
    bytes.fromhex("2a864886f70d010703"),  # enveloped data, 1.2.840.113549.1.7.3
    bytes.fromhex("2a864886f70d010706"),  # encrypted data, 1.2.840.113549.1.7.6
    bytes.fromhex("2a864886f70d0109100117"),  # authenticated and enveloped, RFC 5083
}
_SEQUENCE, _OID, _OCTETS, _OCTETS_IN_PARTS, _EXPLICIT = 0x30, 0x06, 0x04, 0x24, 0xA0
_DEEPEST = 16


class _Element(NamedTuple):
    """Its content lies from `start` to `end`; the next one begins at `after`."""

    tag: int
    start: int
    end: int
    after: int


def kind_of(data: bytes) -> Kind:
    """What a file of type application/pkcs7-mime is; "" for none that we know."""
    try:
        kind, _ = _wrapped(data)
    except (ValueError, IndexError):
        return ""
    return "signed" if kind == _SIGNED else "locked" if kind in _LOCKED else ""


def signed_content(data: bytes) -> bytes:
    """What was signed: a part of a mail, with its header. Raises ValueError where it is not in it,
    or what should be CMS is none."""
    try:
        kind, wrapped = _wrapped(data)
        if kind != _SIGNED:
            raise ValueError("not signed data")
        (signed,) = _children(data, wrapped)
        inner = next(each for each in _children(data, signed) if each.tag == _SEQUENCE)
        content = next(each for each in _children(data, inner) if each.tag == _EXPLICIT)
        (octets,) = _children(data, content)
        return b"".join(_octets(data, octets))
    except (IndexError, StopIteration) as broken:
        raise ValueError("cut off, or without what was signed") from broken


def _wrapped(data: bytes) -> tuple[bytes, _Element]:
    """The identifier of what is wrapped up, and the element that holds it."""
    whole = _element(data, 0)
    if whole.tag != _SEQUENCE:
        raise ValueError("not CMS")
    kind, wrapped, *_ = _children(data, whole)
    if kind.tag != _OID:
        raise ValueError("not CMS")
    return data[kind.start : kind.end], wrapped


def _octets(data: bytes, element: _Element) -> Iterator[bytes]:
    if element.tag == _OCTETS:
        yield data[element.start : element.end]
    elif element.tag == _OCTETS_IN_PARTS:
        for part in _children(data, element):
            yield from _octets(data, part)
    else:
        raise ValueError("not octets")


def _children(data: bytes, element: _Element) -> Iterator[_Element]:
    at = element.start
    while at < element.end:
        child = _element(data, at)
        yield child
        at = child.after


def _element(data: bytes, at: int, depth: int = 0) -> _Element:
    """Raises ValueError, IndexError for what cannot be one."""
    if depth > _DEEPEST or data[at] & 0x1F == 0x1F:
        raise ValueError("nested too deep, or a tag that CMS has not got")
    tag, length, start = data[at], data[at + 1], at + 2
    if length == 0x80:
        return _open_ended(data, tag, start, depth)
    if length > 0x80:
        size = length & 0x7F
        length, start = int.from_bytes(data[start : start + size], "big"), start + size
    if start + length > len(data):
        raise ValueError("cut off")
    return _Element(tag, start, start + length, start + length)


def _open_ended(data: bytes, tag: int, start: int, depth: int) -> _Element:
    """Its end is marked by two zero bytes."""
    at = start
    while data[at : at + 2] != b"\0\0":
        at = _element(data, at, depth + 1).after
    return _Element(tag, start, at, at + 2)
