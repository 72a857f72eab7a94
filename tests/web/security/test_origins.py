"""Where a form was sent from, as browsers say it."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from dutyflow.web.security.origins import CrossOrigin, check_same_origin

OURS = {"plan.example.tw", ""}


def posted_with(**headers: str) -> Request:
    said = {"host": "127.0.0.1:8081", **{k.replace("_", "-"): v for k, v in headers.items()}}
    raw = [(name.encode(), value.encode()) for name, value in said.items()]
    return Request({"type": "http", "method": "POST", "headers": raw})


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://127.0.0.1:8081"},
        {"origin": "https://plan.example.tw"},
        {"origin": "https://plan.example.tw", "sec_fetch_site": "same-origin"},
        {"sec_fetch_site": "same-origin"},
        {"origin": "https://plan.example.tw", "sec_fetch_site": "none"},
    ],
    ids=str,
)
def test_our_own_pages_may_send_forms(headers: dict[str, str]) -> None:
    check_same_origin(posted_with(**headers), OURS)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "https://evil.example", "sec_fetch_site": "same-origin"},
        {"origin": "https://plan.example.tw.evil.example"},
        {"origin": "https://plan.example.tw:8443"},
        {"origin": "https://plan.example.tw", "sec_fetch_site": "same-site"},
        {"origin": "https://plan.example.tw", "sec_fetch_site": "cross-site"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "http://["},
        {"sec_fetch_site": "none"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "whatever comes next"},
        {"host": "", "origin": "null"},
    ],
    ids=str,
)
def test_others_may_not(headers: dict[str, str]) -> None:
    with pytest.raises(CrossOrigin):
        check_same_origin(posted_with(**headers), OURS)
