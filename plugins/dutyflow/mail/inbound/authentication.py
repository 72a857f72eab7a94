"""Whether a sender is who the header says, by what our own mail server found (RFC 8601).

Anybody may write an Authentication-Results field. Only those in our own server's name are believed,
since a server takes away what comes in from outside in its name (RFC 8601, 5).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from authres import AuthenticationResultsHeader, AuthResError

from .message import ParsedMessage

_FAILED = frozenset({"fail", "permerror", "policy"})


def is_forged(message: ParsedMessage, *, trusted: Collection[str]) -> bool:
    """Whether one of the `trusted` servers (their authserv-ids) found that somebody else wrote it.

    As DMARC (RFC 7489, 3.1) has it: its own result, else SPF or DKIM failed and neither passed for
    the sender's domain. False where no server is trusted, or none of them says anything.
    """
    found = list(_results(message.authentication, {each.lower() for each in trusted}))
    dmarc = {result for method, result, _ in found if method == "dmarc"}
    if dmarc & {"pass", "fail"}:
        return "fail" in dmarc
    home = message.sender.rpartition("@")[2].lower()
    told = [each for each in found if each[0] in ("spf", "dkim")]
    passed = any(result == "pass" and _aligned(domain, home) for _, result, domain in told)
    failed = any(result in _FAILED for _, result, _ in told)
    return failed and not passed


def _results(fields: tuple[str, ...], trusted: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """Method, result and the domain that it is about, of each finding of a trusted server."""
    for field in fields:
        try:
            parsed = AuthenticationResultsHeader.parse(f"Authentication-Results: {field}")
        except (AuthResError, ValueError, IndexError, AttributeError):
            continue
        if str(parsed.authserv_id or "").lower() in trusted:
            for each in parsed.results:
                yield str(each.method).lower(), str(each.result).lower(), _domain(each)


def _domain(result: Any) -> str:
    """`smtp.mailfrom`, or `header.d`: an address or a domain."""
    for each in result.properties:
        if (each.type, each.name) in {("smtp", "mailfrom"), ("header", "d")}:
            return str(each.value).rpartition("@")[2].strip().lower()
    return ""


def _aligned(domain: str, home: str) -> bool:
    """One is the other, or lies under it: as an office's own hosts do."""
    if not domain or not home:
        return False
    return domain == home or home.endswith(f".{domain}") or domain.endswith(f".{home}")
