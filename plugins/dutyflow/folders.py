"""A shared folder (共用資料夾) that sections put their workbooks into.

Whoever can write there can put anything there, under any name, at any moment: a name is data, a
link leads nowhere, and a file is read only once it is whole. Nothing is deleted: what was read is
moved to a folder beside.
"""

from __future__ import annotations

import errno
import logging
import os
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from zipfile import is_zipfile

from .calendars.roc import format_roc
from .errors import ComesBack

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

    `put_at` is when it was last touched, by the file system's own account: a copy bears the date
    of its original's last change, and anybody can set that.
    """

    name: str
    mark: Mark
    put_at: datetime
    data: bytes | None


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
        """
        return [
            name
            for name, mark in sorted(self.look().items())
            if before.get(name) == mark and self._is_whole(name, now)
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
            put_at=datetime.fromtimestamp(told.st_ctime, UTC),
            data=data if len(data) <= self._limit else None,
        )

    def put_away(self, found: Found, *, to: str, day: date) -> None:
        """Move a file to the folder of that day in `to`. Nothing there is overwritten; what has
        taken the file's place meanwhile comes back. Raises FolderAway.
        """
        with self._within_reach():
            root = os.open(self._path, _FOLDER)
            try:
                with _below(root, to, format_roc(day)) as there:
                    name = _moved(root, found.name, there)
                    if name and Mark.of(os.lstat(name, dir_fd=there)) != found.mark:
                        _moved(there, name, root, found.name)
            finally:
                os.close(root)

    def _entries(self) -> Iterator[tuple[str, Mark]]:
        try:
            entries = os.scandir(self._path)
        except FileNotFoundError:
            return
        with entries:
            for entry in entries:
                if _BEING_MADE.fullmatch(entry.name):
                    continue
                with suppress(FileNotFoundError):
                    told = entry.stat(follow_symlinks=False)
                    if stat.S_ISREG(told.st_mode) and told.st_size:
                        yield entry.name, Mark.of(told)

    def _is_whole(self, name: str, now: datetime) -> bool:
        with self._within_reach(), self._open(name) as handle:
            if handle is None:
                return False
            told = os.fstat(handle)
            touched = datetime.fromtimestamp(max(told.st_mtime, told.st_ctime), UTC)
            if now - touched >= QUIET:
                return True
            with os.fdopen(os.dup(handle), "rb") as file:
                return is_zipfile(file)

    @contextmanager
    def _open(self, name: str) -> Iterator[int | None]:
        """The file, opened; None for what is gone, a link, no file, or not for us to read."""
        if name != os.path.basename(name) or name in {"", ".", ".."}:  # noqa: PTH119 - no path
            raise ValueError(f"no file of this folder: {name!r}")
        path = self._path / name
        try:
            handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError as trouble:
            if trouble.errno not in {errno.ENOENT, errno.ELOOP, errno.EACCES, errno.ENXIO}:
                raise
            if trouble.errno == errno.EACCES:
                _tell_once(f"共用資料夾的檔案「{path}」沒有讀取權限，未處理")
            yield None
            return
        try:
            yield handle if stat.S_ISREG(os.fstat(handle).st_mode) else None
        finally:
            os.close(handle)

    @contextmanager
    def _within_reach(self) -> Iterator[None]:
        try:
            yield
        except OSError as trouble:
            said = trouble.strerror or str(trouble)
            raise FolderAway(
                f"共用資料夾 {self._path} 目前無法讀寫（{said}）；請檢查權限與連線，稍後自動重試"
            ) from trouble


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
