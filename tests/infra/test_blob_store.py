from __future__ import annotations

import hashlib
from pathlib import Path
from uuid import uuid4

import fsspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutyflow.errors import DutyflowError
from dutyflow.infra.blob_store import Store, StoreError
from tests.support.racing import at_once

LETTER = "敬啟者".encode()
SHA = hashlib.sha256(LETTER).hexdigest()


@pytest.fixture(params=["folder", "file://", "memory://"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    places = {
        "folder": str(tmp_path / "store"),
        "file://": f"file://{tmp_path}/store/",
        "memory://": f"memory://{uuid4().hex}",
    }
    return places[request.param]


def where(url: str, sha: str) -> str:
    return f"{url.rstrip('/')}/{sha[:2]}/{sha[2:4]}/{sha}"


def files_in(url: str) -> list[str]:
    files, root = fsspec.core.url_to_fs(url)
    return [path.rpartition("/")[2] for path in files.find(root)]


def test_what_is_put_is_got_by_its_hash(url: str) -> None:
    store = Store(url)
    assert not store.has(SHA)
    assert store.put(LETTER) == SHA
    assert store.has(SHA)
    assert Store(url).get(SHA) == LETTER


def test_the_same_bytes_are_kept_once_and_nothing_unfinished_is_left(url: str) -> None:
    store = Store(url)
    for _ in range(3):
        store.put(LETTER)
    store.put(b"")
    assert sorted(files_in(url)) == sorted([SHA, hashlib.sha256(b"").hexdigest()])
    with fsspec.open(where(url, SHA)) as file:
        assert file.read() == LETTER


def test_damaged_bytes_are_never_given_out_and_can_be_put_again(url: str) -> None:
    store = Store(url)
    store.put(LETTER)
    with fsspec.open(where(url, SHA), "wb") as file:
        file.write(LETTER[:-1])
    with pytest.raises(StoreError, match=f"{SHA}」已經損壞"):
        store.get(SHA)
    store.put(LETTER)
    assert store.get(SHA) == LETTER


def test_missing_bytes_are_named(url: str) -> None:
    with pytest.raises(StoreError, match=f"找不到檔案「{SHA}」") as caught:
        Store(url).get(SHA)
    assert isinstance(caught.value, DutyflowError)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", SHA.upper(), f"{SHA}\n"])
def test_what_is_no_hash_names_nothing(url: str, name: str) -> None:
    store = Store(url)
    store.put(LETTER)
    assert not store.has(name)
    with pytest.raises(StoreError):
        store.get(name)


def test_several_may_put_the_same_at_once(url: str) -> None:
    assert set(at_once(lambda _: Store(url).put(LETTER))) == {SHA}
    assert Store(url).get(SHA) == LETTER
    assert files_in(url) == [SHA]


@given(data=st.binary(max_size=2000))
def test_any_bytes_come_back_as_they_were(data: bytes) -> None:
    store = Store("memory://any")
    assert store.get(store.put(data)) == data
