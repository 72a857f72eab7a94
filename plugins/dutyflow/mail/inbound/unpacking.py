"""Archives that came: what is in a zip counts as if it had been attached by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from dutyflow.infra.sandbox.archives import may_be_plain
from dutyflow.infra.sandbox.runner import Limits, Overrun, run
from dutyflow.mail.attachment import Attachment
from dutyflow.mail.text import file_name

from .decoding import decode

LIMITS = Limits(seconds=2, memory=300 * 2**20)
ARCHIVES_LIMIT = 10
_ZIP = b"PK\x03\x04"


def unpacked(files: Iterable[Attachment]) -> tuple[Attachment, ...]:
    """The files, and behind each archive what is in it. One that is damaged, locked, too large or
    no plain archive stays as it is; so does an archive within an archive."""
    return tuple(_unpacked(files))


def _unpacked(files: Iterable[Attachment]) -> Iterator[Attachment]:
    opened = 0
    for file in files:
        inside = _inside(file.data) if opened < ARCHIVES_LIMIT else ()
        opened += bool(inside)
        yield replace(file, opened=True) if inside else file
        yield from inside


def _inside(data: bytes) -> tuple[Attachment, ...]:
    if not data.startswith(_ZIP) or not may_be_plain(data):
        return ()
    try:
        reply = run("dutyflow.infra.sandbox.archives:read", data, LIMITS)
    except Overrun:
        return ()
    found, start = [], 0
    for file in reply.value or ():
        end = start + file["size"]
        path = decode(bytes.fromhex(file["name"]), "").replace("\\", "/")
        found.append(
            Attachment(
                name=file_name(path.rpartition("/")[2]),
                content_type="application/octet-stream",
                data=reply.apart[start:end],
            )
        )
        start = end
    return tuple(found)
