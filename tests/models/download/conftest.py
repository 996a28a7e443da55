"""A hub on loopback, and the hub as Assay sees it, with a cache of the test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from models.cancel import CancelToken
from models.download.hub import Hub
from models.download.offer import Offer
from models.download.repository import parse_repository
from models.long_work import result_of
from models.network import Door, Gate
from tests.gguf_files import Weights, gguf_bytes
from tests.servers.hub import LoopbackHub, running_hub
from tests.servers.kept_tokens import KeptTokens

REPO = "lab/tiny-GGUF"
SMALL = gguf_bytes()
# Larger than what is read of a header, so that a forecast before a download is one.
LARGE = gguf_bytes(weights=(Weights(shape=(64, 64 * 400), n_bytes=64 * 64 * 400 // 32 * 34),))

MakeHub = Callable[..., Hub]


@pytest.fixture
def server() -> Iterator[LoopbackHub]:
    with running_hub() as hub:
        hub.add(REPO, {"tiny-Q4_K_M.gguf": LARGE, "tiny-Q8_0.gguf": SMALL, "README.md": b"Hello"})
        yield hub


@pytest.fixture
def make_hub(server: LoopbackHub, tmp_path: Path) -> MakeHub:
    """Sealed, over an empty cache; loopback is not beyond this machine."""

    def make(**options: Any) -> Hub:
        gate = options.pop("gate", None) or Gate(Door(), lambda: True)
        cache = options.pop("cache", tmp_path / "hub")
        tokens = options.pop("tokens", None) or KeptTokens()
        environment = {"HF_ENDPOINT": server.endpoint, **options.pop("environment", {})}
        return Hub(gate, cache, tokens, environment=environment, **options)

    return make


@pytest.fixture
def hub(make_hub: MakeHub) -> Hub:
    return make_hub()


def look(hub: Hub, repo: str = REPO) -> Offer:
    return result_of(hub.look(parse_repository(repo), CancelToken()))


def download(hub: Hub, offer: Offer | None = None) -> Path:
    """The default choice of a repository."""
    offer = offer or look(hub)
    return result_of(hub.download(offer, offer.default, CancelToken()))


def partial(cache: Path) -> Path | None:
    """What is kept of a file that is not whole."""
    return next(cache.glob("*/blobs/*.incomplete"), None)
