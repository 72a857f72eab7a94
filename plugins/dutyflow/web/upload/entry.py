"""The door: a code is exchanged for a ticket, or new links are asked for. GET does neither."""

from __future__ import annotations

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from dutyflow.services.intake.web_form import ask_for_links
from dutyflow.services.messaging.form_links import visit_by_code

from .guard import address_of, allow
from .reception import Reception, checked_at_the_door


async def door(request: Request) -> Response:
    reception: Reception = request.app.state.reception
    allow(reception.requests, address_of(request))
    return reception.door(request)


async def enter(request: Request) -> Response:
    """Only wrong codes are counted: a whole office may come from one address."""
    reception: Reception = request.app.state.reception
    allow(reception.requests, address_of(request))
    sent = await checked_at_the_door(reception, request)
    visit = await run_in_threadpool(visit_by_code, reception.task_workspace(), sent.text("code"))
    if visit is None:
        allow(reception.wrong_codes, address_of(request))
        return reception.door(request, status=403, wrong=True)
    return reception.let_in(visit, reception.clock())


async def ask_again(request: Request) -> Response:
    """The same answer whoever asks; what there is to do is done after it."""
    reception: Reception = request.app.state.reception
    allow(reception.calls, address_of(request))
    sent = await checked_at_the_door(reception, request)
    page = reception.pages.page("asked")
    page.background = BackgroundTask(
        ask_for_links, reception.task_workspace(), sent.line("email")[:320], now=reception.clock()
    )
    return page


async def health(request: Request) -> Response:
    """Whether the ledger can be read; for a proxy or a container's health check."""
    reception: Reception = request.app.state.reception
    ready = await run_in_threadpool(reception.workspace.ledger.is_ready)
    return PlainTextResponse("ok" if ready else "no ledger", status_code=200 if ready else 503)
