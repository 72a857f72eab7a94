"""The mail server: Airflow's connection `dutyflow_smtp` says where, how and as whom."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from airflow.providers.smtp.hooks.smtp import SmtpHook
from airflow.sdk.exceptions import AirflowException

from dutyflow.services.messaging.outbox import MailDeferred

CONNECTION = "dutyflow_smtp"


class MailServer(SmtpHook):
    """The provider's hook, for its connection: by itself it sends no ready-made message."""

    @property
    def client(self) -> smtplib.SMTP:
        return cast(smtplib.SMTP, self._smtp_client)


@contextmanager
def mail_server() -> Iterator[smtplib.SMTP]:
    """An open, logged-in connection to the mail server.

    Raises MailDeferred when it cannot be had now: nothing has been sent, so trying again is safe.
    """
    server = MailServer(smtp_conn_id=CONNECTION)
    try:
        server.get_conn()
    except (OSError, smtplib.SMTPException, AirflowException) as trouble:
        raise MailDeferred(
            f"郵件伺服器目前無法連線（{trouble}）；信件尚未寄出，稍後自動重試"
        ) from trouble
    with server:
        yield server.client
