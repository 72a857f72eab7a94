"""What every task starts with: the workspace, the time, and errors as plain sentences."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from airflow.sdk.exceptions import AirflowFailException

from dutyflow.errors import ComesBack, DutyflowError
from dutyflow.workspace import Workspace


@contextmanager
def at_the_desk() -> Iterator[Workspace]:
    """The workspace, for the length of one task.

    A mistake that trying again cannot mend fails the task at once, with its own sentence; what
    waits for a server or a database to come back is left to Airflow's retries.
    """
    desk = Workspace.from_environment()
    try:
        yield desk
    except ComesBack:
        raise
    except DutyflowError as error:
        raise AirflowFailException(str(error)) from None
    finally:
        desk.close()
