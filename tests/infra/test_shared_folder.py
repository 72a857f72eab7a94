"""A shared folder: what is whole is read and put away; names and links lead nowhere."""

from __future__ import annotations

import os
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutyflow.infra.shared_folder import QUIET, TAKEN, UNKNOWN, FolderAway, SharedFolder, changed_at

DAY = date(2018, 7, 4)
TODAY = "107年7月4日"


def now() -> datetime:
    """What time it is by the clock of the file system, which need not be this machine's."""
    with TemporaryFile() as fresh:
        return changed_at(os.fstat(fresh.fileno()))


def workbook(text: str = "x") -> bytes:
    """Whole as a ZIP is; what is in it does not matter here."""
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr("content", text * 1000)
    return out.getvalue()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    place = tmp_path / "share" / "penghu"
    place.mkdir(parents=True)
    return place


@pytest.fixture
def folder(place: Path) -> SharedFolder:
    return SharedFolder(place, limit=10_000)


def whole(folder: SharedFolder, at: datetime | None = None) -> list[str]:
    """Those that two looks at rest find."""
    return folder.whole(folder.look(), at or now())


def tree(place: Path) -> dict[str, bytes]:
    """All that lies below, by its path."""
    return {
        str(path.relative_to(place)): path.read_bytes()
        for path in place.rglob("*")
        if path.is_file() and not path.is_symlink()
    }


def test_a_folder_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert SharedFolder(tmp_path / "nowhere").look() == {}


def test_a_workbook_is_read_and_put_away_under_its_day(place: Path, folder: SharedFolder) -> None:
    (place / "業務組自評.xlsx").write_bytes(workbook())
    assert whole(folder) == ["業務組自評.xlsx"]
    found = folder.read("業務組自評.xlsx")
    assert found is not None
    assert found.data == workbook()
    folder.put_away(found, to=TAKEN, day=DAY)
    assert tree(place) == {f"{TAKEN}/{TODAY}/業務組自評.xlsx": workbook()}
    assert folder.look() == {}


def test_when_it_was_put_there_is_not_for_its_maker_to_say(
    place: Path, folder: SharedFolder
) -> None:
    before = now() - timedelta(seconds=2)
    (place / "a.xlsx").write_bytes(workbook())
    os.utime(place / "a.xlsx", (0, 0))
    found = folder.read("a.xlsx")
    assert found is not None
    assert before <= found.put_at <= now() + timedelta(seconds=2)


def test_a_copy_that_is_still_being_made_is_never_read(place: Path, folder: SharedFolder) -> None:
    data = workbook()
    before: dict = {}
    with (place / "a.xlsx").open("wb", buffering=0) as file:
        for begin in range(0, len(data), 7):
            assert folder.whole(before, now()) == []
            before = folder.look()
            assert folder.whole(before, now()) == []  # at rest, but without its end
            file.write(data[begin : begin + 7])
        assert folder.whole(before, now()) == []  # its end has just come
    assert whole(folder) == ["a.xlsx"]


def test_a_file_that_got_its_full_length_first_is_not_read_before_its_end_is_there(
    place: Path, folder: SharedFolder
) -> None:
    (place / "a.xlsx").write_bytes(bytes(len(workbook())))
    assert whole(folder) == []
    (place / "a.xlsx").write_bytes(workbook())
    assert whole(folder) == ["a.xlsx"]


def test_what_is_no_workbook_has_its_turn_once_nobody_touches_it(
    place: Path, folder: SharedFolder
) -> None:
    (place / "掃描.pdf").write_bytes(b"%PDF")
    assert whole(folder) == []
    assert whole(folder, now() + QUIET + timedelta(seconds=5)) == ["掃描.pdf"]


@pytest.mark.parametrize(
    "name",
    ["~$自評.xlsx", ".~lock.自評.ods#", ".hidden.xlsx", "自評.xlsx.tmp", "自評.XLSX.PART",
     "自評.xlsx.filepart", "~WRL0001.tmp", "自評.xlsx~", "Thumbs.db", "desktop.ini",
     "自評.crdownload"],
)  # fmt: skip
def test_locks_and_files_of_programs_are_left_alone(
    place: Path, folder: SharedFolder, name: str
) -> None:
    (place / name).write_bytes(workbook())
    assert whole(folder, now() + 2 * QUIET) == []


def test_links_and_what_is_no_file_are_left_alone(
    tmp_path: Path, place: Path, folder: SharedFolder
) -> None:
    (tmp_path / "secret.xlsx").write_bytes(workbook())
    (place / "link.xlsx").symlink_to(tmp_path / "secret.xlsx")
    (place / "loop.xlsx").symlink_to(place / "loop.xlsx")
    (place / "folder.xlsx").mkdir()
    os.mkfifo(place / "pipe.xlsx")
    (place / "empty.xlsx").write_bytes(b"")
    assert whole(folder, now() + 2 * QUIET) == []
    for name in ("link.xlsx", "loop.xlsx", "folder.xlsx", "pipe.xlsx", "nowhere.xlsx"):
        assert folder.read(name) is None


@pytest.mark.parametrize("name", ["../secret.xlsx", "/etc/passwd", "已收件/a.xlsx", "..", ".", ""])
def test_no_name_reaches_outside(place: Path, folder: SharedFolder, name: str) -> None:
    (place.parent / "secret.xlsx").write_bytes(workbook())
    with pytest.raises(ValueError, match="no file"):
        folder.read(name)


def test_nothing_is_moved_through_a_link(tmp_path: Path, place: Path, folder: SharedFolder) -> None:
    (tmp_path / "elsewhere").mkdir()
    (place / TAKEN).symlink_to(tmp_path / "elsewhere")
    (place / "a.xlsx").write_bytes(workbook())
    found = folder.read("a.xlsx")
    assert found is not None
    with pytest.raises(FolderAway):
        folder.put_away(found, to=TAKEN, day=DAY)
    assert (place / "a.xlsx").exists()
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_nothing_is_overwritten(place: Path, folder: SharedFolder) -> None:
    for number in range(3):
        (place / "a.xlsx").write_bytes(workbook(str(number)))
        found = folder.read("a.xlsx")
        assert found is not None
        folder.put_away(found, to=UNKNOWN, day=DAY)
    kept = tree(place / UNKNOWN / TODAY)
    assert set(kept) == {"a.xlsx", "a（2）.xlsx", "a（3）.xlsx"}
    assert set(kept.values()) == {workbook(str(number)) for number in range(3)}


def test_a_newer_file_that_took_its_place_is_not_put_away_unread(
    place: Path, folder: SharedFolder
) -> None:
    (place / "a.xlsx").write_bytes(workbook("old"))
    old = folder.read("a.xlsx")
    assert old is not None
    (place / "new").write_bytes(workbook("new!"))
    (place / "new").rename(place / "a.xlsx")
    folder.put_away(old, to=TAKEN, day=DAY)
    assert tree(place) == {"a.xlsx": workbook("new!")}


def test_what_another_reader_has_put_away_is_left_alone(place: Path, folder: SharedFolder) -> None:
    (place / "a.xlsx").write_bytes(workbook())
    mine, theirs = folder.read("a.xlsx"), SharedFolder(place).read("a.xlsx")
    assert mine is not None
    assert theirs is not None
    SharedFolder(place).put_away(theirs, to=TAKEN, day=DAY)
    folder.put_away(mine, to=TAKEN, day=DAY)
    assert tree(place) == {f"{TAKEN}/{TODAY}/a.xlsx": workbook()}


def test_a_file_beyond_the_limit_is_found_without_its_content(
    place: Path, folder: SharedFolder
) -> None:
    (place / "a.xlsx").write_bytes(b"x" * 10_001)
    found = folder.read("a.xlsx")
    assert found is not None
    assert found.data is None
    folder.put_away(found, to=UNKNOWN, day=DAY)
    assert set(tree(place)) == {f"{UNKNOWN}/{TODAY}/a.xlsx"}


def test_a_folder_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    (tmp_path / "penghu").write_bytes(b"no folder")
    with pytest.raises(FolderAway, match="共用資料夾"):
        SharedFolder(tmp_path / "penghu").look()


NAMES = st.binary(min_size=1, max_size=40).filter(
    lambda name: b"/" not in name and b"\0" not in name and name not in (b".", b"..")
)


@given(names=st.sets(NAMES, max_size=5))
def test_any_name_that_a_file_can_have_is_read_and_put_away(
    tmp_path_factory: pytest.TempPathFactory, names: set[bytes]
) -> None:
    place = tmp_path_factory.mktemp("share")
    outside = set(place.parent.iterdir())
    for number, name in enumerate(names):
        (place / os.fsdecode(name)).write_bytes(workbook(str(number)))
    folder = SharedFolder(place)
    taken = whole(folder)
    for name in taken:
        found = folder.read(name)
        assert found is not None
        folder.put_away(found, to=TAKEN, day=DAY)
    assert folder.look() == {}
    assert len(tree(place)) == len(names)
    assert set(place.parent.iterdir()) == outside
