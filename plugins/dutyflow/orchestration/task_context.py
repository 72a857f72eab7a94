"""What every task starts with: the workspace, the time, and errors as plain sentences."""

from __future__ import annotations

import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from smtplib import SMTP
from typing import Any

import structlog
from airflow.sdk.exceptions import AirflowFailException

from dutyflow.errors import ComesBack, DutyflowError
from dutyflow.mail.outbound.outbox import SmtpOutbox
from dutyflow.services.workspace import Workspace


class Refused(AirflowFailException):
    """What trying again cannot mend, said to the person who reads the task's log."""


@contextmanager
def task_workspace() -> Iterator[Workspace]:
    """The workspace, for the length of one task. Its outbox is Airflow's mail server.

    A mistake that trying again cannot mend fails the task at once, with its own sentence; what
    waits for a server or a database to come back is left to Airflow's retries.
    """
    workspace = Workspace.from_environment(SmtpOutbox(connect=_connect))
    try:
        yield workspace
    except ComesBack:
        raise
    except DutyflowError as error:
        _let_logs_say_it_plainly()
        raise Refused(str(error)) from None
    finally:
        workspace.close()


def _connect() -> SMTP:
    from .smtp import connect  # the provider is heavy, and most tasks send nothing

    return connect()


def _let_logs_say_it_plainly() -> None:
    """Airflow logs whatever fails a task with its stack, which tells a coordinator nothing.

    Its loggers keep the list of processors that they were made with, so this adds to that list.
    """
    processors = structlog.get_config()["processors"]
    if _plainly not in processors:
        processors.insert(0, _plainly)


def _plainly(logger: Any, method: str, event: MutableMapping[str, Any]) -> Any:  # noqa: ARG001
    """A refusal stands in the log as its sentence, without the stack."""
    trouble = sys.exc_info()[1]
    if event.get("exc_info") and isinstance(trouble, Refused):
        del event["exc_info"]
        event["event"] = str(trouble)
    return event
