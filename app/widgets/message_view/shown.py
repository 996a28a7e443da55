"""What the message view shows of a message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from labs.chat.conversation import Attachment, MessageState, Provenance, Role
from models.engine.messages import TokenData

Measure = Literal["surprise", "entropy"]
Action = Literal[
    "regenerate", "continue", "branch", "older", "newer", "unsure", "sent", "surprise", "entropy",
    "six_ways", "keep",
]  # fmt: skip
# Laying out this much takes as long as the window may stand still; no model of today writes more.
MOST_DRAWN_CHARS = 100_000


@dataclass(frozen=True)
class Lens:
    """The tokens of a reply to show in place of its text, coloured by `measure`."""

    tokens: tuple[TokenData, ...]
    measure: Measure = "surprise"


@dataclass(frozen=True)
class ShownMessage:
    """One message of the branch on screen; `version` counts from 1."""

    id: int
    role: Role
    text: str
    state: MessageState = "complete"
    name: str = ""  # who speaks, where no provenance says so yet
    error: str = ""
    thinking: str = ""
    thinking_s: float | None = None
    is_thinking: bool = False
    attachments: tuple[Attachment, ...] = ()
    version: int = 1
    versions: int = 1
    provenance: Provenance | None = None
    left_out: bool = False  # not sent with the last reply
    shortened: bool = False
    dropped_count: int = 0  # messages that this reply did not see
    busy: str = ""  # what is going on before the first word
    busy_share: float | None = None  # 0 to 1, where the end is in sight
    is_last: bool = False
    lens: Lens | None = None
    asks_yes_no: bool = False
    is_compared: bool = False  # stands beside the reply of another model


@dataclass
class CardState:
    """What the user unfolded; kept while a card comes and goes with scrolling."""

    thinking_open: bool = False
    details_open: bool = False
