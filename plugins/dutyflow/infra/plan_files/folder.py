"""The files of the plans: `<root>/<office>/<year>.yaml`, contacts, closures.

A draft, `<year>.draft.yaml`, lies among them and is not of them until a person gives it its name.

They are read once, and both fingerprinted and understood from the same bytes, so that a file saved
in between cannot be taken for another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dutyflow.plan.limits import MAX_BYTES

CONTACTS = "contacts.yaml"
LOCAL_CONTACTS = "contacts.local.yaml"  # real people, not committed; wins over the sample
CLOSURES = "closures.csv"
DRAFT = ".draft.yaml"  # the end of a draft's name
_YAML = (".yaml", ".yml")


@dataclass(frozen=True, kw_only=True)
class OfficeFiles:
    """The files that speak of one office. Content is None where a file could not be read."""

    folder: Path
    contents: Mapping[Path, bytes | None]

    @property
    def plans(self) -> list[Path]:
        return [path for path in self._yaml() if _names_a_year(path)]

    @property
    def strangers(self) -> list[Path]:
        """YAML files whose names say neither plan nor contacts: likely a slip of the pen."""
        known = (CONTACTS, LOCAL_CONTACTS)
        return [p for p in self._yaml() if not _names_a_year(p) and p.name not in known]

    @property
    def contacts(self) -> Path | None:
        for name in (LOCAL_CONTACTS, CONTACTS):
            if self.folder / name in self.contents:
                return self.folder / name
        return None

    @property
    def closures(self) -> list[Path]:
        """The closures of all offices first, the office's own last: they win."""
        return [path for path in self.contents if path.name == CLOSURES]

    def digest(self) -> str:
        """SHA-256 of all the files, their names included."""
        digest = hashlib.sha256()
        for path, content in self.contents.items():
            mark = b"unreadable" if content is None else hashlib.sha256(content).digest()
            digest.update(f"{path.parent == self.folder}/{path.name}\0".encode() + mark)
        return digest.hexdigest()

    def _yaml(self) -> Iterator[Path]:
        return (path for path in self.contents if path.suffix.lower() in _YAML)


def office_folders(root: Path, offices: Iterable[str] | None = None) -> list[Path]:
    """The folders below `root` that hold plans, by name; with `offices`, only theirs.

    Raises OSError.
    """
    paths = root.iterdir() if offices is None else map(root.joinpath, offices)
    folders = (path for path in sorted(paths) if not path.name.startswith("."))
    return [folder for folder in folders if folder.is_dir() and is_office_folder(folder)]


def is_office_folder(folder: Path) -> bool:
    """Whether a folder holds plan files. One that cannot be listed counts: reading it tells why."""
    try:
        return any(_is_plan_data(path) for path in folder.iterdir())
    except OSError:
        return True


def plan_path(folder: Path, year: int) -> Path:
    return folder / f"{year}.yaml"


def draft_path(folder: Path, year: int) -> Path:
    return folder / f"{year}{DRAFT}"


def drafts(folder: Path) -> list[Path]:
    """The drafts in an office's folder, by name. Raises OSError."""
    return sorted(path for path in folder.iterdir() if _is_draft(path))


def name_of(path: Path) -> str:
    """What a plan file or a draft is called, which should be its year."""
    return path.name.removesuffix(DRAFT) if _is_draft(path) else path.stem


def read_office(folder: Path) -> OfficeFiles:
    """Everything that speaks of one office. Raises OSError when the folder cannot be listed."""
    own = [path for path in folder.iterdir() if _is_plan_data(path) or path.name == CLOSURES]
    shared = folder.parent / CLOSURES
    paths = ([shared] if shared.is_file() else []) + sorted(own)
    return OfficeFiles(folder=folder, contents={path: _content(path) for path in paths})


def read_bounded(path: Path) -> bytes:
    """A file's bytes; of one that is too long, one byte too many. Raises OSError."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _content(path: Path) -> bytes | None:
    try:
        return read_bounded(path)
    except OSError:
        return None


def _is_plan_data(path: Path) -> bool:
    plain = path.suffix.lower() in _YAML and not path.name.startswith(".")
    return plain and not _is_draft(path)


def _is_draft(path: Path) -> bool:
    stem = path.name.removesuffix(DRAFT)
    return stem != path.name and stem.isascii() and stem.isdigit()


def _names_a_year(path: Path) -> bool:
    return path.suffix == ".yaml" and path.stem.isascii() and path.stem.isdigit()
