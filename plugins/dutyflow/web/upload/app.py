"""The app: which path is answered by what, and what an error looks like."""

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

from . import besides, entry, filling
from .guard import HEADERS, MAX_BODY, BodyLimit, SafeHeaders, TooMany
from .pages import STATIC
from .reception import Call, Handler, Reception, for_visitors

_SAID = {
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
    reception = Reception(workspace=workspace, clock=now)
    app = Starlette(
        routes=[Mount(reception.prefix, routes=_routes())] if reception.prefix else _routes(),
        middleware=[
            Middleware(SafeHeaders, https=reception.https),
            Middleware(BodyLimit),
        ],
        exception_handlers={HTTPException: _told, Exception: _broken},
    )
    app.state.reception = reception
    return app


def _routes() -> list[Route | Mount]:
    return [
        Route("/", _to_the_door),
        Route(f"{PAGE}/health", entry.health),
        Route(PAGE, entry.door, methods=["GET"]),
        Route(PAGE, entry.enter, methods=["POST"]),
        Route(f"{PAGE}/again", entry.ask_again, methods=["POST"]),
        Mount(f"{PAGE}/static", _Static(directory=STATIC)),
        *_both("", filling.show, None),
        *_both("draft", None, filling.save),
        *_both("send", None, filling.send),
        *_both("workbook", filling.workbook, filling.send_workbook),
        *_both("form.xlsx", filling.blank_workbook, None),
        *_both("nothing", besides.nothing, besides.send_nothing),
        *_both("time", besides.time, besides.ask_time),
        *_both("deputy", besides.deputy, besides.tell_deputy),
        *_both("done", filling.done, None),
    ]


def _both(page: str, get: Handler | None, post: Handler | None) -> list[Route]:
    """A page of a visitor's. One that takes only what is posted leads back to the form."""
    path = f"{PAGE}/{{place:str}}/{page}"
    shown = for_visitors(get or _back, dead=filling.dead)
    routes = [Route(path, shown, methods=["GET"])]
    if post is not None:
        routes.append(Route(path, for_visitors(post, dead=filling.dead), methods=["POST"]))
    return routes


def _back(call: Call) -> Response:
    return call.go_to()


async def _to_the_door(request: Request) -> Response:
    reception: Reception = request.app.state.reception
    return RedirectResponse(f"{reception.prefix}{PAGE}")


class _Static(StaticFiles):
    """Named with a version, so that a browser may keep them."""

    def file_response(self, *args: object, **options: object) -> Response:
        response = super().file_response(*args, **options)  # type: ignore[arg-type]
        response.headers["Cache-Control"] = "public, max-age=604800"
        return response


async def _told(request: Request, trouble: Exception) -> Response:
    assert isinstance(trouble, HTTPException)  # noqa: S101 - it is registered for these
    wait = trouble.seconds if isinstance(trouble, TooMany) else 0
    return _error(request, trouble.status_code, wait, dict(trouble.headers or {}))


async def _broken(request: Request, _trouble: Exception) -> Response:
    # Answered outside of all middleware: the headers are put here.
    return _error(request, HTTPStatus.INTERNAL_SERVER_ERROR, headers=dict(HEADERS))


def _error(
    request: Request, status: int, wait: int = 0, headers: dict[str, str] | None = None
) -> Response:
    """A sentence, never a trace. The log has the rest."""
    reception: Reception = request.app.state.reception
    title, advice = _SAID.get(status, _SAID[400])
    if wait:
        advice = f"請等 {wait} 秒再試。"
    if "application/json" in request.headers.get("accept", ""):
        response: Response = JSONResponse(
            {"state": "error", "said": f"{title}：{advice}"}, status_code=status
        )
    else:
        response = reception.pages.page("error", status=status, title=title, advice=advice)
    response.headers.update(headers or {})
    return response
