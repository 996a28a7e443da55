"""The servers that the user added, in a small file, and their tokens in the keyring."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

from models.errors import UserError
from models.remote.addresses import endpoint_address, endpoint_name
from models.remote.server import Server
from models.remote.tokens import Tokens, key_of, variable_of
from models.whole_files import write_whole


class EndpointList:
    """Safe to call from any thread; without a `path` the list lasts for this run only."""

    def __init__(self, path: Path | None, tokens: Tokens) -> None:
        self._path = path
        self._tokens = tokens
        self._lock = threading.RLock()
        self._known_tokens: dict[str, str] = {}
        self.servers = _read(path) if path else ()

    def add(self, name: str, address: str, token: str | None = "") -> Server:
        """Remember an endpoint, or change the one of that name; a `token` of None stays as it is.

        Raises UserError for a name or an address that cannot be one, and where nothing can be
        kept. Without a keyring the endpoint is added all the same, and its token known until
        Assay closes.
        """
        name = endpoint_name(name)
        address = endpoint_address(address)
        with self._lock:
            self.servers = self._latest()
            had_token = self._has_token(name)
            has_token = had_token if token is None else bool(token)
            server = Server(name, address, has_token=has_token)
            listed = {each.name: each for each in self.servers} | {name: server}
            self._keep(tuple(listed.values()))  # a changed one stays in its place
            if token is not None:
                self._known_tokens[name] = token
        if token or (token is not None and had_token):
            self._write_token(name, token)
        return server

    def remove(self, name: str) -> None:
        """Forget an endpoint and its token."""
        with self._lock:
            self.servers = self._latest()
            had_token = self._has_token(name)
        if had_token:
            self._write_token(name, "")
        with self._lock:
            self._known_tokens.pop(name, None)
            self._keep(tuple(each for each in self.servers if each.name != name))

    def _write_token(self, name: str, token: str) -> None:
        try:
            self._tokens.write(key_of(name), token)
        except UserError as error:
            if not token:
                return  # there is none to take away
            hint = f"{name} was added; its token is known until Assay closes. {error.hint}"
            raise UserError(error.message, hint.strip()) from error

    def token(self, server: Server) -> str:
        """Read from the keyring once a run: it may ask the user each time. Raises UserError."""
        if not server.has_token:
            return ""
        with self._lock:
            if server.name not in self._known_tokens:
                self._known_tokens[server.name] = self._read_token(server.name)
            return self._known_tokens[server.name]

    def _read_token(self, name: str) -> str:
        try:
            return self._tokens.read(key_of(name))
        except UserError as error:
            hint = f"Enter it again on the Models page, or give it in {variable_of(name)}."
            raise UserError(f"The token of {name} cannot be read. {error.message}", hint) from error

    def _has_token(self, name: str) -> bool:
        return any(each.name == name and each.has_token for each in self.servers)

    def _latest(self) -> tuple[Server, ...]:
        """As the file has them now: another window or a command may have changed it."""
        return _read(self._path) if self._path and self._path.exists() else self.servers

    def _keep(self, endpoints: tuple[Server, ...]) -> None:
        self.servers = endpoints
        if self._path is None:
            return
        listed = [
            {"name": each.name, "address": each.address, "has_token": each.has_token}
            for each in endpoints
        ]
        try:
            write_whole(self._path, json.dumps({"endpoints": listed}, indent=1))
        except OSError as error:
            raise UserError(
                f"The list of servers could not be saved: {error.strerror or error}.",
                "Free some space, or check that the folder may be written.",
            ) from error


def _read(path: Path) -> tuple[Server, ...]:
    """The endpoints of a file; what is damaged or edited into nonsense is left out."""
    try:
        data: Any = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return ()
    listed = data.get("endpoints") if isinstance(data, dict) else None
    found: dict[str, Server] = {}
    for each in listed if isinstance(listed, list) else ():
        try:
            server = Server(
                endpoint_name(each["name"]),
                endpoint_address(each["address"]),
                has_token=each.get("has_token") is True,
            )
        except (UserError, KeyError, TypeError, AttributeError):
            continue
        found[server.name] = server
    return tuple(found.values())
