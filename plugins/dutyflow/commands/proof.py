"""`dutyflow proof`: 稽催紀錄, who was told what when, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from dutyflow.calendars.roc import format_roc_moment
from dutyflow.infra import clock
from dutyflow.infra.settings import Settings
from dutyflow.reports.proof import Proof, ProofRow

from .common import Refused, echo_json, echo_table, json_option, save
from .ledger_access import cycles_in, opened_workspace
from .offices import office_option

HEADING = ("編號", "時間", "事項", "對象或經辦", "階段", "原因與說明", "結果")


@click.command("proof")
@click.option("--cycle", required=True, metavar="NAME", help="The cycle (107H1).")
@office_option
@click.option("--duty", metavar="ID", help="Only this duty's.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write a workbook: .xlsx, or .ods where LibreOffice is installed.",
)
@click.option(
    "--check",
    "earlier",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Compare a workbook that was written earlier with the ledger, cell by cell.",
)
@json_option
@click.pass_obj
def proof_command(
    settings: Settings,
    cycle: str,
    office: str | None,
    duty: str | None,
    output: Path | None,
    earlier: Path | None,
    as_json: bool,
) -> None:
    """Prove what was done to collect a cycle: every mail, every silence, every grant and answer.

    With the numbers and hashes of the events, and whether their chain holds (exit code 1, if not).
    With --check, whether a workbook of it still says what the ledger says (exit code 1, if not).
    """
    from dutyflow.services.audit.proof import prove

    _check_ending(output)
    with opened_workspace(settings) as workspace:
        found = cycles_in(workspace, office=office, duty=duty, name=cycle)
        proofs = prove(workspace, found, now=clock.now())
    if earlier is not None:
        _check(earlier, proofs)
        return
    if output is not None:
        save(output, _workbook(proofs, output))
        click.echo(f"已寫入 {output}：{len(proofs)} 期", err=as_json)
    if as_json:
        echo_json([_as_json(proof) for proof in proofs])
    elif output is None:
        for proof in proofs:
            _echo(proof)
    if proofs[0].chain.broken_at is not None:
        raise Refused(proofs[0].chain.verdict)


def _check(path: Path, proofs: Sequence[Proof]) -> None:
    from .proof_check import differences

    count, found = differences(path, proofs)
    broken = proofs[0].chain.broken_at is not None
    if broken or found:
        raise Refused("\n".join([*found, *([proofs[0].chain.verdict] if broken else [])]))
    click.echo(f"{path.name}：{count} 個事件與帳本相符；{proofs[0].chain.verdict}")


def _check_ending(output: Path | None) -> None:
    if output is not None and output.suffix not in (".xlsx", ".ods"):
        raise Refused(f"不認得 {output.name} 的檔案類型；應為 .xlsx 或 .ods")


def _workbook(proofs: Sequence[Proof], output: Path) -> bytes:
    from dutyflow.infra.libreoffice import xlsx_to_ods
    from dutyflow.reports.proof_sheet import proof_xlsx

    made = proof_xlsx(proofs)
    return xlsx_to_ods(made) if output.suffix == ".ods" else made


def _as_json(proof: Proof) -> dict[str, Any]:
    def row(each: ProofRow) -> dict[str, Any]:
        return {**asdict(each), "at": each.at.isoformat()}

    return {
        "office": proof.office,
        "duty": proof.duty,
        "cycle": proof.cycle,
        "title": proof.title,
        "opened_at": proof.opened_at.isoformat(),
        "report_due": proof.report_due.isoformat(),
        "made_at": proof.made_at.isoformat(),
        "chain": {**asdict(proof.chain), "holds": proof.chain.broken_at is None},
        "events": [row(each) for each in proof.whole],
        "sections": [
            {
                "section": section.section,
                "name": section.name,
                "state": section.state,
                "until": section.until,
                "verdict": section.verdict,
                "events": [row(each) for each in section.rows],
            }
            for section in proof.sections
        ],
    }


def _echo(proof: Proof) -> None:
    click.echo(f"{proof.title} {proof.duty_name}（{proof.cycle}）稽催紀錄")
    for section in proof.sections:
        click.echo(f"\n■ {section.name}　{section.state}　期限 {section.until}　{section.verdict}")
        echo_table(HEADING, _rows(section.rows, ZoneInfo(proof.zone)))
    click.echo("\n■ 全期")
    echo_table(HEADING, _rows(proof.whole, ZoneInfo(proof.zone)))
    chain = proof.chain
    click.echo(f"\n第一個事件 {chain.first.number}：{chain.first.hash}")
    click.echo(f"最後的事件 {chain.last.number}：{chain.last.hash}")
    click.echo(chain.verdict)


def _rows(rows: Sequence[ProofRow], zone: ZoneInfo) -> Iterator[tuple[str, ...]]:
    for row in rows:
        yield (
            str(row.number),
            format_roc_moment(row.at, zone),
            row.what,
            (row.to or row.who).replace("\n", "，"),
            row.rung,
            row.why,
            row.result.replace("\n", " "),
        )
