"""A request to the pages: who makes it, to which office, and what it may do."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from dutyflow.plan.office import OfficePlan
from dutyflow.services.coordinator.arrivals import Arrivals
from dutyflow.services.workspace import Workspace

from .guarding import NOT_THERE, PAGE_HEADERS, SEAL, Refused, Seals, check_origin, read_form
from .showing import render
from .visitor import Runs, Visitor

SAID = "said"

_LARGEST = 2**31 - 1  # what a column of the ledger holds
Item = Annotated[int, Path(ge=1, le=_LARGEST)]
Place = Annotated[int, Path(ge=0, le=_LARGEST)]
PageNumber = Annotated[int, Query(alias="page", ge=1, le=10_000)]


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What the pages stand on.

    `admit` is a FastAPI dependency that lets nobody in who is not logged in, and puts the Visitor
    into `request.state.visitor`. `hosts` are the names, with port, under which people reach the
    pages besides the one that a request itself names.
    """

    admit: Callable[..., Any]
    runs: Runs
    open_workspace: Callable[[], AbstractContextManager[Workspace]]
    clock: Callable[[], datetime]
    hosts: Collection[str] = ()


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One request of one visitor to one office."""

    request: Request
    surroundings: Surroundings
    workspace: Workspace
    office: OfficePlan
    form: dict[str, str]

    @property
    def visitor(self) -> Visitor:
        return visitor_of(self.request)

    @property
    def who(self) -> str:
        return self.visitor.name

    @property
    def runs(self) -> Runs:
        return self.surroundings.runs

    @cached_property
    def now(self) -> datetime:
        return self.surroundings.clock()

    @cached_property
    def arrivals(self) -> Arrivals:
        return Arrivals(workspace=self.workspace, office=self.office, now=self.now)

    @property
    def home(self) -> str:
        return f"{base_of(self.request)}/{self.office.office}"

    @cached_property
    def seals(self) -> Seals:
        return Seals(self.workspace.secret)

    def page(self, template: str, **words: Any) -> HTMLResponse:
        said = self.request.query_params.get(SAID, "")
        return page(
            self.request,
            template,
            office=self.office,
            zone=self.office.zone,
            home=self.home,
            seal=self.seals.of(self.visitor),
            said=self.seals.said(self.visitor, said) if said else "",
            **words,
        )

    def done(self, sentence: str, *, at: str = "") -> Response:
        """What was done, shown once on the page that follows: a reload does nothing again."""
        said = self.seals.saying(self.visitor, sentence)
        return RedirectResponse(f"{at or self.home}?{SAID}={said}", status_code=303)


def visiting(request: Request, office: str) -> Iterator[Visit]:
    """A visit that only looks. Raises Refused (404) for an office that is not the visitor's."""
    yield from _visit(request, office, {})


def acting(
    request: Request, office: str, form: Annotated[dict[str, str], Depends(read_form)]
) -> Iterator[Visit]:
    """A visit that changes something: only by a form of ours, drawn for this visitor."""
    surroundings: Surroundings = request.app.state.surroundings
    check_origin(request, surroundings.hosts)
    for visit in _visit(request, office, form):
        visit.seals.check(visit.visitor, form.get(SEAL, ""))
        yield visit


def _visit(request: Request, office: str, form: dict[str, str]) -> Iterator[Visit]:
    surroundings: Surroundings = request.app.state.surroundings
    with surroundings.open_workspace() as workspace:
        found = workspace.offices.get(office)
        if found is None or not visitor_of(request).may_see(found):
            raise Refused(404, NOT_THERE)
        yield Visit(
            request=request, surroundings=surroundings, workspace=workspace, office=found, form=form
        )


def visitor_of(request: Request) -> Visitor:
    visitor: Visitor = request.state.visitor
    return visitor


def base_of(request: Request) -> str:
    """The path under which the pages are mounted."""
    return str(request.scope.get("root_path", ""))


def page(request: Request, template: str, *, status: int = 200, **words: Any) -> HTMLResponse:
    html = render(template, base=base_of(request), **words)
    return HTMLResponse(html, status_code=status, headers=PAGE_HEADERS)
