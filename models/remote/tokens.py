"""Tokens of servers and hubs, in the keyring of the system and in no file of ours."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Protocol

from models.errors import UserError

SERVICE = "Assay"
VARIABLE = "ASSAY_ENDPOINT_TOKEN"
ENDPOINT = "endpoint:"


def key_of(endpoint: str) -> str:
    """What the token of an endpoint is kept under. Other tokens of Assay are kept beside it, and
    an endpoint may have any name."""
    return f"{ENDPOINT}{endpoint}"


def variable_of(endpoint: str) -> str:
    """The environment variable for the token of one endpoint, by its name: a token that is meant
    for one server goes to no other."""
    return f"{VARIABLE}_{re.sub('[^A-Z0-9]', '_', endpoint.upper())}"


class Tokens(Protocol):
    """Where tokens are kept. All raise UserError where that place cannot be used."""

    def read(self, name: str) -> str:
        """The token kept under a name, "" for none."""
        ...

    def write(self, name: str, token: str) -> None:
        """Keep a token; "" takes it away."""
        ...


class KeyringTokens:
    """The keyring that the user's system unlocks with the session."""

    def read(self, name: str) -> str:
        import keyring
        from keyring.errors import KeyringError

        try:
            return keyring.get_password(SERVICE, name) or ""
        except KeyringError as error:
            raise _unusable(error) from error

    def write(self, name: str, token: str) -> None:
        import keyring
        from keyring.errors import KeyringError, PasswordDeleteError

        try:
            if token:
                keyring.set_password(SERVICE, name, token)
            elif keyring.get_password(SERVICE, name) is not None:
                keyring.delete_password(SERVICE, name)
        except PasswordDeleteError:
            return  # another program took it away meanwhile
        except KeyringError as error:
            raise _unusable(error) from error


class GivenTokens:
    """A token in the environment variable of an endpoint goes before the one that is kept: for
    scripts, and for systems without a keyring. `environ` is read each time."""

    def __init__(self, environ: Mapping[str, str], kept: Tokens) -> None:
        self._environ, self._kept = environ, kept

    def read(self, name: str) -> str:
        variable = variable_of(name.removeprefix(ENDPOINT))
        return self._environ.get(variable, "").strip() or self._kept.read(name)

    def write(self, name: str, token: str) -> None:
        self._kept.write(name, token)


def _unusable(error: Exception) -> UserError:
    from keyring.errors import KeyringLocked

    if isinstance(error, KeyringLocked):
        return UserError("The keyring of this system is locked.", "Unlock it and try again.")
    return UserError(
        "This system has no keyring in which a token could be kept.",
        "Set one up (GNOME Keyring or KWallet on Linux), or use a server without a token.",
    )
