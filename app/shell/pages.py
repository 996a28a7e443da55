"""The pages of the window in the order of the navigation; each is built when first opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.pages.labs.places import PLACES
from app.pages.network.places import PLACES as NETWORK_PLACES
from app.pages.quantization.places import PLACES as QUANTIZATION_PLACES
from app.pages.telemetry.places import PLACES as TELEMETRY_PLACES
from app.pages.tokens.places import PLACES as TOKENS_PLACES

if TYPE_CHECKING:
    from app.context import AppContext
    from app.pages.page import Page, Place


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


def _chat(context: AppContext) -> Page:
    from app.pages.chat.page import ChatPage

    return ChatPage(context)


def _labs(context: AppContext) -> Page:
    from app.pages.labs.page import LabsPage

    return LabsPage(context)


def _models(context: AppContext) -> Page:
    from app.pages.models.page import ModelsPage

    return ModelsPage(context)


def _tokens(context: AppContext) -> Page:
    from app.pages.tokens.page import TokensPage

    return TokensPage(context)


def _quantization(context: AppContext) -> Page:
    from app.pages.quantization.page import QuantizationPage

    return QuantizationPage(context)


def _telemetry(context: AppContext) -> Page:
    from app.pages.telemetry.page import TelemetryPage

    return TelemetryPage(context)


def _network(context: AppContext) -> Page:
    from app.pages.network.page import NetworkPage

    return NetworkPage(context)


def _settings(context: AppContext) -> Page:
    from app.pages.settings.page import SettingsPage

    return SettingsPage(context)


PAGES = (
    PageEntry("chat", "Chat", "chat-circle", 0, _chat),
    PageEntry("labs", "Labs", "flask", 0, _labs, PLACES),
    PageEntry("models", "Models", "cube", 0, _models),
    PageEntry("tokens", "Tokens", "puzzle-piece", 1, _tokens, TOKENS_PLACES),
    PageEntry("quantization", "Quantization", "scales", 1, _quantization, QUANTIZATION_PLACES),
    PageEntry("telemetry", "Telemetry", "pulse", 2, _telemetry, TELEMETRY_PLACES),
    PageEntry("network", "Network", "globe", 2, _network, NETWORK_PLACES),
    PageEntry("settings", "Settings", "gear-six", 2, _settings),
)
