"""The mail server: Airflow's connection `dutyflow_smtp` says where, how and as whom."""

from __future__ import annotations

import smtplib
from typing import cast

from airflow.providers.smtp.hooks.smtp import SmtpHook
from airflow.sdk.exceptions import AirflowException

CONNECTION = "dutyflow_smtp"


class MailServer(SmtpHook):
    """The provider's hook, for its connection: by itself it sends no ready-made message."""

    @property
    def client(self) -> smtplib.SMTP:
        return cast(smtplib.SMTP, self._smtp_client)


def connect() -> smtplib.SMTP:
    """An open, logged-in connection to the mail server. Raises OSError or SMTPException."""
    server = MailServer(smtp_conn_id=CONNECTION)
    try:
        server.get_conn()
    except AirflowException as trouble:
        raise smtplib.SMTPException(str(trouble)) from trouble
    return server.client
