"""The formats in which every report is written: one renderer for each, registered here.

A renderer makes the bytes of a file from a report alone, the same ones from the same report. Every
format that is registered is written when a report is assembled, kept, mailed, and found by
`dutyflow report --format`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dutyflow.infra.mime_types import XLSX
from dutyflow.reports.model import Report

from . import xlsx

UNKNOWN = "application/octet-stream"


@dataclass(frozen=True, kw_only=True)
class Renderer:
    """How a report becomes a file of one format.

    `ending` is that of the file's name, with its dot; no two renderers have the same.
    """

    format: str
    ending: str
    mime_type: str
    render: Callable[[Report], bytes]


RENDERERS: dict[str, Renderer] = {}  # by their format, in the order in which files are listed


def register(renderer: Renderer) -> None:
    RENDERERS[renderer.format] = renderer


register(Renderer(format="xlsx", ending=".xlsx", mime_type=XLSX, render=xlsx.render))


@dataclass(frozen=True, kw_only=True)
class RenderedFile:
    """A report as a file."""

    name: str
    data: bytes


def rendered(report: Report, name: str) -> tuple[RenderedFile, ...]:
    """The report in every format; `name` is that of the files, without an ending."""
    return tuple(
        RenderedFile(name=f"{name}{each.ending}", data=each.render(report))
        for each in RENDERERS.values()
    )


def mime_type_of(name: str) -> str:
    """The MIME type of a rendered file; `UNKNOWN` where its format is not registered any more."""
    known = (each.mime_type for each in RENDERERS.values() if name.endswith(each.ending))
    return next(known, UNKNOWN)
