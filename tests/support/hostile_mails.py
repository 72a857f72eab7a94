"""Mails that nobody writes by accident, made by script. `REFUSED` are refused, `READ` are read."""

from __future__ import annotations

import os
from collections.abc import Callable

MB = 2**20
_TO = b"plan+abcd2345@pingtung.example.tw"
_MIXED = b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
Mail = Callable[[bytes], bytes]  # from the header fields that say who wrote


def envelope(sender: str = "wang.business@pingtung.example.tw", to: bytes = _TO) -> bytes:
    return b"From: %s\r\nTo: %s\r\n" % (sender.encode(), to)


def _parts(count: int, head: bytes) -> bytes:
    return b"".join(b"--b\r\n" + head % number + b"\r\n\r\nx\r\n" for number in range(count))


def _nested(depth: int) -> bytes:
    return b"".join(
        b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (level, level)
        for level in range(depth)
    )


def _attached(encoding: bytes, data: bytes) -> bytes:
    disposition = b"Content-Disposition: attachment; filename=x.xlsx\r\n"
    return disposition + b"Content-Transfer-Encoding: " + encoding + b"\r\n\r\n" + data


_NAMED = b'Content-Disposition: attachment; filename="%d.txt"'

REFUSED: dict[str, Mail] = {
    "10,000 attachments": lambda head: head + _MIXED + _parts(10_000, _NAMED) + b"--b--",
    "five million empty parts": lambda head: head + _MIXED + b"--b\n" * (5 * MB),
    "1,000 levels": lambda head: head + _nested(1000),
    "199 levels around many lines": lambda head: head + _nested(199) + b"--\n" * (2 * MB),
    "messages in messages around many lines": lambda head: (
        head + b"Content-Type: message/rfc822\r\n\r\n" * 150 + b"x\n" * (2 * MB)
    ),
    "a header of 1 MB": lambda head: head + b"Subject: " + b"x" * MB + b"\r\n\r\ntext",
    "a header of 1 MB in short lines": lambda head: (
        head + b"Subject: " + b"x\r\n " * (MB // 4) + b"\r\n\r\ntext"
    ),
    "a million headers": lambda head: head + b"X: y\r\n" * MB + b"\r\ntext",
    "24 MB of empty lines": lambda head: head + b"\r\n" + b"\n" * (24 * MB),
    "61 MB": lambda head: head + b"\r\n" + b"x" * (61 * MB),
}

READ: dict[str, Mail] = {
    "24 MB of blanks": lambda head: head + b"\r\n" + b" " * (24 * MB),
    "nothing but NUL": lambda head: head + b"\r\n" + b"\0" * MB,
    "messages in messages, 100 deep": lambda head: (
        head + b"Content-Type: message/rfc822\r\n\r\n" * 100 + b"text"
    ),
    "a declared size of 1 GB": lambda head: head + b"Content-Length: 1073741824\r\n\r\ntext",
    "cut off in the middle": lambda head: head + _MIXED + _parts(3, _NAMED)[:-60],
    "malformed headers": lambda head: (
        head + b"Content-Type: ;;=;\r\n: empty\r\nno colon\r\nDate: \xff\r\n\r\ntext"
    ),
    "garbage for base64": lambda head: head + _attached(b"base64", os.urandom(MB)),
    "an endless line of base64": lambda head: head + _attached(b"base64", b"QUJD" * MB),
    "an unknown encoding": lambda head: head + _attached(b"x-rot13", b"abc"),
    "an unknown charset": lambda head: (
        head + b"Content-Type: text/plain; charset=klingon\r\n\r\n" + "已填好".encode()
    ),
    "8 MB of HTML tags": lambda head: (
        head + b"Content-Type: text/html\r\n\r\n" + b"<div><!--x-->" * (8 * MB // 13)
    ),
    "parameters without end": lambda head: (
        head
        + _MIXED
        + _parts(50, b"Content-Type: a/b; x%d; " + b'a="' * 6000)
        + _parts(50, _NAMED.replace(b"filename", b"filename" + b"*0" * 8000))
        + b"--b--"
    ),
}
