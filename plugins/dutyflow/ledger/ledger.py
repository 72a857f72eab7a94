"""The ledger as the rest of dutyflow sees it."""

from __future__ import annotations

from types import TracebackType

from .arrivals import Arrivals
from .assignments import Assignments
from .calls import Calls
from .cycles import Cycles
from .database import Database
from .drafts import Drafts
from .events import Events
from .lately import Lately
from .mailboxes import Mailboxes
from .notices import Notices
from .people import People
from .plans import Plans
from .reports import Reports
from .requests import Requests
from .silences import Silences
from .standings import Standings
from .stumbles import Stumbles
from .submissions import Submissions


class Ledger:
    """The permanent record of what happened, at a SQLAlchemy URL (SQLite file or PostgreSQL).

    Each method of its parts is one transaction, and each that changes something leaves events
    in that transaction. Connects on first use; safe to share between threads and across forks.
    """

    def __init__(self, url: str) -> None:
        self._database = Database(url)
        self.plans = Plans(self._database)
        self.cycles = Cycles(self._database)
        self.assignments = Assignments(self._database)
        self.notices = Notices(self._database)
        self.submissions = Submissions(self._database)
        self.reports = Reports(self._database)
        self.events = Events(self._database)
        self.standings = Standings(self._database)
        self.silences = Silences(self._database)
        self.requests = Requests(self._database)
        self.people = People(self._database)
        self.lately = Lately(self._database)
        self.drafts = Drafts(self._database)
        self.calls = Calls(self._database)
        self.arrivals = Arrivals(self._database)
        self.stumbles = Stumbles(self._database)
        self.mailboxes = Mailboxes(self._database)

    def migrate(self) -> None:
        """Create or upgrade the tables. Safe to run again, and by several at once."""
        from .migration import upgrade  # Alembic is slow to import and rarely needed

        upgrade(self._database)

    def is_ready(self) -> bool:
        """Whether its tables are there and can be read."""
        return self._database.has_tables()

    def close(self) -> None:
        """Give the connections back."""
        self._database.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
