"""The pages of the window in the order of the navigation; each is built when first opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from app.pages.chat.places import PLACES as CHAT_PLACES
from app.pages.labs.places import PLACES
from app.pages.models.places import PLACES as MODELS_PLACES
from app.pages.network.places import PLACES as NETWORK_PLACES
from app.pages.quantization.places import PLACES as QUANTIZATION_PLACES
from app.pages.telemetry.places import PLACES as TELEMETRY_PLACES
from app.pages.tokens.places import PLACES as TOKENS_PLACES

if TYPE_CHECKING:
    from app.context import AppContext
    from app.pages.page import Page, Place


@dataclass(frozen=True)
class LatePage:
    """A page by its module, which is imported when the page is made, or read before."""

    module: str
    name: str

    def __call__(self, context: AppContext) -> Page:
        page: Page = getattr(import_module(self.module), self.name)(context)
        return page

    def read(self) -> None:
        import_module(self.module)


@dataclass(frozen=True)
class PageEntry:
    """A page before it exists: its id, word, icon, place in the three groups, and what in it can
    be opened by name."""

    id: str
    title: str
    icon: str
    group: int
    build: Callable[[AppContext], Page]
    places: tuple[Place, ...] = ()


def _in(folder: str, name: str) -> LatePage:
    return LatePage(f"app.pages.{folder}.page", name)


PAGES = (
    PageEntry("chat", "Chat", "chat-circle", 0, _in("chat", "ChatPage"), CHAT_PLACES),
    PageEntry("labs", "Labs", "flask", 0, _in("labs", "LabsPage"), PLACES),
    PageEntry("models", "Models", "cube", 0, _in("models", "ModelsPage"), MODELS_PLACES),
    PageEntry("tokens", "Tokens", "puzzle-piece", 1, _in("tokens", "TokensPage"), TOKENS_PLACES),
    PageEntry("quantization", "Quantization", "scales", 1,
              _in("quantization", "QuantizationPage"), QUANTIZATION_PLACES),
    PageEntry("telemetry", "Telemetry", "pulse", 2,
              _in("telemetry", "TelemetryPage"), TELEMETRY_PLACES),
    PageEntry("network", "Network", "globe", 2, _in("network", "NetworkPage"), NETWORK_PLACES),
    PageEntry("settings", "Settings", "gear-six", 2, _in("settings", "SettingsPage")),
)  # fmt: skip
