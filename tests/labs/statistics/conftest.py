"""The statistical libraries bring a hundred thousand objects; they are searched for leaks once."""

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module", autouse=True)
def libraries_are_searched_once() -> Iterator[None]:
    """Every test ends with a garbage collection: 0.2 s each with what these libraries hold."""
    import statsmodels.api  # noqa: F401 - so that it is there before the freeze

    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()
