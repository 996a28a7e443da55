"""One loaded (or lost) model: its worker, its open contexts and who uses it."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import dataclass, field

from models.engine.client import EngineClient
from models.engine.messages import ContextInfo, LoadSettings
from models.engine.worker_link import STATE
from models.errors import EngineDied


@dataclass(frozen=True)
class EngineStatus:
    """One loaded (or lost) model for the status strip. `holder` is who has it exclusively;
    `memory_bytes` is the peak of the load and what the open contexts take; `is_idle`: nobody has
    leased it, so that it leaves where room is needed."""

    model: str
    state: STATE
    detail: str = ""
    holder: str = ""
    n_ctx: int = 0
    memory_bytes: int = 0
    n_contexts: int = 0
    settings: LoadSettings | None = None
    open_for: str = ""  # the act that let it beyond this machine
    is_idle: bool = False


@dataclass(frozen=True)
class ContextWish:
    """A context beside the one of the chat: `settings` give attention, cache types and threads."""

    name: str
    n_ctx: int
    n_seq: int
    settings: LoadSettings


@dataclass
class Resident:
    client: EngineClient
    settings: LoadSettings
    contexts: dict[str, ContextInfo] = field(default_factory=dict)
    wishes: dict[str, ContextWish] = field(default_factory=dict)
    is_stale: bool = False  # loaded in a way that holds no longer; for its present users only
    users: int = 0
    holder: str = ""
    used_at: float = 0.0
    state: STATE = "starting"
    detail: str = ""
    busy: threading.Lock = field(default_factory=threading.Lock)

    def taken_by(self, holder: str) -> Resident:
        """With one user more; `holder` is who has it alone, "" where others may use it too."""
        self.users += 1
        self.holder = holder
        return self

    def context_for(self, wish: ContextWish) -> ContextInfo:
        """The open context, opened anew where another one of that name was wished for."""
        if wish.name in self.contexts and self.wishes.get(wish.name) != wish:
            del self.contexts[wish.name]
            self.client.close_context(wish.name)
        if wish.name not in self.contexts:
            self.contexts[wish.name] = self.client.open_context(
                wish.name, wish.n_ctx, wish.n_seq, wish.settings
            )
            self.wishes[wish.name] = wish
        return self.contexts[wish.name]

    def close_context(self, name: str) -> None:
        """Give its memory back, where the model stays loaded."""
        self.wishes.pop(name, None)
        if self.contexts.pop(name, None) and self.client.is_alive:
            with suppress(EngineDied):  # then it is gone as well
                self.client.close_context(name)

    def status(self, model: str) -> EngineStatus:
        info, contexts = self.client.info, tuple(self.contexts.values())
        return EngineStatus(
            model, self.state, self.detail, self.holder,
            max((c.n_ctx for c in contexts), default=0),
            info.peak_memory_bytes + sum(c.memory_bytes for c in contexts) if info else 0,
            len(contexts), self.settings, self.client.open_for, not self.users,
        )  # fmt: skip
