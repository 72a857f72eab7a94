"""What the page of sections works with, the same for all requests: workspace, addresses, limits."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from time import monotonic
from urllib.parse import urlsplit

from dutyflow.services.messaging.form_links import PAGE
from dutyflow.services.workspace import Workspace
from dutyflow.web.security.form_tokens import FormTokens, SessionFormTokens
from dutyflow.web.security.headers import FramedBy, HeaderPolicy
from dutyflow.web.security.limits import RateLimit
from dutyflow.web.security.origins import host_of
from dutyflow.web.security.signing import Salt, keyed_digest

from .rendering import Renderer

RENEWED_SECONDS = 30.0  # until plans and contacts are read again
Clock = Callable[[], datetime]


@dataclass(kw_only=True)
class RateLimits:
    """How often somebody may ask: generous by address, as a whole office may come from one; what
    is sent or saved is counted by link."""

    requests: RateLimit = field(default_factory=lambda: RateLimit(burst=600, per_second=10))
    wrong_codes: RateLimit = field(default_factory=lambda: RateLimit(burst=20, per_second=1 / 30))
    link_requests: RateLimit = field(default_factory=lambda: RateLimit(burst=20, per_second=1 / 30))
    submissions: RateLimit = field(default_factory=lambda: RateLimit(burst=30, per_second=1 / 10))
    drafts: RateLimit = field(default_factory=lambda: RateLimit(burst=60, per_second=1))


@dataclass(kw_only=True)
class UploadContext:
    """The app's one object, `app.state.context`."""

    workspace: Workspace
    clock: Clock
    limits: RateLimits = field(default_factory=RateLimits)
    _fresh: Workspace | None = None
    _renew_at: float = 0.0

    def fresh_workspace(self) -> Workspace:
        """The workspace with the plans and people as they are, or were half a minute ago."""
        now = monotonic()
        if self._fresh is None or now >= self._renew_at:
            self._fresh, self._renew_at = self.workspace.anew(), now + RENEWED_SECONDS
        return self._fresh

    @property
    def base_url(self) -> str:
        """Our public address, or ""."""
        return self.workspace.settings.base_url

    @cached_property
    def hosts(self) -> frozenset[str]:
        """The host of our public address, where there is one."""
        return frozenset({host_of(self.base_url)})

    @cached_property
    def prefix(self) -> str:
        """What stands before the page's path in the public address; as a rule nothing."""
        return urlsplit(self.base_url).path.rstrip("/")

    @property
    def https(self) -> bool:
        return self.base_url.startswith("https:")

    @cached_property
    def header_policy(self) -> HeaderPolicy:
        """Shown in nobody's frame; script, style and pictures of our own alone."""
        return HeaderPolicy(
            framed_by=FramedBy.NOBODY, loads=("style", "script", "connect", "img"), https=self.https
        )

    @cached_property
    def form_tokens(self) -> FormTokens:
        return SessionFormTokens(self.workspace.secret, Salt.SECTION_FORM)

    @cached_property
    def renderer(self) -> Renderer:
        return Renderer(root=f"{self.prefix}{PAGE}")

    def slug(self, assignment: str) -> str:
        """What stands for an assignment in its form's path. It is no secret, and opens nothing."""
        digest = keyed_digest(self.workspace.secret, Salt.SECTION_PATH, assignment)
        return base64.b32encode(digest[:10]).decode().lower()

    def path(self, slug: str, page: str = "") -> str:
        return f"{self.prefix}{PAGE}/{slug}/{page}"
