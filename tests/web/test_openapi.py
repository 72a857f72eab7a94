"""The page against a description of itself: whatever fits it, or just does not, is answered in
words, with the headers, and never with a failure of ours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
import yaml
from hypothesis import HealthCheck, settings
from schemathesis import checks
from schemathesis.specs.openapi import checks as conforming

from dutyflow.services.intake.web_form import begun
from tests.web.conftest import BASE, Page, Visitor, _opened, fields_of, no_limits

DESCRIBED = yaml.safe_load(Path(__file__).with_name("openapi.yaml").read_text(encoding="utf-8"))
CHECKS = [
    checks.not_a_server_error,
    conforming.status_code_conformance,
    conforming.content_type_conformance,
    conforming.response_headers_conformance,
    conforming.unsupported_method,
]
schema = schemathesis.openapi.from_dict(DESCRIBED)


@pytest.fixture(scope="module")
def visitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Page, Visitor, str]]:
    """Somebody who was let in, and may ask as often as they like; and their page's token."""
    with _opened(tmp_path_factory.mktemp("described")) as page:
        page.app.state.context.limits = no_limits()
        known = page.visitor("design")
        yield page, known, fields_of(known.page)["csrf"]


@schema.parametrize()
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_fits_the_description_is_answered_as_described(
    visitor: tuple[Page, Visitor, str], case: schemathesis.Case
) -> None:
    """Much of it comes from the visitor's own page, with its token and its version."""
    page, known, token = visitor
    if "place" in case.path_parameters and len(case.path_parameters["place"]) % 2:
        case.path_parameters["place"] = known.path.split("/")[2]
    if isinstance(case.body, dict) and not case.path.endswith("/nothing"):
        case.body |= {"csrf": token}
        if len(case.body) % 3:
            case.body |= {"version": str(begun(page.case("design")).version)}
    cookies = {cookie.name: str(cookie.value) for cookie in known.client.cookies.jar}
    answer = case.call(app=page.app, base_url=BASE, cookies=cookies)
    case.validate_response(answer, checks=CHECKS)
    assert page.case("design").assignment.state in ("open", "submitted")
