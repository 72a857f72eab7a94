"""The byte store: what came in, and reports, kept under the SHA-256 of its content."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from dutyflow.errors import ComesBack, DutyflowError

_SHA = re.compile("[0-9a-f]{64}")


class StoreError(DutyflowError):
    """Bytes that the store should have are missing or not what they were."""


class StoreAway(StoreError, ComesBack):
    """The place cannot be written to, or read, for now: it is full, or out of reach."""


class Store:
    """A folder, or any other place that fsspec knows (`s3://bucket/path`, `memory://name`).

    Bytes lie at `ab/cd/abcd…`. They are written beside and then moved, so that a name never
    stands for half a file. Nothing is ever deleted.
    """

    def __init__(self, url: str) -> None:
        self._files, root = url_to_fs(url)
        self._root = root.rstrip("/")

    def put(self, data: bytes) -> str:
        """Keep the bytes, once, and give the name to get them by: their SHA-256 in hex.

        On return they are on the disk, as far as it is ours. Bytes that were damaged since they
        were first put are repaired. Raises StoreAway.
        """
        sha = hashlib.sha256(data).hexdigest()
        with _within_reach():
            if self._read(sha) != data:
                self._write(sha, data)
        return sha

    def get(self, sha: str) -> bytes:
        """The bytes as they were put. Raises StoreError if they are missing or damaged."""
        with _within_reach():
            data = self._read(sha)
        if data is None:
            raise StoreError(f"檔案庫裡找不到檔案「{sha}」；請由備份還原檔案庫")
        if hashlib.sha256(data).hexdigest() != sha:
            raise StoreError(f"檔案庫裡的檔案「{sha}」已經損壞，內容與存入時不同；請由備份還原")
        return data

    def has(self, sha: str) -> bool:
        return bool(_SHA.fullmatch(sha)) and bool(self._files.isfile(self._path(sha)))

    def _path(self, sha: str) -> str:
        return f"{self._root}/{sha[:2]}/{sha[2:4]}/{sha}"

    def _read(self, sha: str) -> bytes | None:
        if not _SHA.fullmatch(sha):
            return None
        try:
            return bytes(self._files.cat_file(self._path(sha)))
        except FileNotFoundError:
            return None

    def _write(self, sha: str, data: bytes) -> None:
        path, beside = self._path(sha), f"{self._root}/unfinished/{secrets.token_hex(16)}"
        for file in (path, beside):
            self._files.makedirs(file.rpartition("/")[0], exist_ok=True)
        try:
            with self._files.open(beside, "wb") as out:
                out.write(data)
                self._settle(out)
            self._files.mv(beside, path)
        except BaseException:
            with suppress(OSError):
                self._files.rm_file(beside)
            raise

    def _settle(self, out: Any) -> None:
        """Whoever handed us a mail deletes it once it is stored: then a power cut must not."""
        if isinstance(self._files, LocalFileSystem):
            out.flush()
            os.fsync(out.fileno())


@contextmanager
def _within_reach() -> Iterator[None]:
    try:
        yield
    except OSError as trouble:
        said = trouble.strerror or str(trouble)
        raise StoreAway(f"檔案庫目前無法讀寫（{said}）；請檢查磁碟空間，稍後自動重試") from trouble
