"""The door: nothing but loopback can be reached unless one visible act opens it for its own thread.

An audit hook sees what Python code asks of sockets. It cannot see native code that opens its own
(Qt, a C library, ConnectEx on Windows), and a name handed straight to `socket.connect`
is looked up before the hook is asked (no library does so); the journeys without any network are
the proof for both.
"""

from __future__ import annotations

import errno
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from models.errors import UserError
from models.network.attempts import Attempt, Ledger
from models.network.hosts import as_looked_up, is_loopback, text_of
from models.network.proxies import put_aside, put_back

LOCAL_FAMILIES = frozenset(
    getattr(socket, name) for name in ("AF_UNIX", "AF_NETLINK", "AF_ALG") if hasattr(socket, name)
)
NAME_EVENTS = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})
ADDRESS_EVENTS = frozenset({"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"})
EVENTS = NAME_EVENTS | ADDRESS_EVENTS | {"socket.getnameinfo"}
OURS = __name__.rpartition(".")[0]


class Refused(UserError, PermissionError):  # noqa: N818 - an outcome, as in models.errors
    """Also an OSError, so that libraries treat it as a connection that failed."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"A connection to {host} was refused: Assay works offline.",
            "Nothing was sent. Only what you start yourself, such as a download, may go out.",
        )
        self.errno = errno.EACCES


@dataclass(eq=False)
class Opening:
    """One opening of a door, for as long as it is not shut again. With a `host` no other name is
    looked up; addresses are let through, because the hook does not see what a name led to."""

    reason: str
    host: str = ""
    is_shut: bool = False

    def lets(self, event: str, host: str) -> bool:
        is_other_name = event in NAME_EVENTS and self.host and as_looked_up(host) != self.host
        return not self.is_shut and not is_other_name


class Door:
    """What was tried in this process, and the way to let one act through."""

    def __init__(
        self,
        on_attempt: Callable[[Attempt], None] = lambda attempt: None,
        clock: Callable[[], float] = time.time,
        proxies: Mapping[str, str] | None = None,
    ) -> None:
        self.ledger = Ledger()
        self.ledger.subscribe(on_attempt)
        self.proxies = dict(proxies or {})  # by scheme, put aside
        self._clock = clock
        # Of each thread, not of a context: a generator may be closed by another thread.
        self._of_thread = threading.local()
        self._of_process: Opening | None = None

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """The last tries beyond loopback, oldest first, refused or allowed."""
        return self.ledger.attempts

    @contextmanager
    def opened(self, reason: str, host: str = "") -> Iterator[Opening]:
        """Let this thread out while the block runs, to one `host` if given; `reason` is what the
        user asked for."""
        opening, openings = _opening(reason, host), self._openings()
        openings.append(opening)
        try:
            yield opening
        finally:
            openings.remove(opening)

    def open_process(self, reason: str, proxies: Mapping[str, str] | None = None) -> None:
        """Let every thread out, until the end: for a child that exists for one allowed act.

        `proxies` (see Gate.proxies) go back into the environment, where libraries find them.
        """
        self._of_process = _opening(reason)
        put_back(os.environ, proxies or {})

    def note(self, event: str, host: str, allowed: bool, reason: str) -> None:
        """Put a try on record in the name of whoever called."""
        self.ledger.add(Attempt(self._clock(), _asker(), event, host, allowed, reason))

    def watch(self, event: str, args: tuple[Any, ...]) -> None:
        """The audit hook; raises Refused for a host beyond loopback."""
        if event not in EVENTS:
            return
        host = _host_beyond(event, args)
        if host is None:
            return
        reason = self._reason(event, host)
        self.note(event, host, bool(reason), reason)
        if not reason:
            raise Refused(host)

    def _openings(self) -> list[Opening]:
        openings: list[Opening] = self._of_thread.__dict__.setdefault("openings", [])
        return openings

    def _reason(self, event: str, host: str) -> str:
        """Of the act that lets this thread out, the innermost first; "" where none does."""
        everywhere = [self._of_process] if self._of_process else []
        open_now = [each.reason for each in everywhere + self._openings() if each.lets(event, host)]
        return open_now[-1] if open_now else ""


def install_door(
    on_attempt: Callable[[Attempt], None] = lambda attempt: None,
    clock: Callable[[], float] = time.time,
) -> Door:
    """Shut this process off from everything but loopback, for good: a hook cannot be removed.

    Takes the configured proxies out of the environment, for children too. `on_attempt` is called
    on whichever thread tried and must not raise. A second door in one process only adds: both
    have to be open.
    """
    door = Door(on_attempt, clock, put_aside(os.environ))
    sys.addaudithook(door.watch)
    return door


def _opening(reason: str, host: str = "") -> Opening:
    if not reason:
        raise ValueError("the door opens only with a reason")
    return Opening(reason, as_looked_up(host))


def _host_beyond(event: str, args: tuple[Any, ...]) -> str | None:
    """The host that an event wants to reach, or None when it stays on this machine."""
    if event in ADDRESS_EVENTS:
        sock, address = args
        return _address_beyond(sock.family, address)
    host = args[0][0] if event == "socket.getnameinfo" else args[0]
    # No name means the local addresses, and those need no look-up.
    return None if not host or is_loopback(host) else text_of(host)


def _address_beyond(family: int, address: Any) -> str | None:
    # A connected socket sends without an address; its connect was looked at.
    if address is None or family in LOCAL_FAMILIES:
        return None
    if family not in (socket.AF_INET, socket.AF_INET6):
        return f"an address of family {family}"
    host = address[0]
    return None if is_loopback(host) else text_of(host) or "all addresses of this machine"


def _asker() -> str:
    """The nearest caller outside the standard library and this package."""
    frame = sys._getframe(1)
    nearest = "unknown"
    while frame is not None:
        module = frame.f_globals.get("__name__", "unknown")
        if not module.startswith(OURS):
            nearest = f"{module}.{frame.f_code.co_name}"
            if module.partition(".")[0] not in sys.stdlib_module_names or module == "__main__":
                break
        frame = frame.f_back  # type: ignore[assignment]
    return nearest
