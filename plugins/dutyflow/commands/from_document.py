"""`dutyflow plan from-document`: the printed plan as ODT or DOCX, made into the draft of a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from dutyflow.errors import PlanError
from dutyflow.importers.document import drafting
from dutyflow.importers.document.guard import MAX_BYTES, DocumentRefused
from dutyflow.importers.document.writing import Origin, written
from dutyflow.infra.plan_files import load
from dutyflow.infra.plan_files.folder import office_folders
from dutyflow.infra.settings import Settings
from dutyflow.plan.model import Plan

from .common import Refused, echo_json, json_option


@click.command("from-document")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="DRAFT",
    help="Where to write the draft; printed without it.",
)
@click.option("--force", is_flag=True, help="Overwrite DRAFT if it exists.")
@json_option
@click.pass_obj
def from_document(
    settings: Settings, file: Path, output: Path | None, force: bool, as_json: bool
) -> None:
    """Draft a plan file from the official document (ODT or DOCX).

    Every doubt is noted in the draft above its place and listed on stderr; what cannot be told at
    all makes `plan check` refuse the draft there. With --json the doubts are printed instead of
    the draft.
    """
    to_file = output if output is not None and str(output) != "-" else None
    if to_file is not None and to_file.exists() and not force:
        raise Refused(f"{to_file} 已存在，未覆寫；請換檔名，或加 --force 覆寫")
    draft, origin = _draft(file, settings)
    text = written(draft, origin)
    if to_file is not None:
        _write(to_file, text)
    if as_json:
        echo_json(_as_json(draft, origin, to_file))
        return
    if to_file is None:
        click.echo(text, nl=False)
    _tell(draft, to_file)


def _draft(file: Path, settings: Settings) -> tuple[drafting.Draft, Origin]:
    try:
        with file.open("rb") as opened:
            data = opened.read(MAX_BYTES + 1)
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        raise Refused(f"{file}：{'找不到檔案' if missing else '無法讀取'}") from None
    try:
        document = drafting.document_of(data)
        draft = drafting.draft_of_document(document, _plans(settings.plans))
    except DocumentRefused as refused:
        raise DocumentRefused(f"{file}：{refused}") from None
    return draft, Origin(file.name, drafting.sha256_of(data))


def _plans(root: Path) -> Iterator[Plan]:
    """The plans that are in order; those that are not lend nothing."""
    try:
        folders = office_folders(root)
    except OSError:
        return
    for folder in folders:
        try:
            yield from load.load_plans(folder).plans
        except PlanError:
            continue


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Refused(f"無法寫入 {path}：{error.strerror}") from None


def _tell(draft: drafting.Draft, path: Path | None) -> None:
    for doubt in draft.doubts:
        codes = "、".join(draft.measures[index].id for index in doubt.measures)
        click.echo(" ".join(filter(None, ["疑義", codes, str(doubt)])), err=True)
    read = f"讀出 {len(draft.measures)} 項具體作法，疑義 {len(draft.doubts)} 處"
    where = f"，草稿已寫入 {path}" if path is not None else ""
    click.echo(f"{read}{where}；請逐一核對後再用 dutyflow plan check 檢查", err=True)


def _as_json(draft: drafting.Draft, origin: Origin, path: Path | None) -> dict[str, Any]:
    return {
        "document": origin.name,
        "sha256": origin.sha256,
        "draft": None if path is None else str(path),
        "measures": len(draft.measures),
        "doubts": [
            {
                **asdict(doubt),
                "measures": [draft.measures[index].id for index in doubt.measures],
            }
            for doubt in draft.doubts
        ],
    }
