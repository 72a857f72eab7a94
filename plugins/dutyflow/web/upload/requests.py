"""A request of somebody who has a session, and which handler answers it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from dutyflow.calendars.roc import in_zone
from dutyflow.mail.attachment import Attachment
from dutyflow.services.messaging.assignment_mail import AssignmentMail
from dutyflow.services.messaging.form_links import Closed, Visit, visit_of
from dutyflow.services.workspace import Case
from dutyflow.web.security.limits import client_address
from dutyflow.web.security.origins import check_same_origin

from .context import UploadContext
from .form_data import FormData, read_form, unpack_archives
from .session import SIGN_IN_COOKIE, Session, session_of, sign_in_page

WORKBOOK = "workbook"  # the field that the form as a file is chosen in


@dataclass(frozen=True, kw_only=True)
class SectionRequest:
    """One request of one person for one assignment."""

    context: UploadContext
    http: Request
    visit: Visit
    session: Session
    now: datetime
    posted: FormData = field(default_factory=FormData)

    @property
    def case(self) -> Case:
        return self.visit.case

    @cached_property
    def mail(self) -> AssignmentMail:
        """What mails say of the assignment, and the page says alike."""
        return AssignmentMail(self.case)

    @property
    def link(self) -> str:
        """What tells one link from another, however often it is opened."""
        return f"{self.session.assignment} {self.session.email}"

    @property
    def closed(self) -> Closed:
        """Why nothing more is taken; "" while it is."""
        return self.visit.closed(self.now)

    @property
    def today(self) -> date:
        return in_zone(self.now, self.case.zone).date()

    @cached_property
    def unpacked(self) -> FormData:
        """What was posted, with archives unpacked: in a process of its own, when it is wanted."""
        return unpack_archives(self.posted)

    @property
    def evidence(self) -> tuple[Attachment, ...]:
        """All the files that were posted, but for the form itself."""
        chosen = self.unpacked.files.items()
        return tuple(file for name, some in chosen if name != WORKBOOK for file in some)

    @property
    def wants_json(self) -> bool:
        return wants_json(self.http)

    def path(self, page: str = "") -> str:
        """Where a page of this assignment lies."""
        return self.context.path(self.context.slug(self.session.assignment), page)

    def page(self, template: str, *, status: int = 200, **values: object) -> Response:
        """A page about this assignment."""
        shown = {
            "request": self,
            "about": self.mail.about,
            "csrf": self.context.form_tokens.issue(self.session.holder),
            **values,
        }
        return self.context.renderer.page(template, status=status, **shown)

    def go_to(self, page: str = "") -> Response:
        """Lead the browser to another page of this assignment, with GET."""
        return RedirectResponse(self.path(page), status_code=303)


Handler = Callable[[SectionRequest], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def with_session(handler: Handler, *, if_closed: Handler | None = None) -> Endpoint:
    """An endpoint for whoever has a session for its path; others get the page to sign in.

    `if_closed` answers where the assignment takes nothing more; without it the handler does, too.
    """

    async def endpoint(request: Request) -> Response:
        context: UploadContext = request.app.state.context
        context.limits.requests.check(client_address(request))
        now = context.clock()
        session = session_of(context, request, now)
        if session is None:
            return _to_sign_in(context, request)
        posted = FormData()
        if request.method == "POST":
            posted = await _checked_form(context, request, session.holder)
        return await run_in_threadpool(respond, context, request, session, posted, now)

    def respond(
        context: UploadContext, request: Request, session: Session, posted: FormData, now: datetime
    ) -> Response:
        visit = visit_of(
            context.fresh_workspace(), session.assignment, session.email, session.returns
        )
        if visit is None:
            return _to_sign_in(context, request)
        theirs = SectionRequest(
            context=context, http=request, visit=visit, session=session, now=now, posted=posted
        )
        return if_closed(theirs) if if_closed is not None and theirs.closed else handler(theirs)

    return endpoint


def wants_json(request: Request) -> bool:
    """Whether the page's script asks, and not a browser that shows the answer."""
    return "application/json" in request.headers.get("accept", "")


def _to_sign_in(context: UploadContext, request: Request) -> Response:
    if wants_json(request):
        said = "頁面已逾時，請重新開啟信中的連結；已存的草稿還在"
        return JSONResponse({"state": "over", "said": said}, status_code=403)
    return sign_in_page(context, request, status=403, over=True)


async def signed_out_form(context: UploadContext, request: Request) -> FormData:
    """The form that somebody without a session has sent from the page to sign in.

    Raises CrossOrigin, StaleForm, TooLarge; HTTPException (400) for what cannot be read.
    """
    return await _checked_form(context, request, request.cookies.get(SIGN_IN_COOKIE, ""))


async def _checked_form(context: UploadContext, request: Request, holder: str) -> FormData:
    check_same_origin(request, context.hosts)
    posted = await read_form(request)
    context.form_tokens.check(posted.text("csrf"), holder)
    return posted
