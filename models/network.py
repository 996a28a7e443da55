"""The door: nothing but loopback can be reached unless one visible act opens it for its own thread.

An audit hook sees what Python code asks of sockets. It cannot see native code that opens its own
(Qt, a C library), and a name handed straight to `socket.connect` is looked up before the hook is
asked (no library does so); the journeys without any network are the proof for both.
"""

from __future__ import annotations

import errno
import ipaddress
import socket
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from models.errors import UserError

LEDGER_LENGTH = 1000
LOCAL_FAMILIES = frozenset(
    getattr(socket, name) for name in ("AF_UNIX", "AF_NETLINK", "AF_ALG") if hasattr(socket, name)
)
NAME_EVENTS = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})
ADDRESS_EVENTS = frozenset({"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"})
EVENTS = NAME_EVENTS | ADDRESS_EVENTS | {"socket.getnameinfo"}


@dataclass(frozen=True)
class Attempt:
    """One try to reach beyond this machine. `asker` is "module.function" of whoever tried."""

    time: float  # seconds since the epoch
    asker: str
    event: str
    host: str
    allowed: bool
    reason: str = ""  # of the act that had opened the door


class Refused(UserError, PermissionError):  # noqa: N818 - an outcome, as in models.errors
    """Also an OSError, so that libraries treat it as a connection that failed."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"A connection to {host} was refused: Assay works offline.",
            "Nothing was sent. Only what you start yourself, such as a download, may go out.",
        )
        self.errno = errno.EACCES


class Door:
    """What was tried in this process, and the way to let one act through."""

    def __init__(
        self,
        on_attempt: Callable[[Attempt], None] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._on_attempt = on_attempt
        self._clock = clock
        self._ledger: deque[Attempt] = deque(maxlen=LEDGER_LENGTH)
        self._reason: ContextVar[str] = ContextVar("reason", default="")

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """The last tries beyond loopback, oldest first, refused or allowed."""
        return tuple(self._ledger)

    @contextmanager
    def opened(self, reason: str) -> Iterator[None]:
        """Let this thread out while the block runs; `reason` is what the user asked for."""
        if not reason:
            raise ValueError("the door opens only with a reason")
        token = self._reason.set(reason)
        try:
            yield
        finally:
            self._reason.reset(token)

    def watch(self, event: str, args: tuple[Any, ...]) -> None:
        """The audit hook; raises Refused for a host beyond loopback."""
        if event not in EVENTS:
            return
        host = _host_beyond(event, args)
        if host is None:
            return
        reason = self._reason.get()
        attempt = Attempt(self._clock(), _asker(), event, host, bool(reason), reason)
        self._ledger.append(attempt)
        if self._on_attempt is not None:
            self._on_attempt(attempt)
        if not attempt.allowed:
            raise Refused(host)


def install_door(
    on_attempt: Callable[[Attempt], None] | None = None,
    clock: Callable[[], float] = time.time,
) -> Door:
    """Shut this process off from everything but loopback, for good: a hook cannot be removed.

    `on_attempt` is called on whichever thread tried and must not raise. A second door in one
    process only adds: both have to be open.
    """
    door = Door(on_attempt, clock)
    sys.addaudithook(door.watch)
    return door


def is_loopback(host: object) -> bool:
    """Whether a host is this machine by its address, or is exactly "localhost"."""
    text = _text(host)
    if text.lower() == "localhost":
        return True
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def _host_beyond(event: str, args: tuple[Any, ...]) -> str | None:
    """The host that an event wants to reach, or None when it stays on this machine."""
    if event in ADDRESS_EVENTS:
        sock, address = args
        return _address_beyond(sock.family, address)
    host = args[0][0] if event == "socket.getnameinfo" else args[0]
    # No name means the local addresses, and those need no look-up.
    return None if not host or is_loopback(host) else _text(host)


def _address_beyond(family: int, address: Any) -> str | None:
    # A connected socket sends without an address; its connect was looked at.
    if address is None or family in LOCAL_FAMILIES:
        return None
    if family not in (socket.AF_INET, socket.AF_INET6):
        return f"an address of family {family}"
    host = address[0]
    return None if is_loopback(host) else _text(host) or "all addresses of this machine"


def _text(host: object) -> str:
    if isinstance(host, (bytes, bytearray)):
        return bytes(host).decode("ascii", "replace")
    return str(host)


def _asker() -> str:
    """The nearest caller outside the standard library and this file."""
    frame = sys._getframe(1)
    nearest = "unknown"
    while frame is not None:
        module = frame.f_globals.get("__name__", "unknown")
        if module != __name__:
            nearest = f"{module}.{frame.f_code.co_name}"
            if module.partition(".")[0] not in sys.stdlib_module_names or module == "__main__":
                break
        frame = frame.f_back  # type: ignore[assignment]
    return nearest
