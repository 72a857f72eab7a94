"""What the documents say, checked against what there is."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path
from typing import get_args

import click
import pytest

from dutyflow import __version__
from dutyflow.cli import main
from dutyflow.infra import settings
from dutyflow.ledger.notices import LEASE_SECONDS
from dutyflow.nagging.states import AssignmentState
from dutyflow.orchestration import waiting

ROOT = Path(__file__).parents[1]
DOCS = [
    *(ROOT / name for name in ("README.md", "README.zh-TW.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
README, TWIN, ARCHITECTURE = DOCS[0], DOCS[1], ROOT / "docs" / "architecture.md"
EACH = pytest.mark.parametrize("doc", DOCS, ids=lambda doc: str(doc.relative_to(ROOT)))

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\]\(([^)\s]+)\)")
PLACES = ("plugins/dutyflow", "dags", "docker", "docs", "include", "tests", "tools")
TO_BE_WRITTEN = {
    "contacts.local.yaml",
    "115.yaml",
    "115.draft.yaml",
    "passwords.json",
}  # by the reader, by a run


def text_of(doc: Path) -> str:
    return doc.read_text(encoding="utf-8")


def shell_lines(text: str) -> list[str]:
    """Commands: the lines of shell blocks, and what stands between backticks."""
    lines = [
        line for kind, body in BLOCK.findall(text) if kind == "sh" for line in body.split("\n")
    ]
    return lines + SPAN.findall(BLOCK.sub("", text))


def targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", text_of(ROOT / "Makefile"), re.MULTILINE))


@EACH
def test_every_make_target_exists(doc: Path) -> None:
    for line in shell_lines(text_of(doc)):
        if match := re.match(r"make ([a-z-]+)", line):
            assert match[1] in targets(), line


@EACH
def test_every_dutyflow_command_and_option_exists(doc: Path) -> None:
    for line in shell_lines(text_of(doc)):
        if re.match(r"(\.venv/bin/)?dutyflow ", line):
            require_command(shlex.split(line)[1:])


def require_command(words: list[str]) -> None:
    command: click.Command = main
    context = click.Context(main)
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(context, words.pop(0))
        assert found is not None, f"{command.name} has no such command"
        command = found
    options = {name for parameter in command.params for name in parameter.opts}
    assert {word for word in words if word.startswith("-")} <= options


@EACH
def test_every_relative_link_leads_somewhere(doc: Path) -> None:
    for link in LINK.findall(text_of(doc)):
        if not link.startswith(("http:", "https:")):
            assert (doc.parent / link.partition("#")[0]).exists(), link


@EACH
def test_every_file_that_is_named_exists(doc: Path) -> None:
    known = [
        str(path.relative_to(ROOT)) for place in PLACES for path in (ROOT / place).rglob("*.*")
    ] + [path.name for path in ROOT.iterdir()]
    for span in SPAN.findall(BLOCK.sub("", text_of(doc))):
        named = re.fullmatch(r"[\w./-]*\w\.(py|yaml|csv|toml|md|in|sh|conf)", span)
        if named and Path(span).name not in TO_BE_WRITTEN:
            assert any(f"/{path}".endswith(f"/{span}") for path in known), span


def test_settings_and_documents_name_the_same_variables() -> None:
    named = {name for doc in DOCS for name in re.findall(r"\bDUTYFLOW_[A-Z_]+", text_of(doc))}
    assert named == set(re.findall(r"\bDUTYFLOW_[A-Z_]+", settings.__doc__ or ""))
    for guide in (ARCHITECTURE, ROOT / "docs" / "operations.md"):
        assert set(re.findall(r"^\| `(DUTYFLOW_[A-Z_]+)`", text_of(guide), re.MULTILINE)) == named


def test_the_two_readmes_are_twins() -> None:
    english, chinese = text_of(README), text_of(TWIN)
    assert BLOCK.findall(english) == BLOCK.findall(chinese)
    levels = [
        re.findall(r"^#+(?= )", BLOCK.sub("", text), re.MULTILINE) for text in (english, chinese)
    ]
    assert levels[0] == levels[1]
    links = [sorted(LINK.findall(text)) for text in (english, chinese)]
    assert [link for link in links[0] if "README" not in link] == [
        link for link in links[1] if "README" not in link
    ]


def test_the_pictures_are_drawn_shown_and_not_too_heavy() -> None:
    drawing = text_of(ROOT / "tools" / "pictures.py")
    shown = set(re.findall(r"docs/pictures/([a-z-]+)\.png", text_of(README)))
    pictures = list((ROOT / "docs" / "pictures").iterdir())
    assert shown == {picture.stem for picture in pictures}
    for picture in pictures:
        assert f'"{picture.stem}"' in drawing
        assert picture.stat().st_size < 300 * 1024


def test_the_floors_are_those_of_the_import_contract() -> None:
    contracts = tomllib.loads(text_of(ROOT / "pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layers = contracts[0]["layers"]
    (drawn,) = [
        body for kind, body in BLOCK.findall(text_of(ARCHITECTURE)) if body.startswith("cli")
    ]
    floors = [re.split(r" {3,}", line)[0] for line in drawn.splitlines()]
    assert floors == layers


def test_the_states_are_those_of_the_ledger() -> None:
    (diagram,) = [
        body for _, body in BLOCK.findall(text_of(ARCHITECTURE)) if "stateDiagram" in body
    ]
    drawn = set(re.findall(r"\b[a-z]+\b(?= -->)|(?<=--> )[a-z]+", diagram))
    assert drawn | {"waived"} == set(get_args(AssignmentState))


def test_the_figures_are_those_of_the_code() -> None:
    said = " ".join(text_of(ARCHITECTURE).split())
    assert f"once every {waiting.POLL_SECONDS:.0f} seconds" in said
    assert f"sooner than {waiting.LEAST_WAIT_SECONDS:.0f} seconds" in said
    assert f"after {LEASE_SECONDS // 60} minutes" in said


def test_decisions_are_numbered_without_a_gap_and_listed() -> None:
    assert [int(path.name[:4]) for path in DECISIONS] == list(range(1, len(DECISIONS) + 1))
    index = text_of(ROOT / "docs" / "decisions" / "README.md")
    assert re.findall(r"\]\((\d{4}-[a-z-]+\.md)\)", index) == [path.name for path in DECISIONS]


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.name[:4])
def test_a_decision_is_short_and_complete(path: Path) -> None:
    lines = text_of(path).splitlines()
    assert lines[0].startswith(f"# {path.name[:4]}: ")
    parts = re.findall(r"^\*\*(\w+)\.\*\*", text_of(path), re.MULTILINE)
    assert parts == ["Context", "Decision", "Why", "Consequences"]
    assert len(lines) <= 35
    title = lines[0].partition(": ")[2].partition(",")[0]
    assert title in text_of(path.parent / "README.md")


def test_the_changelog_speaks_of_this_version() -> None:
    heads = re.findall(r"^## .+$", text_of(ROOT / "CHANGELOG.md"), re.MULTILINE)
    assert heads[0].startswith(f"## [{__version__}]")
