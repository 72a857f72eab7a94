"""`dutyflow plan to-xlsx` and `from-xlsx`: what they do, and what they say of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from dutyflow.importers.workbook import Content, filing, read_book, write_book
from dutyflow.plan.model import Plan

from .common import Refused, near

_TOLD = 30  # differences of one file that are told one by one
_MAX_BYTES = 30 * 2**20  # enough for the guard to see that a file is too large


def export(plans: Sequence[tuple[Path, Plan]], output: Path | None, force: bool) -> None:
    """Write a workbook for each plan. Raises PlanError, Refused."""
    if output is not None and len(plans) > 1:
        raise Refused(f"共有 {len(plans)} 份計畫，-o 只能用於其中一份；請指定一個計畫檔")
    made = [(_target(plan, output), path, filing.content_of(path, plan)) for path, plan in plans]
    for target, _, _ in made:
        if target.exists() and not force:
            raise Refused(f"已有 {target}；請用 -o 指定其他檔名，或加上 --force 取代")
    for target, path, content in made:
        _export(target, path, content)


def _target(plan: Plan, output: Path | None) -> Path:
    return output or Path(f"{plan.office.id}-{plan.year}.xlsx")


def _export(target: Path, path: Path, content: Content) -> None:
    workbook = write_book(content)
    try:
        target.write_bytes(workbook)
    except OSError as error:
        raise Refused(f"無法寫入 {target}：{error.strerror}") from None
    click.echo(f"已寫入 {target}")
    if content.contacts is not None and filing.holds_real_people(path.parent):
        click.echo("提醒：內含真實聯絡人，請勿外傳或納入版本控制")
    lost = filing.lost_in(content, workbook)
    if lost:
        click.echo("提醒：下列文字在活頁簿中無法照樣保留，請先改正計畫檔：", err=True)
        _echo_list(lost, err=True)


def take_in(workbook: Path, folder: Path | None, *, plans: Path, force: bool, draft: bool) -> bool:
    """Write a workbook's plan into its office's folder; whether that is done.

    Nothing is written where something is wrong with it, or where files that say something else
    are to be replaced without `force`. Raises PlanError, Refused.
    """
    reading = read_book(_content(workbook), workbook.name)
    target = folder or near(filing.folder_of(reading, plans))
    planned = filing.changes(reading, target, draft=draft)
    for change in planned:
        _tell(change)
    replaced = [change for change in planned if change.is_needed and not change.is_new]
    if replaced and not force:
        click.echo("尚未寫入任何檔案；確定要取代，請加上 --force（原檔另存為 .bak）", err=True)
        return False
    filing.write(planned)
    written = sum(change.is_needed for change in planned)
    click.echo(f"已寫入 {written} 個檔案" if written else "沒有需要寫入的檔案")
    return True


def _tell(change: filing.Change) -> None:
    if change.is_new:
        click.echo(f"{change.path}：新檔")
    elif not change.is_needed:
        click.echo(f"{change.path}：內容相同，不更動")
    else:
        click.echo(f"{change.path}：有 {len(change.differences)} 處不同")
        _echo_list(change.differences)
        if change.drops_comments:
            click.echo("  原檔的註解（# 之後的文字）取代後不會保留")


def _echo_list(sentences: Sequence[str], *, err: bool = False) -> None:
    for sentence in _cut(sentences):
        click.echo(f"  {sentence}", err=err)


def _cut(sentences: Sequence[str]) -> Iterable[str]:
    yield from sentences[:_TOLD]
    if sentences[_TOLD:]:
        yield f"……另有 {len(sentences) - _TOLD} 處"


def _content(workbook: Path) -> bytes:
    try:
        with workbook.open("rb") as file:
            return file.read(_MAX_BYTES)
    except OSError as error:
        raise Refused(f"無法讀取 {workbook}：{error.strerror}") from None
