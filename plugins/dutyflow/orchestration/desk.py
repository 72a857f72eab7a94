"""What every task starts with: the workspace, the time, and errors as plain sentences."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from airflow.sdk.exceptions import AirflowFailException

from dutyflow.errors import DutyflowError
from dutyflow.posting import MailDeferred
from dutyflow.workspace import Workspace


@contextmanager
def at_the_desk() -> Iterator[Workspace]:
    """The workspace, for the length of one task.

    A mistake that trying again cannot mend fails the task at once, with its own sentence; mail that
    could not be sent yet is left to Airflow's retries.
    """
    desk = Workspace.from_environment()
    try:
        yield desk
    except MailDeferred:
        raise
    except DutyflowError as error:
        raise AirflowFailException(str(error)) from None
    finally:
        desk.close()
