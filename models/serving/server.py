"""The server: a socket on this machine, uvicorn on a thread, and how it stands."""

from __future__ import annotations

import errno
import os
import socket
import threading
from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import dataclass

import uvicorn

from models.cancel import CancelToken
from models.engine.sandbox import Sandbox
from models.errors import UserError
from models.serving.access import Access
from models.serving.application import application
from models.serving.desk import MOST_BODY_BYTES, Desk
from models.serving.lane import Lane
from models.serving.served_models import ServedModels

HOST = "127.0.0.1"
DEFAULT_PORT = 4517  # none of those that other programs for models take
MOST_WAITING = 32
MOST_CONNECTIONS = 256
SHUTDOWN_S = 2
LOOK_S = 0.2


@dataclass(frozen=True)
class ServerStatus:
    """Requests that run now, that wait, and that are done."""

    running: int
    waiting: int
    served: int


class Server:
    """Answers from `start` to `stop`. `subscribe` tells of changes, on any thread."""

    def __init__(
        self,
        models: ServedModels,
        sandbox: Sandbox,
        access: Access,
        *,
        port: int = DEFAULT_PORT,
        most_waiting: int = MOST_WAITING,
        most_body_bytes: int = MOST_BODY_BYTES,
        log: Callable[[str], None] = lambda line: None,
        on_bug: Callable[[Exception], None] = lambda error: None,
    ) -> None:
        self._models = models
        self._sandbox = sandbox
        self._access = access
        self._wanted_port = port
        self._most_waiting = most_waiting
        self._most_body_bytes = most_body_bytes
        self._log = log
        self._on_bug = on_bug
        self._listeners: list[Callable[[], None]] = []
        self._lanes: tuple[Lane, ...] = ()
        self._uvicorn: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self.port = 0

    @property
    def address(self) -> str:
        """The base URL that clients take."""
        return f"http://{HOST}:{self.port}/v1"

    @property
    def is_running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def status(self) -> ServerStatus:
        lanes = self._lanes
        return ServerStatus(
            sum(lane.is_busy for lane in lanes),
            sum(lane.waiting for lane in lanes),
            sum(lane.served for lane in lanes),
        )

    def subscribe(self, listener: Callable[[], None]) -> None:
        self._listeners.append(listener)

    def start(self) -> None:
        """Raises UserError where the port cannot be had."""
        listening = _bound(self._wanted_port)
        self.port = listening.getsockname()[1]
        replies = Lane("replies", self._most_waiting, self._tell)
        quick = Lane("quick", self._most_waiting, self._tell)
        self._lanes = (replies, quick)
        desk = Desk(self._models, self._sandbox, replies, quick, self._on_bug,
                    self._most_body_bytes)  # fmt: skip
        config = uvicorn.Config(
            application(desk, self._access, self.port, self._log),
            loop="asyncio", http="h11", ws="none", lifespan="off", interface="asgi3",
            log_config=None, log_level="critical", access_log=False, server_header=False,
            proxy_headers=False, limit_concurrency=MOST_CONNECTIONS,
            timeout_graceful_shutdown=SHUTDOWN_S,
        )  # fmt: skip
        self._uvicorn = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._uvicorn.run, args=([listening],), name="serving", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop what runs, refuse what waits, and free the port. Safe to call again."""
        if self._uvicorn is None or self._thread is None:
            return
        for lane in self._lanes:
            lane.close()
        self._uvicorn.should_exit = True
        self._thread.join()
        self._uvicorn = self._thread = None

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()


def serving(server: Server, cancel: CancelToken) -> Generator[ServerStatus, None, ServerStatus]:
    """Serve until cancelled. Yields how it stands whenever that has changed; raises UserError
    where the port cannot be had, and where the server ends before it is told to."""
    changed = threading.Event()
    server.subscribe(changed.set)
    server.start()
    try:
        told = None
        while not cancel.is_cancelled:
            if (status := server.status()) != told:
                yield status
                told = status
            if not server.is_running:
                raise UserError("The server has ended by itself.", "Start it again.")
            if changed.wait(LOOK_S):
                changed.clear()
        return server.status()
    finally:
        server.stop()


def first_free_port(port: int = DEFAULT_PORT) -> int:
    """`port` itself or the next one that nobody has."""
    return next((near for near in range(port, port + 50) if _is_free(near)), port)


def _bound(port: int) -> socket.socket:
    """A listening socket, so that nobody waits for a server that is still starting."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":  # elsewhere it would share the port with whoever has it
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
        listening.listen()
    except (OSError, OverflowError) as error:
        listening.close()
        raise _taken(port, error) from error
    return listening


def _taken(port: int, error: Exception) -> UserError:
    if not 0 <= port < 2**16:
        return UserError(f"There is no port {port}.", "Choose one from 1024 to 65535.")
    free = first_free_port(port + 1)
    hint = f"Port {free} is free." if _is_free(free) else "Choose another one."
    is_taken = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
    why = "is taken by another program" if is_taken else f"cannot be used ({error})"
    return UserError(f"Port {port} {why}.", hint)


def _is_free(port: int) -> bool:
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((HOST, port))
        return True
    return False
