from __future__ import annotations

from tests.plan.conftest import plans_root, write_contacts, write_plan

__all__ = ["plans_root", "write_contacts", "write_plan"]
