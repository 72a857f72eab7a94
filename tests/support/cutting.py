"""A wire that can be cut: passes bytes on to a port of this machine until it has passed enough."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

HOST = "127.0.0.1"
CHUNK = 1024


class Wire:
    """What the server behind says is counted, for each connection anew; 0 cuts nothing.

    `sent` is all that clients have said.
    """

    def __init__(self, to_port: int) -> None:
        self._to_port = to_port
        self._listener = socket.create_server((HOST, 0))
        self.port = int(self._listener.getsockname()[1])
        self._allowed = 0
        self._replaced: tuple[bytes, bytes] | None = None
        self._open: set[socket.socket] = set()
        self.sent = b""
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_after(self, allowed: int) -> None:
        """From the next connection on."""
        self._allowed = allowed

    def replace(self, said: bytes, by: bytes) -> None:
        """Tell clients something else than the server said."""
        self._replaced = (said, by)

    def cut(self) -> None:
        """Cut every connection now."""
        for side in list(self._open):
            _close(side)
        self._open.clear()

    def close(self) -> None:
        _close(self._listener)
        self.cut()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection((HOST, self._to_port))
            except OSError:
                _close(client)
                continue
            self._open |= {client, server}
            back = threading.Thread(target=self._back, args=(server, client, self._allowed))
            there = threading.Thread(target=self._there, args=(client, server))
            for direction in (back, there):
                direction.daemon = True
                direction.start()

    def _there(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while said := client.recv(CHUNK):
                self.sent += said
                server.sendall(said)
        _close(server)

    def _back(self, server: socket.socket, client: socket.socket, allowed: int) -> None:
        left = allowed
        with suppress(OSError):
            while said := server.recv(CHUNK):
                if self._replaced:
                    said = said.replace(*self._replaced)
                if allowed:
                    said, left = said[:left], left - len(said)
                client.sendall(said)
                if allowed and left <= 0:
                    break
        _close(client)
        _close(server)


@contextmanager
def cutting(to_port: int) -> Iterator[Wire]:
    wire = Wire(to_port)
    try:
        yield wire
    finally:
        wire.close()


def _close(side: socket.socket) -> None:
    with suppress(OSError):
        side.shutdown(socket.SHUT_RDWR)
    side.close()
