"""One state of one page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.gallery.stage import Stage


def nothing(_stage: Stage) -> None:
    """A scene that needs nothing done."""


@dataclass(frozen=True)
class Scene:
    """`arrange` brings the window into the state, once; `again` is repeated before each picture."""

    page: str
    state: str
    model: str  # "" is the starter
    arrange: Callable[[Stage], None] = nothing
    again: Callable[[Stage], None] = nothing

    @property
    def name(self) -> str:
        return f"{self.page}-{self.state}".replace(" ", "-")
