"""Opening a link and asking for a new one: what needs no session. GET changes nothing."""

from __future__ import annotations

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from dutyflow.services.intake.web_form import ask_for_links
from dutyflow.services.messaging.form_links import visit_by_code
from dutyflow.web.security.limits import client_address

from .context import UploadContext
from .requests import signed_out_form
from .session import sign_in_page, start_session


async def show_sign_in(request: Request) -> Response:
    """The page that a link leads to."""
    context: UploadContext = request.app.state.context
    context.limits.requests.check(client_address(request))
    return sign_in_page(context, request)


async def open_link(request: Request) -> Response:
    """Exchange a link's code for a session. Only wrong codes are counted against guessing."""
    context: UploadContext = request.app.state.context
    context.limits.requests.check(client_address(request))
    posted = await signed_out_form(context, request)
    visit = await run_in_threadpool(visit_by_code, context.fresh_workspace(), posted.text("code"))
    if visit is None:
        context.limits.wrong_codes.check(client_address(request))
        return sign_in_page(context, request, status=403, wrong=True)
    return start_session(context, visit, context.clock())


async def request_links(request: Request) -> Response:
    """Take down that somebody wants new links. The answer is the same whoever asks; what there is
    to do is done after it."""
    context: UploadContext = request.app.state.context
    context.limits.link_requests.check(client_address(request))
    posted = await signed_out_form(context, request)
    page = context.renderer.page("links_requested")
    page.background = BackgroundTask(
        ask_for_links, context.fresh_workspace(), posted.line("email")[:320], now=context.clock()
    )
    return page


async def health(request: Request) -> Response:
    """Whether the ledger can be read; for a proxy or a container's health check."""
    context: UploadContext = request.app.state.context
    ready = await run_in_threadpool(context.workspace.ledger.is_ready)
    return PlainTextResponse("ok" if ready else "no ledger", status_code=200 if ready else 503)
