"""The gate: asked before anything goes out, and the switch that seals it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from models.errors import UserError
from models.network import proxies
from models.network.attempts import Ledger
from models.network.door import Door, Opening
from models.network.hosts import host_of, is_loopback

WINDOW_HINT = "Open the door for this one act, or turn sealed mode off on the Network page."


@dataclass(frozen=True)
class Act:
    """One thing the user asked for: `reason` in plain words, and the host it needs."""

    reason: str
    host: str


class Sealed(UserError):  # noqa: N818 - an outcome, as in models.errors
    """The gate was asked while Assay is sealed; `act` is what it was asked for."""

    def __init__(self, act: Act, hint: str) -> None:
        super().__init__(
            f"Sealed: nothing leaves this machine. “{act.reason}” needs {act.host}.", hint
        )
        self.act = act


@dataclass(eq=False)
class _Running:
    act: Act
    opening: Opening
    on_shut: Callable[[], None]


class Gate:
    """One a home, made with the services. Safe from any thread; `hint` ends its refusals."""

    def __init__(self, door: Door, is_sealed: Callable[[], bool], hint: str = WINDOW_HINT) -> None:
        self._door = door
        self._is_sealed = is_sealed
        self._hint = hint
        self._lock = threading.Lock()
        self._allowed: set[Act] = set()
        self._running: list[_Running] = []
        self._times_shut = 0
        self._on_shut: list[Callable[[], None]] = []
        self._listeners: list[Callable[[], None]] = []

    @property
    def ledger(self) -> Ledger:
        """Everything that was tried, in every process of Assay."""
        return self._door.ledger

    @property
    def is_sealed(self) -> bool:
        return self._is_sealed()

    @property
    def running(self) -> tuple[Act, ...]:
        """The acts that are out there now, longest first."""
        with self._lock:
            return tuple(running.act for running in self._running)

    def allow_once(self, act: Act) -> None:
        """The user's visible yes: the next time this act is asked for, it goes out."""
        with self._lock:
            self._allowed.add(act)

    def permit(self, reason: str, address: str) -> str:
        """What `Connection.open_for` carries: `reason`, or "" where `address` is this machine.

        Raises Sealed.
        """
        act = _act(reason, address)
        if is_loopback(act.host):
            return ""
        self._ask(act)
        return reason

    @contextmanager
    def act(
        self, reason: str, address: str, on_shut: Callable[[], None] = lambda: None
    ) -> Iterator[str]:
        """Open this thread's door for `reason` while the block runs; raises Sealed. Gives what a
        child may open its own door for: `reason`, or "" where `address` is this machine.

        `on_shut` is called when the user seals Assay meanwhile, on the thread that did.
        """
        act = _act(reason, address)
        if is_loopback(act.host):
            yield ""
            return
        times_shut = self._ask(act)
        with self._door.opened(reason, act.host) as opening:
            running = _Running(act, opening, on_shut)
            self._begin(running, times_shut)
            try:
                yield reason
            finally:
                with self._lock:
                    self._running.remove(running)
                self._tell()

    def proxies(self) -> dict[str, str]:
        """The user's proxies by scheme, and under "no" the hosts that need none, for an act to
        hand on explicitly."""
        return dict(self._door.proxies) or proxies.of_system()

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """`listener` runs when an act begins or ends, on its thread; returns the way to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def when_shut(self, callback: Callable[[], None]) -> None:
        """Also called by `shut`, for what has been permitted and goes on by itself."""
        self._on_shut.append(callback)

    def shut(self) -> None:
        """End what is out there and forget what was allowed: the user has just sealed Assay."""
        with self._lock:
            self._times_shut += 1
            self._allowed.clear()
            running = list(self._running)
        for each in running:
            each.opening.is_shut = True
            each.on_shut()
        for callback in list(self._on_shut):
            callback()

    def _begin(self, running: _Running, times_shut: int) -> None:
        """Raises Sealed where Assay was sealed since it was let out: `shut` has not seen it."""
        with self._lock:
            is_late = self._times_shut != times_shut
            if not is_late:
                self._running.append(running)
        if is_late:
            raise Sealed(running.act, self._hint)
        self._tell()

    def _tell(self) -> None:
        for listener in list(self._listeners):
            listener()

    def _ask(self, act: Act) -> int:
        """How often Assay had been sealed when it said yes; raises Sealed."""
        with self._lock:
            times_shut = self._times_shut
            is_allowed = act in self._allowed
            self._allowed.discard(act)
        is_allowed = is_allowed or not self._is_sealed()
        self._door.note("act", act.host, is_allowed, act.reason)
        if not is_allowed:
            raise Sealed(act, self._hint)
        return times_shut


def _act(reason: str, address: str) -> Act:
    return Act(reason, host_of(address) or address)
