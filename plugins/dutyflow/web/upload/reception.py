"""Who is let in where: the app's one object, and what each page is called with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from hmac import compare_digest
from time import monotonic
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from dutyflow.calendars.roc import in_zone
from dutyflow.mail.attachment import Attachment
from dutyflow.services.messaging.assignment_mail import AssignmentMail
from dutyflow.services.messaging.form_links import PAGE, Closed, Visit, visit_of
from dutyflow.services.workspace import Case, Workspace

from . import tickets
from .guard import Buckets, address_of, allow, is_from_elsewhere
from .incoming import Sent, opened, read_form
from .pages import Pages

RENEWED_SECONDS = 30.0  # until plans and contacts are read again
WORKBOOK = "workbook"  # the field that the form as a file is chosen in
Clock = Callable[[], datetime]


@dataclass(kw_only=True)
class Reception:
    """What the app works with. Rates are generous where a whole office comes from one address."""

    workspace: Workspace
    clock: Clock
    requests: Buckets = field(default_factory=lambda: Buckets(burst=600, per_second=10))
    wrong_codes: Buckets = field(default_factory=lambda: Buckets(burst=20, per_second=1 / 30))
    calls: Buckets = field(default_factory=lambda: Buckets(burst=20, per_second=1 / 30))
    sends: Buckets = field(default_factory=lambda: Buckets(burst=30, per_second=1 / 10))
    saves: Buckets = field(default_factory=lambda: Buckets(burst=60, per_second=1))
    _today: Workspace | None = None
    _renew_at: float = 0.0

    def task_workspace(self) -> Workspace:
        """The workspace with the plans and people as they are, or were half a minute ago."""
        now = monotonic()
        if self._today is None or now >= self._renew_at:
            self._today, self._renew_at = self.workspace.anew(), now + RENEWED_SECONDS
        return self._today

    @property
    def own(self) -> str:
        return self.workspace.settings.base_url

    @cached_property
    def prefix(self) -> str:
        """What stands before the page's path in the public address; as a rule nothing."""
        return urlsplit(self.own).path.rstrip("/")

    @property
    def https(self) -> bool:
        return self.own.startswith("https:")

    @cached_property
    def pages(self) -> Pages:
        return Pages(root=f"{self.prefix}{PAGE}")

    def place(self, assignment: str) -> str:
        return tickets.place_of(assignment, self.workspace.secret)

    def path(self, place: str, page: str = "") -> str:
        return f"{self.prefix}{PAGE}/{place}/{page}"

    def form_token(self, holder: str) -> str:
        return tickets.form_token(holder, self.workspace.secret)

    def door(self, request: Request, *, status: int = 200, **words: object) -> Response:
        """The page where a code is given or new links are asked for."""
        nonce = request.cookies.get(tickets.DOOR_COOKIE, "")
        if not tickets.is_nonce(nonce):
            nonce = tickets.new_nonce()
        words = {"wrong": False, "over": False, **words, "csrf": self.form_token(nonce)}
        page = self.pages.page("door", status=status, **words)
        page.set_cookie(
            tickets.DOOR_COOKIE,
            nonce,
            path=f"{self.prefix}{PAGE}",
            httponly=True,
            secure=self.https,
            samesite="lax",
        )
        return page

    def let_in(self, visit: Visit, now: datetime) -> Response:
        """To the form, with a ticket for it."""
        ticket = tickets.new_ticket(
            assignment=visit.case.assignment.key,
            email=visit.person.email,
            returns=visit.returns,
            now=now,
        )
        path = self.path(self.place(ticket.assignment))
        answer = RedirectResponse(path, status_code=303)
        answer.set_cookie(
            tickets.COOKIE,
            tickets.signed(ticket, self.workspace.secret),
            max_age=int(tickets.LASTS.total_seconds()),
            path=path,
            httponly=True,
            secure=self.https,
            samesite="strict",
        )
        return answer


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request of somebody who was let in."""

    reception: Reception
    request: Request
    visit: Visit
    ticket: tickets.Ticket
    now: datetime
    sent: Sent = field(default_factory=Sent)

    @property
    def case(self) -> Case:
        return self.visit.case

    @cached_property
    def paper(self) -> AssignmentMail:
        return AssignmentMail(self.case)

    @property
    def link(self) -> str:
        """What tells one link from another, however often it is opened."""
        return f"{self.ticket.assignment} {self.ticket.email}"

    @property
    def closed(self) -> Closed:
        return self.visit.closed(self.now)

    @property
    def today(self) -> date:
        return in_zone(self.now, self.case.zone).date()

    @property
    def place(self) -> str:
        return self.reception.place(self.ticket.assignment)

    @cached_property
    def brought(self) -> Sent:
        """What was sent, what was zipped taken out: in a process of its own, when it is wanted."""
        return opened(self.sent)

    @property
    def evidence(self) -> tuple[Attachment, ...]:
        """All the files that were sent, but for the form itself."""
        chosen = self.brought.files.items()
        return tuple(file for name, some in chosen if name != WORKBOOK for file in some)

    @property
    def wants_json(self) -> bool:
        return "application/json" in self.request.headers.get("accept", "")

    def path(self, page: str = "") -> str:
        return self.reception.path(self.place, page)

    def page(self, template: str, *, status: int = 200, **words: object) -> Response:
        shown = {
            "call": self,
            "paper": self.paper,
            "csrf": self.reception.form_token(self.ticket.holder),
            **words,
        }
        return self.reception.pages.page(template, status=status, **shown)

    def go_to(self, page: str = "") -> Response:
        return RedirectResponse(self.path(page), status_code=303)


Handler = Callable[[Call], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def for_visitors(handler: Handler, *, dead: Handler | None = None) -> Endpoint:
    """An endpoint for whoever holds a ticket to the path's assignment; others come to the door.

    `dead` answers where the link takes nothing more; without it the handler does, too.
    """

    async def endpoint(request: Request) -> Response:
        reception: Reception = request.app.state.reception
        allow(reception.requests, address_of(request))
        now = reception.clock()
        ticket = _ticket(reception, request, now)
        if ticket is None:
            return _back_to_the_door(reception, request)
        sent = Sent()
        if request.method == "POST":
            sent = await _checked(reception, request, ticket.holder)
        return await run_in_threadpool(_answer, reception, request, ticket, sent, now)

    def _answer(
        reception: Reception, request: Request, ticket: tickets.Ticket, sent: Sent, now: datetime
    ) -> Response:
        visit = visit_of(
            reception.task_workspace(), ticket.assignment, ticket.email, ticket.returns
        )
        if visit is None:
            return _back_to_the_door(reception, request)
        call = Call(
            reception=reception, request=request, visit=visit, ticket=ticket, now=now, sent=sent
        )
        return dead(call) if dead is not None and call.closed else handler(call)

    return endpoint


def _ticket(reception: Reception, request: Request, now: datetime) -> tickets.Ticket | None:
    """The ticket, if it is for this path and not over."""
    ticket = tickets.read(request.cookies.get(tickets.COOKIE, ""), reception.workspace.secret)
    if ticket is None or ticket.is_over(now):
        return None
    own = reception.place(ticket.assignment) == request.path_params["place"]
    return ticket if own else None


def _back_to_the_door(reception: Reception, request: Request) -> Response:
    if "application/json" in request.headers.get("accept", ""):
        said = "頁面已逾時，請重新開啟信中的連結；已存的草稿還在"
        return JSONResponse({"state": "over", "said": said}, status_code=403)
    return reception.door(request, status=403, over=True)


async def _checked(reception: Reception, request: Request, holder: str) -> Sent:
    """The form that was sent, from our own page. Raises HTTPException."""
    if is_from_elsewhere(request, reception.own):
        raise HTTPException(403)
    sent = await read_form(request)
    if not compare_digest(sent.text("csrf").encode(), reception.form_token(holder).encode()):
        raise HTTPException(403)
    return sent


async def checked_at_the_door(reception: Reception, request: Request) -> Sent:
    """As `_checked`, for whoever has no ticket yet. Raises HTTPException."""
    return await _checked(reception, request, request.cookies.get(tickets.DOOR_COOKIE, ""))
