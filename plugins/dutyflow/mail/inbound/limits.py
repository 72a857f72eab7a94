"""What a message may be at most, counted before anything is parsed.

The parser of the standard library takes time and memory by the line, by the part and by each level
of parts within parts. What is beyond these bounds is refused at once and in words; the limits of
the child that parses are for what nobody thought of.
"""

from __future__ import annotations

import re

from dutyflow.mail.errors import UnreadableMessage
from dutyflow.mail.mailboxes.inbox import MESSAGE_LIMIT

FILES_LIMIT = 25 * 2**20  # bytes of all files together, decoded
HEAD_LIMIT = 512 * 2**10  # bytes before the first empty line
LINES_LIMIT = 600_000  # FILES_LIMIT in base64 has 460,000
CONTAINERS_LIMIT = 200  # parts that hold parts
MATCHES_LIMIT = 10_000_000  # every line is compared with the boundary of each part around it

_MEGABYTE = 2**20
_CONTAINER = re.compile(rb"^content-type:\s{0,200}(?:multipart|message)/", re.I | re.M)
_HEAD_ENDS = re.compile(rb"\r?\n\r?\n|\r\r")


def check(data: bytes) -> None:
    """Raises UnreadableMessage, in words, for a message that is built to wear us out."""
    if len(data) > MESSAGE_LIMIT:
        raise too_large(len(data))
    if len(head_of(data[: HEAD_LIMIT + 4])) > HEAD_LIMIT:
        raise UnreadableMessage("信件的標頭太長，未拆解；應為一般的信件")
    lines, containers = data.count(b"\n"), len(_CONTAINER.findall(data))
    if containers > CONTAINERS_LIMIT:
        raise UnreadableMessage(f"信件的層次超過 {CONTAINERS_LIMIT} 層，未拆解；應為一般的信件")
    if lines > LINES_LIMIT or lines * containers > MATCHES_LIMIT:
        raise UnreadableMessage("信件的行數或層次太多，未拆解；應為一般的信件")


def too_large(size: int) -> UnreadableMessage:
    """`size` in bytes. Rounded up: what is over the limit is not said to be at it."""
    limit, files = MESSAGE_LIMIT // _MEGABYTE, FILES_LIMIT // _MEGABYTE
    return UnreadableMessage(
        f"信件有 {-(-size // _MEGABYTE)} MB，沒有讀取；應在 {limit} MB 以內",
        f"請縮小附檔（例如降低照片的解析度），附檔合計在 {files} MB 以內；佐證很大時請分成幾封寄",
    )


def head_of(data: bytes) -> bytes:
    """The message's own header fields."""
    ends = _HEAD_ENDS.search(data)
    return data[: ends.start()] if ends else data
