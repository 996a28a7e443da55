"""The long work of the Servers tab as generators; they know no Qt."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from models.cancel import CancelToken
from models.errors import UserError
from models.library.entry import ModelEntry
from models.remote.addresses import endpoint_address
from models.remote.ollama_weights import weights_on_disk
from models.remote.server import Server, ServerState
from models.remote.servers import Servers

if TYPE_CHECKING:  # what lies behind it stands on an HTTP library
    from models.remote.ollama_acts import PullProgress, RunningModel


class TokenNeeded(UserError):  # noqa: N818 - an outcome, as in models.errors
    """A kept token belongs to the host that it was entered for."""

    def __init__(self, kept: Server, host: str) -> None:
        super().__init__(
            f"The token of {kept.name} was entered for {kept.host}, and is not sent to {host}.",
            "Enter the token again. If none is needed there, add it under another name.",
        )


@dataclass(frozen=True)
class Seen:
    """What a look found; `running` by the name of the model, `nearby` what could be added."""

    ollama: ServerState
    running: Mapping[str, RunningModel] = field(default_factory=dict)
    others: tuple[ServerState, ...] = ()
    nearby: tuple[Server, ...] = ()


def look(servers: Servers, token: CancelToken) -> Generator[Seen, None, Seen]:
    """Ollama first; the others follow."""
    ollama = servers.look_at(servers.ollama)
    running = _running(servers, ollama)
    yield Seen(ollama, running)
    others = []
    for server in servers.servers()[1:]:
        token.raise_if_cancelled()
        others.append(servers.look_at(server))
    return Seen(ollama, running, tuple(others), servers.nearby())


def _running(servers: Servers, ollama: ServerState) -> dict[str, RunningModel]:
    if ollama.problem:
        return {}
    try:
        return {each.model: each for each in servers.running()}
    except UserError:  # it was there a moment ago; the next look says more
        return {}


def pull(
    servers: Servers, name: str, token: CancelToken
) -> Generator[PullProgress, None, ServerState]:
    return (yield from servers.pull(name, token))


def find_weights(entry: ModelEntry) -> Generator[str, None, Path]:
    """Where the weights lie on this disk; raises UserError where they do not."""
    yield f"Looking for the weights of {entry.name}"
    if found := weights_on_disk(entry):
        return found
    raise UserError(
        f"The weights of {entry.name} cannot be read here.",
        "Ollama keeps them on another machine, or in a folder that only its service may read.",
    )


def unload(servers: Servers, entry: ModelEntry) -> Generator[str, None, None]:
    yield f"Unloading {entry.name}"
    servers.unload(entry)


def delete(servers: Servers, entry: ModelEntry) -> Generator[str, None, None]:
    yield f"Deleting {entry.name}"
    servers.delete(entry)


def ask(servers: Servers, server: Server) -> Generator[str, None, ServerState]:
    """As the user's own act; raises UserError, Sealed among them."""
    yield f"Asking {server.name}"
    return servers.ask(server)


def try_out(
    servers: Servers, server: Server, token: str | None
) -> Generator[str, None, ServerState]:
    """A `token` of None is the one that is kept already. Raises UserError, TokenNeeded too."""
    yield f"Asking {server.name}"
    if token is None:
        kept = _kept(servers, server.name, server.address)
        token = servers.connection_of(kept).token if kept else ""
    return servers.try_out(server, token)


def save(
    servers: Servers, name: str, address: str, token: str | None
) -> Generator[str, None, Server]:
    """A `token` of None stays as it is. Raises UserError, TokenNeeded too."""
    yield f"Adding {name}"
    if token is None:
        _kept(servers, name.strip(), endpoint_address(address))
    return servers.add(name, address, token)


def _kept(servers: Servers, name: str, address: str) -> Server | None:
    """The server of that name; raises TokenNeeded where its token would go to another place."""
    kept = next((each for each in servers.servers() if each.name == name), None)
    if kept and kept.has_token and _place(kept.address) != _place(address):
        raise TokenNeeded(kept, urlsplit(address).hostname or address)
    return kept


def _place(address: str) -> tuple[str, str | None]:
    parts = urlsplit(address)
    return parts.scheme, parts.hostname


def remove(servers: Servers, server: Server) -> Generator[str, None, str]:
    """Returns its token, so that it can be put back; "" where it cannot be read."""
    yield f"Removing {server.name}"
    try:
        token = servers.connection_of(server).token
    except UserError:  # a locked keyring must not keep a server on the list
        token = ""
    servers.remove(server.name)
    return token
