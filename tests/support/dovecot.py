"""A real Dovecot for the tests: on 127.0.0.1, with a configuration and a certificate of its own.

It is a child process and is stopped by its own id. All that it writes is in a temporary folder.
"""

from __future__ import annotations

import imaplib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import psutil
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from imapclient import IMAPClient

from dutyflow.mail.mailboxes.imap import ImapAccount, connect, hang_up
from tests.support.clock import with_the_machine_s_clock

HOST, LOGIN, PASSWORD = "127.0.0.1", "plan", "樣本-secret"
START_SECONDS = 30

CONFIG = """
protocols = imap
listen = {host}
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
instance_name = {name}
verbose_proctitle = yes
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {login_user}
first_valid_uid = 1
ssl = required
ssl_cert = <{home}/cert.pem
ssl_key = <{home}/key.pem
mail_location = maildir:{home}/mail/%u
mail_max_userip_connections = 50
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {home}/passwd
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={home}/home/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service anvil {{
  chroot =
}}
protocol imap {{
  {more}
}}
"""


class NoDovecot(Exception):
    """There is none to be run here."""


class Dovecot:
    """A server with one user, whose mailbox is a Maildir that the tests can look into."""

    def __init__(self, *, capabilities: str = "") -> None:
        self._binary = _binary()
        self.home = Path(tempfile.mkdtemp(prefix="dutyflow-imap-"))
        self.home.chmod(0o755)
        self.port, self.tls_port = _free_port(), _free_port()
        self._configure(capabilities)
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self.start()
        except BaseException:
            self.close()
            raise

    @property
    def ca_file(self) -> str:
        return str(self.home / "cert.pem")

    @property
    def maildir(self) -> Path:
        return self.home / "mail" / LOGIN

    def account(self, **others: object) -> ImapAccount:
        known = {
            "host": HOST,
            "port": self.tls_port,
            "login": LOGIN,
            "password": PASSWORD,
            "ca_file": self.ca_file,
        }
        return ImapAccount(**{**known, **others})  # type: ignore[arg-type]

    @contextmanager
    def client(self) -> Iterator[IMAPClient]:
        """A connection of somebody else's: who delivers mail, or looks into the mailbox."""
        client = connect(self.account())
        try:
            yield client
        finally:
            hang_up(client)

    def doing(self) -> str:
        """What its processes are at, as they say in their titles: IDLE, for one."""
        master, titles = psutil.Process(self._process.pid) if self._process else None, []
        for child in master.children() if master else ():
            with suppress(psutil.Error):
                titles += child.cmdline()
        return " ".join(titles)

    def put(self, data: bytes, received_at: datetime) -> None:
        with self.client() as client:
            client.append("INBOX", data, msg_time=received_at)

    def start(self) -> None:
        self._process = subprocess.Popen(
            [self._binary, "-F", "-c", self.home / "dovecot.conf"],
            env=with_the_machine_s_clock(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._wait_until_ready()

    def stop(self) -> None:
        """Stop this very process; it takes its children with it."""
        if self._process is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)

    def _configure(self, capabilities: str) -> None:
        user, group, login_user = _users()
        for name in ("mail", "home", "state", "run"):
            (self.home / name).mkdir()
        if os.geteuid() == 0:
            for name in ("mail", "home"):
                shutil.chown(self.home / name, user, group)
        _write_certificate(self.home)
        (self.home / "passwd").write_text(f"{LOGIN}:{PASSWORD}::::::\n", encoding="utf-8")
        text = CONFIG.format(
            host=HOST,
            home=self.home,
            name=self.home.name,
            user=user,
            group=group,
            login_user=login_user,
            port=self.port,
            tls_port=self.tls_port,
            more=f"imap_capability = {capabilities}" if capabilities else "",
        )
        (self.home / "dovecot.conf").write_text(text, encoding="utf-8")

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                imaplib.IMAP4(HOST, self.port, timeout=5).logout()
                return
            except (OSError, imaplib.IMAP4.error) as trouble:
                if self._process and self._process.poll() is None and time.monotonic() < deadline:
                    time.sleep(0.05)
                    continue
                log = self.home / "log"
                said = log.read_text(errors="replace")[-2000:] if log.exists() else trouble
                raise RuntimeError(f"Dovecot did not start: {said}") from trouble


@pytest.fixture(scope="session")
def dovecot_server() -> Iterator[Dovecot]:
    """The one server of a test session; `dovecot` gives each test an empty mailbox on it."""
    yield from _served()


@pytest.fixture(scope="session")
def plain_dovecot_server() -> Iterator[Dovecot]:
    """A server that has neither MOVE nor IDLE, as older ones."""
    yield from _served(capabilities="IMAP4rev1 LITERAL+ UIDPLUS")


@pytest.fixture
def dovecot(dovecot_server: Dovecot) -> Dovecot:
    return emptied(dovecot_server)


@pytest.fixture
def plain_dovecot(plain_dovecot_server: Dovecot) -> Dovecot:
    return emptied(plain_dovecot_server)


def emptied(server: Dovecot) -> Dovecot:
    with server.client() as client:
        for _, _, name in client.list_folders():
            if name != "INBOX":
                client.delete_folder(name)
        client.select_folder("INBOX")
        client.delete_messages(client.search("ALL"))
        client.expunge()
    return server


def _served(**how: str) -> Iterator[Dovecot]:
    try:
        server = Dovecot(**how)
    except NoDovecot as reason:
        if os.environ.get("CI"):
            pytest.fail(str(reason))
        pytest.skip(str(reason))
    try:
        yield server
    finally:
        server.close()


def _binary() -> str:
    found = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None or not any(
        Path(place, "imap").exists()
        for place in ("/usr/lib/dovecot", "/usr/libexec/dovecot", "/usr/local/libexec/dovecot")
    ):
        raise NoDovecot("no Dovecot found: install it (Debian: apt install dovecot-imapd)")
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)
    if not version.stdout.startswith("2.3"):
        raise NoDovecot(f"the tests' configuration is for Dovecot 2.3, not {version.stdout[:20]!r}")
    return found


def _users() -> tuple[str, str, str]:
    """Whom mail belongs to, with its group, and who answers before the login. Dovecot gives root
    no mail, and asks that the two be others; whoever is not root can only be himself."""
    if os.geteuid() != 0:
        me = pwd.getpwuid(os.geteuid())
        return me.pw_name, str(me.pw_gid), me.pw_name
    try:
        return "dovecot", "dovecot", pwd.getpwnam("dovenull").pw_name
    except KeyError as missing:
        raise NoDovecot("Dovecot's users are not there: its package makes them") from missing


def _write_certificate(folder: Path) -> None:
    """Self-made, good for a day."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "dutyflow test")])
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "key.pem").touch(mode=0o600)
    (folder / "key.pem").write_bytes(private)


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
