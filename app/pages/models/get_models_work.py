"""The long work of getting models as generators; they know no Qt."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass

from models.cancel import CancelToken
from models.download.choices import Choice
from models.download.curated import CuratedModel, curated_models
from models.download.hub import Hub
from models.download.offer import Offer
from models.download.repository import Repository
from models.fit import Forecast
from models.hardware.memory import MemoryFree, free_bytes


@dataclass(frozen=True)
class Begun:
    """What the tab shows before anything was asked of the hub."""

    curated: tuple[CuratedModel, ...]
    memory: MemoryFree


@dataclass(frozen=True)
class Found:
    """An offer held against the memory that is free now; forecasts by the id of the choice."""

    offer: Offer
    forecasts: Mapping[str, Forecast]
    recommended: Choice | None


def begin() -> Generator[str, None, Begun]:
    yield "Reading the short list"
    return Begun(curated_models(), free_bytes())


def save_token(hub: Hub, token: str) -> Generator[str, None, None]:
    yield "Keeping the access token"
    hub.token.save(token)


def look(hub: Hub, repository: Repository, token: CancelToken) -> Generator[str, None, Found]:
    offer = yield from hub.look(repository, token)
    forecasts = offer.forecasts(free_bytes())
    return Found(offer, forecasts, offer.recommended(forecasts))
