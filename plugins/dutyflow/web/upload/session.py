"""A section's session: one person's right to one assignment's form, in a signed cookie.

Each form has a path of its own and a cookie for that path: two tabs do not get in each other's way.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dutyflow.services.messaging.form_links import PAGE, Visit
from dutyflow.web.security.signing import Salt, SignedValues

from .context import UploadContext

LASTS = timedelta(hours=12)
COOKIE = "dutyflow"
SIGN_IN_COOKIE = "dutyflow_door"

_NONCE = re.compile(r"[A-Za-z0-9_-]{16,40}")


@dataclass(frozen=True, kw_only=True)
class Session:
    """`returns` is how often the assignment had been returned, `since` a POSIX time in seconds."""

    assignment: str
    email: str
    returns: int
    since: int

    @property
    def holder(self) -> str:
        """Whom form tokens are for: the same in each tab in which a link is opened."""
        return f"{self.assignment} {self.email} {self.returns}"

    def is_over(self, now: datetime) -> bool:
        return now.timestamp() >= self.since + LASTS.total_seconds()


def sign(session: Session, secret: bytes) -> str:
    """The session as the text of its cookie."""
    return SignedValues(secret, Salt.SECTION_SESSION).sign(asdict(session))


def read(cookie: str, secret: bytes) -> Session | None:
    """The session in a cookie; None for what is none of ours."""
    try:
        return Session(**SignedValues(secret, Salt.SECTION_SESSION).read(cookie))
    except TypeError:
        return None


def session_of(context: UploadContext, request: Request, now: datetime) -> Session | None:
    """The request's session, if it is for this path and not over."""
    session = read(request.cookies.get(COOKIE, ""), context.workspace.secret)
    if session is None or session.is_over(now):
        return None
    own = context.slug(session.assignment) == request.path_params["slug"]
    return session if own else None


def start_session(context: UploadContext, visit: Visit, now: datetime) -> Response:
    """Lead somebody who has come by a good link to their form, with a session for it."""
    session = Session(
        assignment=visit.case.assignment.key,
        email=visit.person.email,
        returns=visit.returns,
        since=int(now.timestamp()),
    )
    path = context.path(context.slug(session.assignment))
    response = RedirectResponse(path, status_code=303)
    response.set_cookie(
        COOKIE,
        sign(session, context.workspace.secret),
        max_age=int(LASTS.total_seconds()),
        path=path,
        httponly=True,
        secure=context.https,
        samesite="strict",
    )
    return response


def sign_in_page(
    context: UploadContext,
    request: Request,
    *,
    status: int = 200,
    wrong: bool = False,
    over: bool = False,
) -> Response:
    """The page on which a code is given or new links are asked for; `wrong` says that the code was
    none, `over` that the session is none any more."""
    nonce = request.cookies.get(SIGN_IN_COOKIE, "")
    if not is_nonce(nonce):
        nonce = new_nonce()
    token = context.form_tokens.issue(nonce)  # a nonce is no session's holder: those have blanks
    page = context.renderer.page("sign_in", status=status, wrong=wrong, over=over, csrf=token)
    page.set_cookie(
        SIGN_IN_COOKIE,
        nonce,
        path=f"{context.prefix}{PAGE}",
        httponly=True,
        secure=context.https,
        samesite="lax",
    )
    return page


def new_nonce() -> str:
    """A text that nobody can guess and that is used for one thing only."""
    return secrets.token_urlsafe(16)


def is_nonce(text: str) -> bool:
    """Whether a browser brings back what `new_nonce` gave it, as far as one can tell."""
    return _NONCE.fullmatch(text) is not None
