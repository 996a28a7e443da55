"""What the doctor says about one thing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Check:
    """`sentence` says what was found, `advice` what to do about it; `facts` are for the file."""

    name: str
    state: State
    sentence: str
    advice: str = ""
    facts: dict[str, str | int | float] = field(default_factory=dict)
