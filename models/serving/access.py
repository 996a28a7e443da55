"""Who may ask: the token, and where it comes from."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from models.errors import UserError

SHORTEST_TOKEN = 16
VARIABLE = "ASSAY_TOKEN"


@dataclass
class Access:
    """`token` may be set anew while a server runs. `origins` are the web pages whose scripts may
    read answers; there are none by default."""

    token: str = field(repr=False)
    origins: tuple[str, ...] = ()

    def admits(self, header: str) -> bool:
        """Whether an Authorization header carries the token; takes as long for any guess."""
        scheme, _, given = header.partition(" ")
        is_bearer = scheme.lower() == "bearer"
        return secrets.compare_digest(given.strip().encode(), self.token.encode()) and is_bearer


def new_token() -> str:
    return f"assay-{secrets.token_urlsafe(24)}"


def given_token(file: Path | None, environment: Mapping[str, str]) -> str:
    """The token of a file, else of ASSAY_TOKEN, else "". Raises UserError for one that is no use.

    A file that is read in full first: a line break at its end does not count.
    """
    if file is not None:
        return _checked(_read(file), f"the file {file}")
    told = environment.get(VARIABLE, "").strip()
    return _checked(told, VARIABLE) if told else ""


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise UserError(
            f"The token file {file} could not be read: {reason}.",
            "Give it one line of 16 or more characters.",
        ) from error


def _checked(token: str, place: str) -> str:
    if len(token) < SHORTEST_TOKEN or not token.isascii() or not token.isprintable():
        raise UserError(
            f"The token in {place} cannot be used.",
            f"It needs {SHORTEST_TOKEN} or more plain letters, digits and signs, in one line.",
        )
    if " " in token:
        raise UserError(f"The token in {place} holds a blank.", "Leave it out.")
    return token
