"""A mail server in a process of its own that takes everything and keeps nothing.

Plain, or with STARTTLS and a login behind it; the certificate is made for it.
"""

from __future__ import annotations

import logging
import multiprocessing
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

HOST, USER, PASSWORD = "127.0.0.1", "plan", "sample"
_processes = multiprocessing.get_context("spawn")


@dataclass(frozen=True)
class Sink:
    """A running server; `certificate` is the file by which it is trusted, if it speaks TLS."""

    port: int
    certificate: Path | None = None

    def connect(self) -> smtplib.SMTP:
        """A new connection, ready to send on, as anybody makes one."""
        client = smtplib.SMTP(HOST, self.port, local_hostname="localhost")
        if self.certificate is not None:
            context = ssl.create_default_context()
            context.load_verify_locations(self.certificate)
            client.starttls(context=context)
            client.login(USER, PASSWORD)
        return client


@contextmanager
def mail_sink(tls_in: Path | None = None) -> Iterator[Sink]:
    """A sink for the length of a `with`; with TLS and a login, its certificate in that folder."""
    certificate = _make_certificate(tls_in) if tls_in else None
    ours, theirs = _processes.Pipe()
    process = _processes.Process(target=_serve, args=(theirs, certificate))
    process.start()
    try:
        yield Sink(port=ours.recv(), certificate=certificate)
    finally:
        ours.send("stop")
        process.join()


class _Forgetful:
    async def handle_DATA(self, *_: Any) -> str:  # noqa: N802  aiosmtpd's name
        return "250 2.0.0 queued as 1"


class _AnyPort(Controller):
    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        super()._trigger_server()  # type: ignore[no-untyped-call]


def _serve(parent: Connection, certificate: Path | None) -> None:
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    secured: dict[str, Any] = {}
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        secured = {"tls_context": context, "require_starttls": True, "authenticator": _admit}
    controller = _AnyPort(
        _Forgetful(), hostname=HOST, port=0, server_hostname="localhost", **secured
    )
    controller.start()
    parent.send(controller.port)
    parent.recv()
    controller.stop()


def _admit(_server: Any, _session: Any, _envelope: Any, _mechanism: str, login: Any) -> AuthResult:
    known = (login.login, login.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=known)


def _make_certificate(folder: Path) -> Path:
    """A key and a certificate for this machine alone, in one file."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.x509.oid import NameOID

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "sink.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return file
