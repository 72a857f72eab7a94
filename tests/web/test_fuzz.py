"""Whatever is sent to the page: no answer is a failure of ours, and nothing happens by accident."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dutyflow.forms import FormStamp, judge, read, write_form
from dutyflow.forms.typed import judge_typed, typed_from
from dutyflow.plan.catalogue import shipped_forms
from dutyflow.plan.forms import Form
from tests.forms.test_any_form import HASH, HEADING, KEY, SECRET, rows_of
from tests.support.filling import fill
from tests.web.conftest import Page, Visitor, fields_of, no_limits

patient = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=60)
PAGES = ("", "draft", "send", "workbook", "form.xlsx", "nothing", "time", "deputy", "done", "no/x")
EXPECTED = {200, 303, 307, 400, 403, 404, 405, 409, 410, 413, 422}


@pytest.fixture(scope="module")
def visitor(shared_page: Page) -> Iterator[Visitor]:
    """Somebody who was let in, and may ask as often as they like."""
    shared_page.app.state.context.limits = no_limits()
    return shared_page.visitor("design")


words = st.text(max_size=40) | st.sampled_from(
    [
        "107/7/9",
        "999/12/31",
        "1",
        "-1",
        "9" * 30,
        "\x00",
        "\ud83d",
        "無辦理事項",
        "<b>",
        "%00",
        "../",
    ]
)
names = (
    st.sampled_from(["code", "email", "csrf", "version", "day", "why", "deputy", "name", "source"])
    | st.builds("t:{}:{}".format, st.sampled_from(["1.2.2.4", "", "9", ":"]), words)
    | words
)
forms = st.dictionaries(names, words, max_size=8)
files = st.lists(
    st.tuples(
        st.sampled_from(["workbook", "files", "u:1.2.2.4:evidence"]) | words,
        st.tuples(words, st.binary(max_size=200), st.sampled_from(["", "image/png", "x" * 300])),
    ),
    max_size=3,
)
kinds = st.sampled_from(
    ["", "text/plain", "multipart/form-data", "multipart/form-data; boundary=b", "application/json",
     "application/x-www-form-urlencoded", "multipart/form-data; boundary=b; charset=utf-16"]
)  # fmt: skip
bodies = st.binary(max_size=300) | st.sampled_from(
    [
        b'--b\r\nContent-Disposition: form-data; name="csrf"\r\n\r\nx\r\n--b--\r\n',
        b'--b\r\nContent-Disposition: form-data; filename="a"\r\n\r\nx\r\n--b--\r\n',
        b"--b\r\n\r\n--b--",
        b"a=%ff%fe&csrf=1",
    ]
)


@patient
@given(
    method=st.sampled_from(["GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS"]),
    page=st.sampled_from(PAGES),
    inside=st.booleans(),
    kind=kinds,
    body=bodies,
    query=words,
)
def test_no_request_breaks_the_app(visitor, shared_page, method, page, inside, kind, body, query):
    before = shared_page.scene.ledger.events.last()
    path = visitor.path if inside else "/fill/" + ("x" if page else "")
    headers = {"content-type": kind} if kind else {}
    answer = visitor.client.request(
        method, path + page, content=body, headers=headers, params={"q": utf8(query)}
    )
    assert answer.status_code in EXPECTED
    assert "Traceback" not in answer.text
    assert shared_page.scene.ledger.events.last() == before


def utf8(text: str) -> str:
    """As a browser would send it."""
    return text.encode("utf-8", "replace").decode()


@patient
@given(page=st.sampled_from([each for each in PAGES if each != "nothing"]), said=forms, some=files)
def test_no_form_breaks_the_app(visitor, shared_page, page, said, some) -> None:
    csrf = fields_of(visitor.client.get(visitor.path))["csrf"]
    fields = {utf8(name): utf8(value) for name, value in said.items()}
    sent = [
        (utf8(name), (utf8(file), content, kind)) for name, (file, content, kind) in some if file
    ]
    answer = visitor.client.post(
        visitor.path + page, data={**fields, "csrf": csrf}, files=sent or None
    )
    assert answer.status_code in EXPECTED
    assert shared_page.case("design").assignment.state in ("open", "submitted")


@patient
@given(said=forms)
def test_nothing_at_the_door_breaks_it(visitor, said) -> None:
    csrf = fields_of(visitor.client.get("/fill"))["csrf"]
    fields = {utf8(name): utf8(value) for name, value in said.items()}
    for path in ("/fill", "/fill/again"):
        assert visitor.client.post(path, data={**fields, "csrf": csrf}).status_code in EXPECTED


# A text that begins with = would be a formula in a workbook that somebody fills by hand.
plain_text = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=12)
NUMBERS = ("90", "87.5", "一百二十", "１２", "1,000", "90分")
OTHERS = ("", " ", "107/7/6", "1070706", "是", "否", "N", "無辦理事項", "有辦理（樣本）")
FILES = ("缺.pdf", "有.pdf", "https://example.tw/x")
cells = st.sampled_from(NUMBERS + OTHERS + FILES) | plain_text.filter(
    lambda text: not text.startswith("=")
)


@st.composite
def filled_forms(draw) -> tuple[Form, dict[str, dict[str, str]]]:
    form = draw(st.sampled_from([f for f in shipped_forms().values() if f.rows != "measures"]))
    fields = [field.id for field in form.asked] + (["nothing"] if form.nothing else [])
    typed = {
        row.id: draw(st.fixed_dictionaries(dict.fromkeys(fields, cells))) for row in rows_of(form)
    }
    return form, typed


@settings(parent=patient, max_examples=60)
@given(filled_forms())
def test_the_page_judges_as_the_workbook_does(it) -> None:
    """The same words, typed here or written there: the same answers and the same mistakes."""
    form, typed = it
    rows = rows_of(form)
    attached = {"有.pdf"}
    by_page = judge_typed(typed, form=form, rows=rows, attached=attached)
    stamp = FormStamp(assignment=KEY, form=form.id, form_version=form.version, plan_hash=HASH)
    blank = write_form(form=form, stamp=stamp, secret=SECRET, heading=HEADING, rows=rows)
    by_workbook = judge(
        read(fill(blank, form, lambda row: typed[row])),
        form=form,
        rows=rows,
        secret=SECRET,
        assignment=KEY,
        plan_hash=HASH,
        attached=attached,
    )
    assert by_page.answers == by_workbook.answers
    assert by_page.files == by_workbook.files
    told = [
        [(p.row, p.column, p.expected) for p in each.problems] for each in (by_page, by_workbook)
    ]
    assert told[0] == told[1]


@settings(parent=patient, max_examples=100)
@given(filled_forms())
def test_what_was_understood_is_typed_back_in(it) -> None:
    form, typed = it
    verdict = judge_typed(typed, form=form, rows=rows_of(form))
    again = judge_typed(typed_from(form, verdict.answers), form=form, rows=rows_of(form))
    assert again.answers == verdict.answers
