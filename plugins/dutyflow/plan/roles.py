"""The roles that people have in an office: their codes, and what they are called.

One definition each. Of the posts, and of head office, a plan may give other titles (`titles.py`).
"""

from __future__ import annotations

from typing import Literal

# Whom a ladder's step may tell; who may grant more time by a plan, and the coordinator for them; to
# whom a report may go.
Role = Literal["owner", "deputy", "head", "coordinator", "director"]
Approver = Literal["head", "director", "head_office"]
Decider = Literal["head", "director", "head_office", "coordinator"]
Recipient = Literal["head_office", "director", "coordinator"]
AnyRole = Literal["owner", "deputy", "head", "coordinator", "director", "head_office"]

ROLE_TITLES: dict[AnyRole, str] = {
    "owner": "承辦人",
    "deputy": "代理人",
    "head": "組長",
    "coordinator": "計畫承辦人",
    "director": "處長",
    "head_office": "業務處",
}
HEAD_OFFICE_CONTACT = "總處窗口"  # the person there, where the plan does not name head office

# The people of a section; of these, those who are asked to answer.
SECTION_ROLES: frozenset[Role] = frozenset({"owner", "deputy", "head"})
ASKED_ROLES: tuple[Role, ...] = ("owner", "deputy")
