"""Which servers there are, and what they run: Ollama on this machine, and what the user added."""

from __future__ import annotations

import difflib
import os
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from models.cancel import CancelToken
from models.engine.messages import Connection
from models.errors import UserError
from models.library.entry import ModelEntry
from models.library.make_entry import endpoint_entry
from models.network import Gate, is_loopback
from models.remote.addresses import ollama_address
from models.remote.endpoint_list import EndpointList
from models.remote.server import OLLAMA, WELL_KNOWN, Server, ServerState, knock, listens
from models.remote.tokens import GivenTokens, KeyringTokens, Tokens

if TYPE_CHECKING:
    from models.remote.ollama_acts import PullProgress, RunningModel

MOST_NAMED = 3


class Servers:
    """Safe to call from any thread.

    `path` keeps the endpoints that the user added (None: for this run only); their tokens lie in
    `tokens`. `gate` is asked before anything leaves this machine; without one nothing does.

        Servers(paths.servers, os.environ, gate=gate)
    """

    def __init__(
        self,
        path: Path | None = None,
        environ: Mapping[str, str] = os.environ,
        tokens: Tokens | None = None,
        gate: Gate | None = None,
    ) -> None:
        self._added = EndpointList(path, tokens or GivenTokens(environ, KeyringTokens()))
        self._gate = gate
        self._lock = threading.RLock()
        self._states: dict[str, ServerState] = {}
        self._on_changed: Callable[[str], None] = lambda name: None
        self.ollama = Server(OLLAMA, ollama_address(environ), is_ollama=True)

    # ---- which there are ----

    def servers(self) -> tuple[Server, ...]:
        return (self.ollama, *self._added.servers)

    def add(self, name: str, address: str, token: str | None = "") -> Server:
        """See EndpointList.add. What was known of a changed one is forgotten."""
        try:
            return self._added.add(name, address, token)
        finally:
            self._forget(name.strip())

    def remove(self, name: str) -> None:
        """Forget an endpoint and its token."""
        self._added.remove(name)
        self._forget(name)

    def when_changed(self, callback: Callable[[str], None]) -> None:
        """`callback` gets the beginning that the names of a server's models have in common, when
        it was added, changed or removed: who still holds a way to it holds an old one."""
        self._on_changed = callback

    def _forget(self, name: str) -> None:
        with self._lock:
            self._states.pop(name, None)
        self._on_changed(f"endpoint:{name}/")

    # ---- what they run ----

    def look(self) -> Generator[ServerState, None, tuple[ModelEntry, ...]]:
        """Ask every server once, with little patience; one that fails is a state, no error. What
        lies beyond this machine is left alone while Assay is sealed."""
        for server in self.servers():
            yield self.look_at(server)
        return self.entries()

    def look_at(self, server: Server) -> ServerState:
        """As `ask`, with what went wrong as a state; nobody asked for it, so it opens no door: what
        a server beyond this machine told when it was let out stays known."""
        if not server.is_here and (self._gate is None or self._gate.is_sealed):
            with self._lock:
                known = self._states.get(server.name)
            if known and known.entries:
                return known
            sealed = _beyond(server.name, server.host)
            return self._note(ServerState(server, problem=sealed.message, hint=sealed.hint))
        try:
            return self.ask(server)
        except UserError as error:
            return self._note(ServerState(server, problem=error.message, hint=error.hint))

    def ask(self, server: Server) -> ServerState:
        """Ask a server what it runs, and remember it. Raises UserError, Sealed among them."""
        return self._note(self.try_out(server, self._added.token(server)))

    def try_out(self, server: Server, token: str) -> ServerState:
        """Ask a server that need not be one of ours. Raises UserError."""
        connection = Connection(server.address, token)
        with self._act(f"Ask {server.name} which models it has", server.host):
            if server.is_here:
                knock(server)
            if server.is_ollama:
                from models.remote import ollama_server

                version = ollama_server.version(connection)
                return ServerState(server, ollama_server.list_models(connection), version)
            from models.remote import openai_server

            return ServerState(server, openai_server.list_models(server.name, connection))

    def remember(self, tried: ServerState) -> None:
        """Take what a try-out found for a look, where the server has been added as it was tried."""
        for server in self._added.servers:
            if (server.name, server.address) == (tried.server.name, tried.server.address):
                self._note(replace(tried, server=server))

    def _note(self, state: ServerState) -> ServerState:
        with self._lock:
            self._states[state.server.name] = state
        return state

    def pull(self, name: str, cancel: CancelToken) -> Generator[PullProgress, None, ServerState]:
        """Let Ollama download a model. It goes out for us, so the gate is asked: raises Sealed,
        UserError, Cancelled."""
        from models.remote import ollama_acts

        host = ollama_acts.registry_of(name) if self.ollama.is_here else self.ollama.host
        with self._act(f"Pull {name} with Ollama", host, cancel.cancel):
            yield from ollama_acts.pull(self.connection_of(self.ollama), name, cancel)
        return self.look_at(self.ollama)

    def running(self) -> tuple[RunningModel, ...]:
        """What Ollama holds in memory now. Raises UserError."""
        from models.remote import ollama_acts

        with self._act("Ask Ollama what it has in memory", self.ollama.host):
            return ollama_acts.running(self.connection_of(self.ollama))

    def unload(self, entry: ModelEntry) -> None:
        """Let Ollama put a model out of memory. Raises UserError."""
        from models.remote import ollama_acts

        with self._act(f"Unload {entry.name}", self.ollama.host):
            name = entry.name.removeprefix("ollama:")
            ollama_acts.unload(self.connection_of(self.ollama), name)

    def delete(self, entry: ModelEntry) -> ServerState:
        """Let Ollama remove a model from its disk for good. Raises UserError."""
        from models.remote import ollama_acts

        with self._act(f"Delete {entry.name}", self.ollama.host):
            name = entry.name.removeprefix("ollama:")
            ollama_acts.delete(self.connection_of(self.ollama), name)
            return self.look_at(self.ollama)

    def nearby(self) -> tuple[Server, ...]:
        """Well-known servers that listen on this machine and are not remembered yet."""
        known = {server.address for server in self.servers()}
        return tuple(each for each in WELL_KNOWN if each.address not in known and listens(each))

    def states(self) -> tuple[ServerState, ...]:
        """The last look, in the order of the servers; a server not looked at yet is left out."""
        with self._lock:
            known = (self._states.get(server.name) for server in self.servers())
            return tuple(state for state in known if state)

    def entries(self) -> tuple[ModelEntry, ...]:
        """The models of the last look."""
        return tuple(entry for state in self.states() for entry in state.entries)

    def find(self, model: str) -> ModelEntry | None:
        """The entry of "ollama:NAME" or "endpoint:NAME/MODEL"; asks nobody."""
        return next((entry for entry in self.entries() if entry.model == model), None)

    def resolve(self, name: str) -> ModelEntry:
        """The entry of a name, asking its server where it is not known yet. "ollama:llama3" is
        "ollama:llama3:latest". An endpoint beyond this machine is not asked for its list first:
        using the model is one act, and its load finds out. Raises UserError."""
        server = self._server_of(name)
        wanted = f"{name}:latest" if server.is_ollama and name.count(":") == 1 else name
        if found := self.find(wanted):
            return found
        model = name.partition("/")[2]
        if model and not server.is_ollama and not server.is_here:
            return endpoint_entry(server.name, model)
        state = self.ask(server)
        if found := self.find(wanted):
            return found
        raise _unknown(name, state)

    def _server_of(self, model: str) -> Server:
        kind, _, rest = model.partition(":")
        if kind == "ollama":
            return self.ollama
        name = rest.partition("/")[0]
        for server in self._added.servers:
            if kind == "endpoint" and server.name == name:
                return server
        known = ", ".join(f"endpoint:{server.name}/…" for server in self._added.servers)
        raise UserError(
            f"There is no server called “{name}”.",
            f"There are: {known}." if known else "Add it on the Models page, under Servers.",
        )

    # ---- how they are reached ----

    def connection(self, model: str) -> Connection | None:
        """How a worker reaches the server of a model; None for a model that no server runs.

        Raises UserError; Sealed for a model that runs beyond this machine, while it must not.
        """
        if not model.startswith(("ollama:", "endpoint:")):
            return None
        server = self._server_of(model)
        token = self._added.token(server)  # where it cannot be read, the user's yes stays
        open_for = self._permit(f"Use {model}", self.host_of(model))
        return Connection(server.address, token, open_for)

    def host_of(self, model: str) -> str:
        """Who really runs a model: its server, or where that passes it on to. Raises UserError
        for a server that is not known."""
        entry = self.find(model)
        return entry.elsewhere if entry and entry.elsewhere else self._server_of(model).host

    def runs_beyond(self, model: str) -> str:
        """The host of a model that does not run on this machine; "" for all others."""
        if not model.startswith(("ollama:", "endpoint:")):
            return ""
        try:
            host = self.host_of(model)
        except UserError:
            return ""
        return "" if is_loopback(host) else host

    def permit_program(self, model: str) -> None:
        """Asked for each request of another program. The user's yes to one act of their own is
        none to a program: its reason is another one. Raises Sealed for a model that runs beyond
        this machine."""
        if host := self.runs_beyond(model):
            self._permit(f"Use {model}, asked by a program at Assay's server", host)

    def connection_of(self, server: Server) -> Connection:
        """How this process asks a server on this machine."""
        return Connection(server.address, self._added.token(server))

    def _permit(self, reason: str, host: str) -> str:
        if self._gate is not None:
            return self._gate.permit(reason, host)
        if is_loopback(host):
            return ""
        raise _beyond("This model", host)

    def _act(
        self, reason: str, host: str, on_shut: Callable[[], None] = lambda: None
    ) -> AbstractContextManager[object]:
        if self._gate is not None:
            return self._gate.act(reason, host, on_shut)
        if is_loopback(host):
            return nullcontext()
        raise _beyond("This server", host)


def _beyond(what: str, host: str) -> UserError:
    return UserError(
        f"{what} is at {host}, beyond this machine, and Assay is sealed.",
        "Nothing was sent.",
    )


def _unknown(name: str, state: ServerState) -> UserError:
    said = _own_name(name)
    names = {_own_name(entry.name): entry.name for entry in state.entries}
    close = [names[each] for each in difflib.get_close_matches(said, names, n=3, cutoff=0.4)]
    if close:
        hint = f"Did you mean {' or '.join(close)}?"
    elif names:
        some = ", ".join([*names.values()][:MOST_NAMED])
        hint = f"It has {some}{' and others' if len(names) > MOST_NAMED else ''}."
    else:
        hint = "It has no model at all."
    return UserError(f"{state.server.name} has no model “{said}”.", hint)


def _own_name(model: str) -> str:
    """What the server itself calls a model."""
    kind, _, rest = model.partition(":")
    return rest.partition("/")[2] if kind == "endpoint" else rest
