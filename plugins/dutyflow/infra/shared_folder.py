"""A shared folder (共用資料夾) that sections put their workbooks into, and their evidence.

Whoever can write there can put anything there, under any name, at any moment: a name is data, a
link leads nowhere, and a file is read only once it is whole. Nothing is deleted: what was read is
moved to a folder beside. What lies in a folder of its own within, such as a section's, is named
`業務組/自評表.xlsx`, belongs together and is taken together; folders within those are none of ours.
"""

from __future__ import annotations

import errno
import logging
import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import BinaryIO
from zipfile import is_zipfile

from dutyflow.calendars.roc import format_roc
from dutyflow.errors import ComesBack

log = logging.getLogger(__name__)

TAKEN, UNKNOWN = "已收件", "無法辨識"
FILE_LIMIT = 25 * 1024 * 1024  # bytes
QUIET = timedelta(minutes=10)  # after which nobody is still copying what is no workbook yet

_BEING_MADE = re.compile(
    r"[.~].*|.*[~#]|.*\.(?:tmp|temp|part|partial|filepart|crdownload|download|swp)"
    r"|thumbs\.db|desktop\.ini",
    re.IGNORECASE | re.DOTALL,
)
_FOLDER = os.O_RDONLY | os.O_DIRECTORY
_NONE_OF_OURS = {errno.ENOENT, errno.ELOOP, errno.EACCES, errno.ENXIO, errno.ENOTDIR}
_ENDS = (
    (b"%PDF-", b"%%EOF"),
    (b"\xff\xd8\xff", b"\xff\xd9"),
    (b"\x89PNG\r\n\x1a\n", b"IEND"),
)
_TAIL = 1024  # bytes: a PDF may have some after its end


class FolderAway(ComesBack):
    """The folder cannot be read or written to for now. Its files stay where they are."""


@dataclass(frozen=True)
class Mark:
    """What tells that a file is the one that was seen, and has not been written to since."""

    node: int
    size: int
    written: int  # nanoseconds since 1970

    @classmethod
    def of(cls, told: os.stat_result) -> Mark:
        return cls(told.st_ino, told.st_size, told.st_mtime_ns)


@dataclass(frozen=True, kw_only=True)
class Found:
    """A file as it lies there. `data` is None for one that is larger than the limit.

    `put_at` is when it came there or was last changed there (`changed_at`).
    """

    name: str
    mark: Mark
    put_at: datetime
    data: bytes | None


def changed_at(told: os.stat_result) -> datetime:
    """When a file was put where it is, or last changed there, by the file system's own account."""
    return datetime.fromtimestamp(told.st_ctime, UTC)


def written_at(told: os.stat_result) -> datetime:
    """When a file was last written to. A copy bears its original's, and anybody can set it."""
    return datetime.fromtimestamp(told.st_mtime, UTC)


class SharedFolder:
    """One office's folder. A folder that does not exist is empty."""

    def __init__(self, path: Path | str, *, limit: int = FILE_LIMIT) -> None:
        self._path = Path(path)
        self._limit = limit

    def look(self) -> dict[str, Mark]:
        """The files that lie there, by name. Two looks tell which of them are still written to.

        Raises FolderAway, also where nothing could be put away: it would be met for ever.
        """
        with self._within_reach():
            if self._path.exists() and not os.access(self._path, os.R_OK | os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
            return dict(self._entries())

    def whole(self, before: Mapping[str, Mark], now: datetime) -> list[str]:
        """The names of those that have not changed since an earlier look and are whole: a workbook
        up to its end (a ZIP's directory comes last), or anything that nobody has touched for long.
        In a folder within, all that lies there has to be whole, each as its kind ends.
        """
        looked = self.look()
        settled = {name for name, mark in looked.items() if before.get(name) == mark}
        return [
            name
            for folder, names in _by_folder(looked)
            if not folder or all(each in settled for each in names)
            if not folder or all(self._is_whole(each, now, by_end=True) for each in names)
            for name in names
            if folder or (name in settled and self._is_whole(name, now))
        ]

    def complete(self, before: Mapping[str, Mark], now: datetime) -> list[str]:
        """The names of those in the folder itself that have not changed, and end as their kind
        does: what a form beside may name."""
        return [
            name
            for name, mark in sorted(self.look().items())
            if not folder_of(name)
            and before.get(name) == mark
            and self._is_whole(name, now, by_end=True)
        ]

    def read(self, name: str) -> Found | None:
        """None for one that is gone, or that is written to while it is read. Raises FolderAway."""
        with self._within_reach(), self._open(name) as handle:
            if handle is None:
                return None
            told = os.fstat(handle)
            with os.fdopen(os.dup(handle), "rb") as file:
                data = file.read(self._limit + 1)
            if Mark.of(os.fstat(handle)) != Mark.of(told):
                return None
        return Found(
            name=name,
            mark=Mark.of(told),
            put_at=changed_at(told),
            data=data if len(data) <= self._limit else None,
        )

    def put_away(self, found: Found, *, to: str, day: date) -> None:
        """Move a file to the folder of that day in `to`. Nothing there is overwritten; what has
        taken the file's place meanwhile comes back. Raises FolderAway.
        """
        folder, base = folder_of(found.name), os.path.basename(found.name)  # noqa: PTH119
        names = (to, format_roc(day), *([folder] if folder else []))
        with self._within_reach(), self._folder("") as root, self._folder(folder) as here:
            if root is None or here is None:
                return
            with _below(root, *names) as there:
                name = _moved(here, base, there)
                if name and Mark.of(os.lstat(name, dir_fd=there)) != found.mark:
                    _moved(there, name, here, base)

    def _entries(self) -> Iterator[tuple[str, Mark]]:
        with self._folder("") as root:
            for entry, told in _listed(root):
                if stat.S_ISREG(told.st_mode) and told.st_size:
                    yield entry, Mark.of(told)
                elif stat.S_ISDIR(told.st_mode) and entry not in (TAKEN, UNKNOWN):
                    yield from self._within(entry)

    def _within(self, folder: str) -> Iterator[tuple[str, Mark]]:
        with self._folder(folder) as here:
            for entry, told in _listed(here):
                if stat.S_ISREG(told.st_mode) and told.st_size:
                    yield f"{folder}/{entry}", Mark.of(told)

    @contextmanager
    def _folder(self, name: str) -> Iterator[int | None]:
        """The folder itself, "", or one within, opened; None for what is none (any more), a link,
        or not for us to read."""
        with ExitStack() as handles:
            try:
                here = os.open(self._path, _FOLDER)
                handles.callback(os.close, here)
                if name:
                    here = os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=here)
                    handles.callback(os.close, here)
            except OSError as trouble:
                if trouble.errno not in (_NONE_OF_OURS if name else {errno.ENOENT}):
                    raise
                yield None
                return
            yield here

    def _is_whole(self, name: str, now: datetime, *, by_end: bool = False) -> bool:
        with self._within_reach(), self._open(name) as handle:
            if handle is None:
                return False
            told = os.fstat(handle)
            if now - max(written_at(told), changed_at(told)) >= QUIET:
                return True
            with os.fdopen(os.dup(handle), "rb") as file:
                return is_zipfile(file) or (by_end and _ends_well(file))

    @contextmanager
    def _open(self, name: str) -> Iterator[int | None]:
        """The file, opened; None for what is gone, a link, no file, or not for us to read."""
        folder, _, base = name.rpartition("/")
        if {base, folder} & {".", "..", TAKEN, UNKNOWN} or not base or "/" in folder:
            raise ValueError(f"no file of this folder: {name!r}")
        with self._folder(folder) as here:
            handle = None if here is None else self._handle(here, base)
            try:
                regular = handle is not None and stat.S_ISREG(os.fstat(handle).st_mode)
                yield handle if regular else None
            finally:
                if handle is not None:
                    os.close(handle)

    def _handle(self, folder: int, name: str) -> int | None:
        try:
            return os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
        except OSError as trouble:
            if trouble.errno not in _NONE_OF_OURS:
                raise
            if trouble.errno == errno.EACCES:
                _tell_once(f"共用資料夾 {self._path} 的檔案「{name}」沒有讀取權限，未處理")
            return None

    @contextmanager
    def _within_reach(self) -> Iterator[None]:
        try:
            yield
        except OSError as trouble:
            said = trouble.strerror or str(trouble)
            raise FolderAway(
                f"共用資料夾 {self._path} 目前無法讀寫（{said}）；請檢查權限與連線，稍後自動重試"
            ) from trouble


def folder_of(name: str) -> str:
    """The folder within that a file lies in; "" for one in the shared folder itself."""
    return name.rpartition("/")[0]


def _by_folder(names: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    for folder, heap in groupby(sorted(names, key=lambda n: (folder_of(n), n)), key=folder_of):
        yield folder, list(heap)


def _listed(folder: int | None) -> Iterator[tuple[str, os.stat_result]]:
    if folder is None:
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            if not _BEING_MADE.fullmatch(entry.name):
                with suppress(FileNotFoundError):
                    yield entry.name, entry.stat(follow_symlinks=False)


def _ends_well(file: BinaryIO) -> bool:
    """Whether a file of a kind that says where it ends is there to its end."""
    file.seek(0)
    beginning = file.read(8)
    file.seek(-min(_TAIL, file.seek(0, os.SEEK_END)), os.SEEK_END)
    tail = file.read()
    return any(beginning.startswith(begins) and ends in tail for begins, ends in _ENDS)


@cache
def _tell_once(sentence: str) -> None:
    """It is looked at every few seconds."""
    log.warning("%s", sentence)


@contextmanager
def _below(root: int, *names: str) -> Iterator[int]:
    """A folder within folders, made if need be; a link is none of ours."""
    here = os.dup(root)
    try:
        for name in names:
            with suppress(FileExistsError):
                os.mkdir(name, dir_fd=here)
            inner = os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=here)
            os.close(here)
            here = inner
        yield here
    finally:
        os.close(here)


def _moved(source: int, name: str, target: int, wanted: str = "") -> str:
    """Move a file from one folder to another; under which name, "" if it was gone."""
    new = _free_name(target, wanted or name)
    try:
        os.rename(name, new, src_dir_fd=source, dst_dir_fd=target)
    except FileNotFoundError:
        os.unlink(new, dir_fd=target)
        return ""
    return new


def _free_name(folder: int, wanted: str) -> str:
    """A name that is taken there from now on, by an empty file of ours."""
    stem, ending = os.path.splitext(wanted)  # noqa: PTH122 - a name, not a path
    number = 1
    while True:
        name = wanted if number == 1 else f"{stem[:60]}（{number}）{ending[:20]}"  # 255 bytes fit
        try:
            os.close(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600, dir_fd=folder))
        except FileExistsError:
            number += 1
            continue
        return name
