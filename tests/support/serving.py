"""An ASGI app on a port of its own, in this process."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

HOST = "127.0.0.1"
PATIENCE_SECONDS = 20


@contextmanager
def listening() -> Iterator[tuple[socket.socket, str]]:
    """A socket on a free port, and the web address that it will answer at."""
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()  # who comes before the server is ready waits, instead of being refused
        yield taken, f"http://{HOST}:{taken.getsockname()[1]}"


@contextmanager
def served(app: Any, taken: socket.socket) -> Iterator[None]:
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]})
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(PATIENCE_SECONDS)
