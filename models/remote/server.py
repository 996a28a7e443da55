"""One server, what the last look found at it, and whether anybody listens there."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from models.errors import UserError
from models.library.entry import ModelEntry
from models.network import is_loopback

OLLAMA = "Ollama"
START_OLLAMA = "Start it with “ollama serve” or its app; Assay does not install it."
PROBE_S = 0.5


@dataclass(frozen=True)
class Server:
    """`address` is the base URL; `is_ollama` tells the two languages apart. `has_token`: there is
    one in the keyring, which is left alone otherwise; not every system has one."""

    name: str
    address: str
    is_ollama: bool = False
    has_token: bool = False

    @property
    def host(self) -> str:
        return urlsplit(self.address).hostname or ""

    @property
    def is_here(self) -> bool:
        """It listens on this machine; what it runs may be elsewhere all the same."""
        return is_loopback(self.host)


WELL_KNOWN = (
    Server("LM Studio", "http://127.0.0.1:1234/v1"),
    Server("Jan", "http://127.0.0.1:1337/v1"),
    Server("llama-server", "http://127.0.0.1:8080/v1"),
)


@dataclass(frozen=True)
class ServerState:
    """What the last look found. `problem` is why nothing is known of a server, "" where it
    answered."""

    server: Server
    entries: tuple[ModelEntry, ...] = ()
    version: str = ""
    problem: str = ""
    hint: str = ""


def knock(server: Server) -> None:
    """Raises UserError where nobody listens. It costs next to nothing, and an HTTP library need
    not be imported for it."""
    if not listens(server):
        hint = START_OLLAMA if server.is_ollama else "Start it, or check its address."
        where = urlsplit(server.address).netloc
        raise UserError(f"{server.name} does not answer at {where}.", hint)


def listens(server: Server) -> bool:
    parts = urlsplit(server.address)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((server.host, port), timeout=PROBE_S).close()
    except OSError:
        return False
    return True
