"""What an office calls its posts and its head office: as its plan says, else as is usual."""

from __future__ import annotations

from pydantic import Field

from .parts import Name, PlanPart
from .roles import HEAD_OFFICE_CONTACT, ROLE_TITLES, AnyRole


class Titles(PlanPart):
    """職稱: the titles that mails, summaries and reports use."""

    head: Name = Field(default=ROLE_TITLES["head"], description="組室主管，例如 組長、分局主任")
    director: Name = Field(default=ROLE_TITLES["director"], description="機關首長，例如 處長、局長")
    head_office: Name = Field(
        default=ROLE_TITLES["head_office"], description="收受彙整表的上級單位，例如 業務處"
    )

    def of(self, role: AnyRole) -> str:
        """What a role is called in this office."""
        match role:
            case "head":
                return self.head
            case "director":
                return self.director
            case "head_office":
                return self.head_office
            case "owner" | "deputy" | "coordinator":
                return ROLE_TITLES[role]

    @property
    def head_office_contact(self) -> str:
        """The person at head office to whom reports go."""
        usual = self.head_office == ROLE_TITLES["head_office"]
        return HEAD_OFFICE_CONTACT if usual else f"{self.head_office}窗口"


USUAL_TITLES = Titles()
