"""What every exchange needs: the greeting, signs of life, failure, and the line itself."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Literal

from models.network import Attempt

PROTOCOL_VERSION = 1


@dataclass(frozen=True)
class Hello:
    """The first line a child prints."""

    protocol: int
    pid: int
    type: str = "hello"


@dataclass(frozen=True)
class Attempted:
    """A child's door has seen something; told at any time, under the id 0."""

    attempt: Attempt
    type: str = "attempted"


@dataclass(frozen=True)
class Ping:
    type: str = "ping"


@dataclass(frozen=True)
class Pong:
    type: str = "pong"


@dataclass(frozen=True)
class Cancel:
    target: int
    type: str = "cancel"


@dataclass(frozen=True)
class Finished:
    """A request without a result of its own is done."""

    type: str = "finished"


@dataclass(frozen=True)
class Text:
    text: str
    type: str = "text"


@dataclass(frozen=True)
class Failed:
    """`kind` "user" carries a sentence for the screen; "bug" carries a traceback in `log`;
    "cancelled" ends a load that was stopped."""

    kind: Literal["user", "bug", "cancelled"]
    message: str
    hint: str = ""
    log: str = ""
    type: str = "failed"


def encode(message: Any, request_id: int = 0) -> bytes:
    """One line of JSON with its request id, newline included."""
    payload = {"id": request_id, **vars(message)}
    # `vars` where JSON meets a dataclass: `asdict` copies first, and takes four times as long.
    return json.dumps(payload, separators=(",", ":"), default=vars).encode() + b"\n"
