"""A place for tokens that is no keyring of anybody's."""

from __future__ import annotations

import threading

from models.errors import UserError

WAIT_S = 20.0


class KeptTokens:
    """In memory; `is_missing` is a system without a keyring. One that is not `unlocked` waits."""

    def __init__(self, is_missing: bool = False) -> None:
        self.kept: dict[str, str] = {}
        self.is_missing = is_missing
        self.unlocked = threading.Event()
        self.unlocked.set()

    def read(self, name: str) -> str:
        self._check()
        return self.kept.get(name, "")

    def write(self, name: str, token: str) -> None:
        self._check()
        self.kept[name] = token

    def _check(self) -> None:
        self.unlocked.wait(WAIT_S)
        if self.is_missing:
            raise UserError("This system has no keyring in which a token could be kept.")
