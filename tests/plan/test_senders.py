"""Who an address is, by the contacts; and the contacts that cannot tell."""

from __future__ import annotations

import pytest

from dutyflow.plan.lint.people import lint_people
from dutyflow.plan.model import Contacts
from dutyflow.plan.senders import sender_of
from dutyflow.plan.titles import USUAL_TITLES, Titles


def person(address: str, **more) -> dict:
    return {"name": address.partition("@")[0], "email": address, **more}


def contacts(**more) -> Contacts:
    return Contacts.model_validate(
        {
            "mailbox": {"name": "信箱", "address": "plan@office.example.tw"},
            "sections": {
                "design": {
                    "owners": [person("liu@office.example.tw", also=["Liu@home.example.tw"])],
                    "deputies": [person("tsai@office.example.tw")],
                    "head": person("yang@office.example.tw"),
                    "domains": ["design.example.tw"],
                },
                "billing": {
                    "owners": [person("hsu@office.example.tw")],
                    "head": person("hsieh@office.example.tw"),
                },
            },
            "coordinator": person("tseng@office.example.tw"),
            "director": person("liao@office.example.tw"),
            "head_office": person("head-office@example.tw"),
            **more,
        }
    )


@pytest.mark.parametrize(
    ("address", "role"),
    [
        ("LIU@office.example.tw", "承辦人"),
        ("liu@HOME.example.tw", "承辦人（另一信箱）"),
        ("tsai@office.example.tw", "代理人"),
        ("yang@office.example.tw", "組長"),
        ("counter@Design.example.tw", "同組室其他信箱"),
        ("hsu@office.example.tw", "電費組承辦人"),
        ("tseng@office.example.tw", "計畫承辦人"),
        ("liao@office.example.tw", "處長"),
        ("x@sub.design.example.tw", "不在通訊錄"),
        ("", "不在通訊錄"),
    ],
)
def test_each_is_told_for_what_they_are_to_the_section(address: str, role: str) -> None:
    found = sender_of(contacts(), address)
    assert found.role("design", USUAL_TITLES, "電費組") == role
    assert found.is_known == (role != "不在通訊錄")


def test_a_post_is_called_what_the_office_calls_it() -> None:
    titles = Titles(head="分局主任", director="局長")
    found = sender_of(contacts(), "yang@office.example.tw")
    assert found.role("design", titles) == "分局主任"
    assert found.role("billing", titles, "設計組") == "設計組分局主任"
    assert sender_of(contacts(), "liao@office.example.tw").role("design", titles) == "局長"


def remarks(change: dict) -> list[str]:
    written = contacts().model_dump()
    for place, value in change.items():
        *way, last = place
        part = written
        for step in way:
            part = part[step]
        part[last] = value
    return [f"{r.found}；{r.expected}" for r in lint_people(Contacts.model_validate(written))]


def test_contacts_that_tell_people_apart_are_not_remarked_on() -> None:
    assert remarks({}) == []


def test_another_address_that_is_somebody_elses_is_refused() -> None:
    also = ("sections", "design", "owners", 0, "also")
    (found,) = remarks({also: ("HSU@office.example.tw",)})
    assert "hsu" in found
    assert "其他信箱" in found


def test_a_domain_that_others_use_as_well_is_refused() -> None:
    (found,) = remarks({("sections", "billing", "domains"): ("home.example.tw",)})
    assert "liu" in found
    (found,) = remarks({("sections", "billing", "domains"): ("DESIGN.example.tw",)})
    assert "兩個組室" in found
