"""A visitor's request to an office's pages, and what it must pass before it is served."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import Depends, HTTPException, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.responses import Response

from dutyflow.plan.office import OfficePlan
from dutyflow.services.coordinator.arrivals import Arrivals
from dutyflow.services.workspace import Workspace
from dutyflow.web.security.form_tokens import AgingFormTokens, FormTokens
from dutyflow.web.security.origins import check_same_origin
from dutyflow.web.security.signing import Salt, SignedValues

from .context import CoordinatorContext, Runs, Visitor
from .rendering import render

TOKEN_FIELD = "seal"  # noqa: S105 - the form field that carries the token
FORM_LASTS = timedelta(hours=12)  # a page that was opened this morning still works
FLASH = "said"  # the query's name for the sentence that is shown once
FLASH_LASTS = timedelta(minutes=5)
FORM_FIELDS = 20
NOT_THERE = "找不到這個頁面，或您沒有權限查看"

_LARGEST = 2**31 - 1  # what a column of the ledger holds
Item = Annotated[int, Path(ge=1, le=_LARGEST)]
Place = Annotated[int, Path(ge=0, le=_LARGEST)]
PageNumber = Annotated[int, Query(alias="page", ge=1, le=10_000)]


class Refused(HTTPException):
    """A request that is not served, with a sentence for whoever made it."""


@dataclass(frozen=True, kw_only=True)
class CoordinatorRequest:
    """One request of one visitor to one office. `form` is what it posts."""

    http: Request
    context: CoordinatorContext
    workspace: Workspace
    office: OfficePlan
    form: dict[str, str]

    @property
    def visitor(self) -> Visitor:
        return visitor_of(self.http)

    @property
    def who(self) -> str:
        """The visitor's name, as it goes on record."""
        return self.visitor.name

    @property
    def runs(self) -> Runs:
        return self.context.runs

    @cached_property
    def now(self) -> datetime:
        return self.context.clock()

    @cached_property
    def arrivals(self) -> Arrivals:
        return Arrivals(workspace=self.workspace, office=self.office, now=self.now)

    @property
    def home(self) -> str:
        """The path of the office's pages."""
        return f"{base_path(self.http)}/{self.office.office}"

    @cached_property
    def form_tokens(self) -> FormTokens:
        """They age by themselves: how long a login lasts is Airflow's to know."""
        secret = self.workspace.secret
        return AgingFormTokens(secret, Salt.COORDINATOR_FORM, max_age=FORM_LASTS)

    def page(self, template: str, **values: Any) -> HTMLResponse:
        """A page of the office."""
        return page(
            self.http,
            template,
            office=self.office,
            zone=self.office.zone,
            home=self.home,
            token=self.form_tokens.issue(self.visitor.key),
            flash=self._flash(),
            **values,
        )

    def done(self, sentence: str, *, at: str = "") -> Response:
        """Lead to the page that says once what was done: a reload does nothing again.

        The sentence is signed for this visitor: no link can put words into our mouth.
        """
        signed = self._flashes.sign([self.visitor.key, sentence])
        return RedirectResponse(f"{at or self.home}?{FLASH}={signed}", status_code=303)

    def _flash(self) -> str:
        """The sentence that `done` led here with, to this visitor and a moment ago; or ""."""
        match self._flashes.read(self.http.query_params.get(FLASH, "")):
            case [self.visitor.key, str(sentence)]:
                return sentence
        return ""

    @cached_property
    def _flashes(self) -> SignedValues:
        secret = self.workspace.secret
        return SignedValues(secret, Salt.COORDINATOR_FLASH, max_age=FLASH_LASTS)


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a posted form without files. Raises TooLarge, Refused (422)."""
    body = await request.body()
    try:
        fields = parse_qsl(
            body.decode(), keep_blank_values=True, errors="strict", max_num_fields=FORM_FIELDS
        )
    except ValueError:  # UnicodeDecodeError among them
        raise Refused(422, "送出的內容無法讀取") from None
    return dict(fields)


def view_request(request: Request, office: str) -> Iterator[CoordinatorRequest]:
    """A request that changes nothing. Raises Refused (404) for an office that is not theirs."""
    yield from _request(request, office, {})


def action_request(
    request: Request, office: str, form: Annotated[dict[str, str], Depends(read_form)]
) -> Iterator[CoordinatorRequest]:
    """A request that changes something. Raises as `view_request`; CrossOrigin, StaleForm for a form
    that was not sent from our own page by the visitor for whom it was made."""
    context: CoordinatorContext = request.app.state.context
    check_same_origin(request, context.hosts)
    for action in _request(request, office, form):
        action.form_tokens.check(form.get(TOKEN_FIELD, ""), action.visitor.key)
        yield action


def _request(request: Request, office: str, form: dict[str, str]) -> Iterator[CoordinatorRequest]:
    context: CoordinatorContext = request.app.state.context
    with context.open_workspace() as workspace:
        found = workspace.offices.get(office)
        if found is None or not visitor_of(request).may_see(found):
            raise Refused(404, NOT_THERE)
        yield CoordinatorRequest(
            http=request, context=context, workspace=workspace, office=found, form=form
        )


def visitor_of(request: Request) -> Visitor:
    """Who is logged in, as `admit` has found out."""
    visitor: Visitor = request.state.visitor
    return visitor


def base_path(request: Request) -> str:
    """The path under which the pages are mounted."""
    return str(request.scope.get("root_path", ""))


def page(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page of no office in particular."""
    return HTMLResponse(render(template, base=base_path(request), **values), status_code=status)
