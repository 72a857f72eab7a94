"""Reads a posted form: its fields and files, made harmless, nothing in it trusted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import PurePath

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from dutyflow.forms.texts import file_key
from dutyflow.mail.attachment import Attachment
from dutyflow.mail.inbound.unpacking import unpacked
from dutyflow.mail.text import file_name, one_line, printable
from dutyflow.services.intake.web_form import BYTES_LIMIT, FILES_LIMIT
from dutyflow.web.security.downloads import UNKNOWN_TYPE
from dutyflow.web.security.limits import TooLarge

MAX_FIELDS = 25_000  # 500 rows of 40 fields, and some more
MAX_FIELD = 200_000  # bytes of one field; a cell's 32,767 characters are 131,068 at most
MAX_TYPED = 2_000_000  # characters of all fields together


@dataclass(frozen=True, kw_only=True)
class FormData:
    """A posted form: the last value of each field, and the files of each field, by its name."""

    fields: dict[str, str] = field(default_factory=dict)
    files: dict[str, tuple[Attachment, ...]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A field's value; "" where it was not sent."""
        return self.fields.get(name, "")

    def line(self, name: str) -> str:
        """A field's value on one line."""
        return one_line(self.text(name))

    def number(self, name: str) -> int:
        """A field's value as a number; 0 for what is none."""
        written = self.line(name)
        return (
            int(written) if written.isascii() and written.isdecimal() and len(written) < 10 else 0
        )


async def read_form(request: Request) -> FormData:
    """The form that a request posts. Raises TooLarge, and HTTPException (400) for what is none."""
    try:
        return await _read_form(request)
    except UnicodeError:  # of a charset that is one in name only
        raise HTTPException(400) from None


async def _read_form(request: Request) -> FormData:
    async with request.form(
        max_files=FILES_LIMIT * 10, max_fields=MAX_FIELDS, max_part_size=MAX_FIELD
    ) as form:
        fields: dict[str, str] = {}
        files: dict[str, tuple[Attachment, ...]] = {}
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                if value.filename:  # a field for files that was left empty has none
                    files[name] = (*files.get(name, ()), await _file(value))
            else:
                fields[name] = printable(value)
    _check_amount(fields, files)
    return FormData(fields=fields, files=files)


def unpack_archives(posted: FormData) -> FormData:
    """The form with the files of each archive in its place, as by mail, each by its own name.

    An archive that cannot be unpacked stays, and is refused as what it is.
    """
    found: dict[str, tuple[Attachment, ...]] = {}
    for name, file in _each_unpacked(posted):
        found[name] = (*found.get(name, ()), file)
    taken: dict[str, bytes] = {}
    return replace(
        posted,
        files={
            name: tuple(_with_own_name(file, taken) for file in some)
            for name, some in found.items()
        },
    )


def _each_unpacked(posted: FormData) -> Iterator[tuple[str, Attachment]]:
    fields = [name for name, some in posted.files.items() for _ in some]
    files = [file for some in posted.files.values() for file in some]
    at = -1
    for file in unpacked(files):  # each that came, and behind it what is in it
        at += file.opened or file is next(iter(files[at + 1 :]), None)
        if not file.opened:
            yield fields[at], file


def _with_own_name(file: Attachment, taken: dict[str, bytes]) -> Attachment:
    """Two folders of an archive may have a `1.jpg` each: the second becomes `1 (2).jpg`."""
    path = PurePath(file.name)
    for number in count(1):
        name = file.name if number == 1 else f"{path.stem} ({number}){path.suffix}"
        if taken.setdefault(file_key(name), file.data) == file.data:
            break
    return replace(file, name=name)


async def _file(file: UploadFile) -> Attachment:
    kind = one_line(file.content_type or "")[:100]
    name = (file.filename or "").replace("\\", "/").rpartition("/")[2]
    return Attachment(
        name=file_name(name), content_type=kind or UNKNOWN_TYPE, data=await file.read()
    )


def _check_amount(fields: dict[str, str], files: dict[str, tuple[Attachment, ...]]) -> None:
    everything = [file for some in files.values() for file in some]
    if sum(map(len, fields.values())) > MAX_TYPED:
        raise TooLarge
    if sum(len(file.data) for file in everything) > BYTES_LIMIT:
        raise TooLarge
    if len(everything) > FILES_LIMIT:
        raise HTTPException(400)
