"""The coordinator's pages as an app to be mounted: its protection, and how errors look."""

from __future__ import annotations

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import Response

from dutyflow.errors import DutyflowError
from dutyflow.ledger.errors import UnknownKey
from dutyflow.web.security.form_tokens import StaleForm
from dutyflow.web.security.headers import SecurityHeaders
from dutyflow.web.security.limits import BodyLimit, TooLarge
from dutyflow.web.security.origins import CrossOrigin

from .actions import actions
from .context import CoordinatorContext
from .rendering import HEADER_POLICY
from .requests import NOT_THERE, Refused, page
from .views import styles, views

FORM_BYTES = 64 * 1024

SENTENCES = {
    401: "請先登入 Airflow，再重新開啟本頁",
    403: "您沒有權限查看本頁",
    404: NOT_THERE,
    405: NOT_THERE,
}
SENTENCES_OF_REFUSALS: dict[type[HTTPException], str] = {
    CrossOrigin: "這個要求不是由本頁送出的，未予執行",
    StaleForm: "畫面已經過時，請重新整理後再做一次",
    TooLarge: "送出的內容太長",
}
UNEXPECTED = "發生未預期的錯誤，未完成這個動作；請稍後再試，或聯絡系統管理者"


def coordinator_app(context: CoordinatorContext) -> FastAPI:
    """The pages. Each of them asks who is there, and GET changes nothing.

    Their style is for everybody, so that who is logged out meanwhile is told so in it.
    """
    app = FastAPI(
        title="dutyflow",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        middleware=[
            Middleware(SecurityHeaders, policy=HEADER_POLICY),
            Middleware(BodyLimit, limit=FORM_BYTES),
        ],
    )
    app.state.context = context
    app.include_router(styles)
    for pages in (views, actions):
        app.include_router(pages, dependencies=[Depends(context.admit)])
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _not_there)
    app.add_exception_handler(UnknownKey, _not_there)
    app.add_exception_handler(DutyflowError, _not_possible)
    app.add_exception_handler(Exception, _unexpected)
    return app


def _refused(request: Request, error: Exception) -> Response:
    """A refusal in our own words: those of Airflow are English."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    sentence = SENTENCES_OF_REFUSALS.get(type(error)) or SENTENCES.get(error.status_code)
    if isinstance(error, Refused):
        sentence = error.detail
    return page(request, "error.html", status=error.status_code, message=sentence or UNEXPECTED)


def _not_there(request: Request, _error: Exception) -> Response:
    return page(request, "error.html", status=404, message=NOT_THERE)


def _not_possible(request: Request, error: Exception) -> Response:
    return page(request, "error.html", status=409, message=str(error))


def _unexpected(request: Request, _error: Exception) -> Response:
    response = page(request, "error.html", status=500, message=UNEXPECTED)
    response.headers.update(HEADER_POLICY.headers)  # no middleware adds them here
    return response
