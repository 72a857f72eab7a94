"""A mail server for trying things out: keeps every mail it is given, sends none on.

    python tools/mail_sink.py --port 2525 --root var/mail

Listens on 127.0.0.1 only. Each mail lands in a Maildir per mailbox, `<root>/<address without
+tag>/{tmp,new,cur}`, with the full recipient in Delivered-To. A mail is on the disk before the
server says that it has it.
"""

# ruff: noqa: ARG002, N802  aiosmtpd calls its hooks by these names, with these arguments

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import re
import signal
import sys
import time
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"
SIZE_LIMIT = 40 * 1024 * 1024  # bytes: 25 MB of files, in base64

_ADDRESS = re.compile(
    r"[a-z0-9_][a-z0-9_.=-]{0,63}(\+[a-z0-9_.=-]{0,63})?@[a-z0-9][a-z0-9.-]{0,200}"
)
_count = itertools.count()


class Sink:
    """aiosmtpd's hooks: judge a recipient, keep a mail."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not _ADDRESS.fullmatch(address.lower()):
            return "553 5.1.3 this sink takes plain ASCII addresses only"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        data = content.encode() if isinstance(content, str) else content or b""
        for recipient in dict.fromkeys(envelope.rcpt_tos):
            try:
                keep(self._root, sender=envelope.mail_from or "", recipient=recipient, data=data)
            except OSError as error:
                return f"451 4.3.0 not kept: {error.strerror}"
        return "250 2.0.0 kept"


def keep(root: Path, *, sender: str, recipient: str, data: bytes) -> Path:
    """Write one mail into its recipient's Maildir, as a whole or not at all."""
    folder = root / mailbox_of(recipient)
    for name in ("tmp", "new", "cur"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    now = time.time_ns()
    seconds, nanoseconds = divmod(now, 10**9)
    name = f"{seconds}.M{nanoseconds:09}P{os.getpid()}Q{next(_count)}.sink"
    with (folder / "tmp" / name).open("xb") as file:
        file.write(_stamped(sender, recipient, data))
        file.flush()
        os.fsync(file.fileno())
    os.utime(folder / "tmp" / name, ns=(now, now))  # by our clock, not by the file system's
    return (folder / "tmp" / name).rename(folder / "new" / name)


def mailbox_of(recipient: str) -> str:
    """The address without its +tag, fit to be a folder's name. Raises ValueError otherwise."""
    if not _ADDRESS.fullmatch(recipient.lower()):
        raise ValueError(f"not an address that this sink takes: {recipient!r}")
    local, _, host = recipient.lower().partition("@")
    return f"{local.partition('+')[0]}@{host}"


def _stamped(sender: str, recipient: str, data: bytes) -> bytes:
    """The mail with the headers that a delivering server adds, and with the line ends of files."""
    safe_sender = re.sub(r"[^!-~]|[<>]", "", sender)
    head = f"Return-Path: <{safe_sender}>\nDelivered-To: {recipient}\n"
    return head.encode() + data.replace(b"\r\n", b"\n")


async def serve(port: int, root: Path) -> None:
    """Take mail until SIGTERM or Ctrl+C. Raises OSError where the port is not to be had."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    sink = Sink(root)

    def connected() -> SMTP:
        return SMTP(sink, hostname="localhost", ident="sink", data_size_limit=SIZE_LIMIT, loop=loop)

    server = await loop.create_server(connected, HOST, port)
    port = server.sockets[0].getsockname()[1]
    print(f"試用郵件伺服器已就緒：{HOST}:{port}，信件存於 {root}（按 Ctrl+C 結束）", flush=True)
    await stop.wait()
    server.close()


def main() -> int:
    parser = argparse.ArgumentParser(description="試用郵件伺服器：收下每一封信，一封也不轉寄。")
    parser.add_argument("--port", type=int, default=2525, help="連接埠（0 表示任選一個）")
    parser.add_argument("--root", type=Path, default=Path("var/mail"), help="存放信件的資料夾")
    options = parser.parse_args()
    try:
        options.root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        print(f"無法使用資料夾 {options.root}：{error}；請改用 --root 指定別的。", file=sys.stderr)
        return 1
    try:
        asyncio.run(serve(options.port, options.root))
    except (OSError, OverflowError) as error:
        print(f"無法使用連接埠 {options.port}：{error}；請改用 --port 指定別的。", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
