"""The pages of 收件 as an app, to be mounted anywhere."""

from __future__ import annotations

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from dutyflow.errors import DutyflowError
from dutyflow.ledger.errors import UnknownKey

from .acts import acts
from .guarding import NOT_THERE, Refused
from .views import looks, views
from .visiting import Surroundings, page

SENTENCES = {
    401: "請先登入 Airflow，再重新開啟本頁",
    403: "您沒有權限查看本頁",
    404: NOT_THERE,
    405: NOT_THERE,
}
UNEXPECTED = "發生未預期的錯誤，未完成這個動作；請稍後再試，或聯絡系統管理者"


def coordinator_app(surroundings: Surroundings) -> FastAPI:
    """The pages. Each of them asks who is there, and GET changes nothing. Their style is for all:
    who is not logged in any more is told so in it."""
    app = FastAPI(
        title="dutyflow",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    app.state.surroundings = surroundings
    app.include_router(looks)
    for pages in (views, acts):
        app.include_router(pages, dependencies=[Depends(surroundings.admit)])
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _not_there)
    app.add_exception_handler(UnknownKey, _not_there)
    app.add_exception_handler(DutyflowError, _not_possible)
    app.add_exception_handler(Exception, _unexpected)
    return app


def _refused(request: Request, error: Exception) -> Response:
    """In our own words: those of Airflow's refusals are English."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    ours = error.detail if isinstance(error, Refused) else ""
    said = ours or SENTENCES.get(error.status_code, UNEXPECTED)
    return page(request, "error.html", status=error.status_code, message=said)


def _not_there(request: Request, _error: Exception) -> Response:
    return page(request, "error.html", status=404, message=NOT_THERE)


def _not_possible(request: Request, error: Exception) -> Response:
    return page(request, "error.html", status=409, message=str(error))


def _unexpected(request: Request, _error: Exception) -> Response:
    return page(request, "error.html", status=500, message=UNEXPECTED)
