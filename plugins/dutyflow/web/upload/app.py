"""The app: its routes, its protection, and how errors look."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from dutyflow.infra import clock
from dutyflow.services.messaging.form_links import PAGE
from dutyflow.services.workspace import Workspace
from dutyflow.web.security.headers import SecurityHeaders
from dutyflow.web.security.limits import BodyLimit, TooManyRequests

from . import alternatives, form_pages, sign_in
from .context import UploadContext
from .rendering import STATIC
from .requests import Handler, SectionRequest, wants_json, with_session

MAX_BODY = 26 * 2**20  # bytes: 25 MB of files, and what is written around them

_SENTENCES = {
    400: ("無法讀取送來的內容", "請回上一頁，重新整理後再試一次。"),
    403: ("這一頁已經過期", "請重新開啟信中的連結；已存的草稿還在。"),
    404: ("沒有這一頁", "請重新開啟信中的連結。"),
    405: ("沒有這一頁", "請重新開啟信中的連結。"),
    413: ("檔案太大", f"全部檔案請在 {MAX_BODY // 2**20 - 1} MB 以內；請縮小照片，或分開提供。"),
    429: ("操作太頻繁", "請稍候再試。"),
    500: ("系統暫時有問題", "您的草稿還在；請稍後再試，或洽計畫承辦人。"),
}


def create_app(workspace: Workspace, *, now: Callable[[], datetime] = clock.now) -> Starlette:
    """The page of sections, on an opened workspace that outlives it."""
    context = UploadContext(workspace=workspace, clock=now)
    app = Starlette(
        routes=[Mount(context.prefix, routes=_routes())] if context.prefix else _routes(),
        middleware=[
            Middleware(SecurityHeaders, policy=context.header_policy),
            Middleware(BodyLimit, limit=MAX_BODY),
        ],
        exception_handlers={HTTPException: _refused, Exception: _unexpected},
    )
    app.state.context = context
    return app


def _routes() -> list[Route | Mount]:
    return [
        Route("/", _to_sign_in),
        Route(f"{PAGE}/health", sign_in.health),
        Route(PAGE, sign_in.show_sign_in, methods=["GET"]),
        Route(PAGE, sign_in.open_link, methods=["POST"]),
        Route(f"{PAGE}/again", sign_in.request_links, methods=["POST"]),
        Mount(f"{PAGE}/static", _Static(directory=STATIC)),
        *_both("", form_pages.show, None),
        *_both("draft", None, form_pages.save),
        *_both("send", None, form_pages.submit),
        *_both("workbook", form_pages.workbook, form_pages.submit_workbook),
        *_both("form.xlsx", form_pages.blank_workbook, None),
        *_both("nothing", alternatives.nothing_to_report, alternatives.submit_nothing),
        *_both("time", alternatives.extension, alternatives.request_extension),
        *_both("deputy", alternatives.deputy, alternatives.submit_deputy),
        *_both("done", form_pages.receipt, None),
    ]


def _both(page: str, get: Handler | None, post: Handler | None) -> list[Route]:
    """Routes of a page about an assignment. One that is only posted to leads back to the form."""
    path = f"{PAGE}/{{slug:str}}/{page}"
    closed = form_pages.closed
    shown = with_session(get or _to_form, if_closed=closed)
    routes = [Route(path, shown, methods=["GET"])]
    if post is not None:
        routes.append(Route(path, with_session(post, if_closed=closed), methods=["POST"]))
    return routes


def _to_form(request: SectionRequest) -> Response:
    return request.go_to()


async def _to_sign_in(request: Request) -> Response:
    context: UploadContext = request.app.state.context
    return RedirectResponse(f"{context.prefix}{PAGE}")


class _Static(StaticFiles):
    """Styles and scripts. Their addresses name a version, so that a browser may keep them."""

    def file_response(self, *args: object, **options: object) -> Response:
        response = super().file_response(*args, **options)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = "public, max-age=604800"
        return response


async def _refused(request: Request, trouble: Exception) -> Response:
    assert isinstance(trouble, HTTPException)  # noqa: S101 - it is registered for these
    wait = trouble.seconds if isinstance(trouble, TooManyRequests) else 0
    return _error(request, trouble.status_code, wait, dict(trouble.headers or {}))


async def _unexpected(request: Request, _trouble: Exception) -> Response:
    context: UploadContext = request.app.state.context
    headers = context.header_policy.headers  # no middleware adds them here
    return _error(request, HTTPStatus.INTERNAL_SERVER_ERROR, headers=headers)


def _error(
    request: Request, status: int, wait: int = 0, headers: dict[str, str] | None = None
) -> Response:
    """An error as a sentence, never a trace. The log has the rest."""
    context: UploadContext = request.app.state.context
    title, advice = _SENTENCES.get(status, _SENTENCES[400])
    if wait:
        advice = f"請等 {wait} 秒再試。"
    if wants_json(request):
        response: Response = JSONResponse(
            {"state": "error", "said": f"{title}：{advice}"}, status_code=status
        )
    else:
        response = context.renderer.page("error", status=status, title=title, advice=advice)
    response.headers.update(headers or {})
    return response
