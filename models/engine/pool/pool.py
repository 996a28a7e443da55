"""Owns what is loaded: leases, least-recently-used residency, exclusive use, idle unload."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Literal

from models.cancel import CancelToken
from models.engine.client import EngineClient
from models.engine.messages import Connection, LoadSettings, ModelInfo, Progress
from models.engine.pool.crashes import Crashes
from models.engine.pool.pooled_engine import WAIT_S, Lease, PooledEngine
from models.engine.pool.resident import ContextWish, EngineStatus, Resident
from models.engine.tracing import RequestLog
from models.engine.worker_link import STATE, cut_off_error
from models.errors import EngineDied, UserError
from models.listeners import Listeners
from models.network import Attempt


@dataclass(frozen=True)
class Waiting:
    """Yielded while somebody else holds the engine: "waiting for the brittleness run"."""

    holder: str
    is_alone: bool = True  # with the model

    @property
    def detail(self) -> str:
        """The sentence for a row of tasks."""
        told = f"Waiting for {self.holder or 'another task'}"
        return f"{told}, which has the model to itself" if self.is_alone else told


LOADING = Waiting("the model to load", is_alone=False)
IN_USE = Waiting("the task that uses the model now", is_alone=False)
OTHER_SETTINGS = Waiting("another task with other load settings", is_alone=False)


class Pool:
    """`fits(model, settings, resident)` says whether another model fits beside what is resident;
    what does not fit makes the least recently used idle ones leave."""

    def __init__(
        self,
        fits: Callable[[str, LoadSettings, Sequence[str]], bool] = lambda *_: False,
        clock: Callable[[], float] = time.monotonic,
        make_client: Callable[..., EngineClient] = EngineClient,
        connect: Callable[[str], Connection | None] = lambda model: None,
        on_attempt: Callable[[Attempt], None] = lambda attempt: None,
        requests: RequestLog | None = None,
    ) -> None:
        self.requests = requests or RequestLog()  # the times of everything that engines are asked
        self._fits = fits
        self._clock = clock
        self._make_client = make_client
        self._connect = connect
        self._on_attempt = on_attempt
        self._condition = threading.Condition()
        self._residents: dict[str, Resident] = {}
        self._crashes = Crashes(clock)
        self._listeners = Listeners[[]]()
        self._starting: dict[str, Literal["", "stale", "cut"]] = {}
        self._closed = False

    # ---- leases ----

    def lease(
        self,
        model: str,
        settings: LoadSettings,
        *,
        context: ContextWish | None = None,
        exclusive: bool = False,
        holder: str = "",
        cancel: CancelToken | None = None,
    ) -> Generator[Progress | Waiting, None, Lease]:
        """Load what is not loaded, wait for whoever holds it exclusively, return the lease.

        Without a `context` it is the chat's, as `settings` say. Raises UserError, EngineDied (with
        advice after two crashes in a minute) or Cancelled.
        """
        cancel = cancel or CancelToken()
        wish = context or ContextWish("chat", settings.n_ctx, 1, settings)
        resident = yield from self._enter(model, settings, exclusive, holder, cancel)
        try:
            if not resident.client.is_alive or resident.client.info is None:
                yield from self._load(model, resident, cancel)
            info = resident.context_for(wish)
        except BaseException:
            self._leave(model, resident, exclusive)
            raise
        assert resident.client.info is not None
        engine = PooledEngine(resident, resident.client.info, info, cancel, self.requests, holder)
        return Lease(engine, lambda: self._leave(model, resident, exclusive))

    def beside(self, lease: Lease, wish: ContextWish) -> PooledEngine:
        """Another context on a leased model, for as long as the lease is held."""
        return lease.engine.beside(wish)

    def _enter(
        self, model: str, settings: LoadSettings, exclusive: bool, holder: str, cancel: CancelToken
    ) -> Generator[Waiting, None, Resident]:
        """Become a user of the model's resident, alone if asked; nobody else loads meanwhile."""
        holder = holder or "another task" if exclusive else ""
        while True:
            cancel.raise_if_cancelled()
            with self._condition:
                self._refuse_closed()
                blocker = self._blocker(model, settings, exclusive)
                resident = self._residents.get(model)
                if blocker is None and resident:
                    return resident.taken_by(holder)
                if blocker is None:
                    self._starting[model] = ""
                else:
                    self._condition.wait(WAIT_S)
            if blocker is None:
                return self._start(model, settings, holder)
            yield blocker

    def _blocker(self, model: str, settings: LoadSettings, exclusive: bool) -> Waiting | None:
        """Who stands in the way; only the same model blocks, and a load in progress. What is
        loaded in another way leaves, where nobody uses it."""
        if model in self._starting:
            return LOADING
        resident = self._residents.get(model)
        if resident is None:
            return None
        is_other = resident.is_stale or _weights_differ(resident.settings, settings)
        if not resident.users:
            if is_other:
                self._drop(model)
            return None
        if resident.holder:
            return Waiting(resident.holder)
        if exclusive or resident.client.info is None:
            return IN_USE if exclusive else LOADING
        return OTHER_SETTINGS if is_other else None

    def _leave(self, model: str, resident: Resident, exclusive: bool) -> None:
        with self._condition:
            resident.users -= 1
            resident.used_at = self._clock()
            if exclusive:
                resident.holder = ""
            never_loaded = resident.client.info is None and resident.state != "crashed"
            if never_loaded and not resident.users and self._residents.get(model) is resident:
                self._drop(model)
            self._condition.notify_all()
        self._listeners.tell()

    # ---- residents ----

    def _start(self, model: str, settings: LoadSettings, holder: str) -> Resident:
        """A new resident, taken. The lock is free while the keyring, the gate or a server is
        asked; what happens to the model meanwhile stands in `_starting`."""
        try:
            self._make_room(model, settings)
            connection = self._connect(model)  # last, so that what fails leaves the user's yes
            with self._condition:
                self._refuse_closed()
                if self._starting[model] == "cut" and connection and connection.open_for:
                    raise cut_off_error()
                resident = self._new_resident(model, settings, connection)
                resident.is_stale = self._starting[model] == "stale"
                return resident.taken_by(holder)
        finally:
            with self._condition:
                del self._starting[model]
                self._condition.notify_all()

    def _new_resident(
        self, model: str, settings: LoadSettings, connection: Connection | None
    ) -> Resident:
        def on_state(state: STATE, detail: str) -> None:
            self._note(model, resident, state, detail)

        client = self._make_client(
            model,
            settings,
            on_state,
            connection=connection,
            on_attempt=self._on_attempt,
        )
        resident = Resident(client, settings)
        self._residents[model] = resident
        return resident

    def _load(
        self, model: str, resident: Resident, cancel: CancelToken
    ) -> Generator[Progress, None, None]:
        resident.contexts.clear()
        try:
            yield from resident.client.load(cancel)
        except EngineDied as died:
            resident.client.info = None
            raise self._crashes.advise(model, died) from died
        except BaseException:
            resident.client.info = None
            resident.client.close()
            raise

    def _make_room(self, model: str, settings: LoadSettings) -> None:
        """Let idle ones leave, the longest unused first, until it fits."""
        while True:
            with self._condition:
                others = (*self._residents, *(name for name in self._starting if name != model))
                idle = [(r.used_at, name) for name, r in self._residents.items() if not r.users]
            if not idle or self._fits(model, settings, others):
                return
            with self._condition:
                _, name = min(idle)
                if name in self._residents and not self._residents[name].users:
                    self._drop(name)

    def _drop(self, model: str) -> None:
        resident = self._residents.pop(model, None)
        if resident:
            resident.client.close()

    def _note(self, model: str, resident: Resident, state: STATE, detail: str) -> None:
        if state == "crashed":
            self._crashes.note(model)
            resident.client.info = None
            resident.contexts.clear()
        resident.state, resident.detail = state, detail
        self._listeners.tell()

    # ---- for the window ----

    def eject(self, model: str) -> None:
        """Unload now; raises UserError while a task uses the model."""
        with self._condition:
            resident = self._residents.get(model)
            if resident and resident.users:
                raise UserError("The model is in use.", "Stop the reply or the run first.")
            self._drop(model)
        self._listeners.tell()

    def retire(self, prefix: str) -> None:
        """Lend the models of these names to nobody any more as they are loaded now: their server
        has another address or token. What uses one goes on to its end."""
        with self._condition:
            for name, meanwhile in self._starting.items():
                if name.startswith(prefix) and not meanwhile:
                    self._starting[name] = "stale"
            for name in [name for name in self._residents if name.startswith(prefix)]:
                self._residents[name].is_stale = True
                if not self._residents[name].users:
                    self._drop(name)
        self._listeners.tell()

    def cut_off(self) -> None:
        """End the workers that were let beyond this machine, in use or not."""
        with self._condition:
            self._starting = dict.fromkeys(self._starting, "cut")
            outside = {name: r for name, r in self._residents.items() if r.client.open_for}
            for name, resident in outside.items():
                del self._residents[name]
                resident.client.cut_off()
            self._condition.notify_all()
        if outside:
            self._listeners.tell()

    def unload_idle(self, idle_s: float) -> tuple[str, ...]:
        """Unload what nobody used for `idle_s` seconds; returns the models that left."""
        with self._condition:
            now = self._clock()
            stale = [
                name for name, r in self._residents.items()
                if not r.users and now - r.used_at >= idle_s
            ]  # fmt: skip
            for name in stale:
                self._drop(name)
        if stale:
            self._listeners.tell()
        return tuple(stale)

    def status(self) -> tuple[EngineStatus, ...]:
        return tuple(r.status(name) for name, r in list(self._residents.items()))

    def worker_pids(self) -> dict[str, int]:
        """Which process runs which model now."""
        residents = list(self._residents.items())
        pids = {name: r.client.pid for name, r in residents if r.client.is_alive}
        return {name: pid for name, pid in pids.items() if pid is not None}

    def info(self, model: str) -> ModelInfo | None:
        """What the worker said of a loaded model."""
        resident = self._residents.get(model)
        return resident.client.info if resident and resident.client.is_alive else None

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """`callback` runs after every change, on any thread; returns the way to stop it, which may
        be gone more than once."""
        return self._listeners.add(callback)

    def close(self) -> None:
        with self._condition:
            self._closed = True
            for model in list(self._residents):
                self._drop(model)
            self._condition.notify_all()

    def _refuse_closed(self) -> None:
        if self._closed:
            raise UserError("Assay is closing.")


def _weights_differ(loaded: LoadSettings, wanted: LoadSettings) -> bool:
    """Anything that a running worker cannot change; the context alone could be reopened, but a
    chat expects the settings that the model page shows."""
    return loaded != wanted
