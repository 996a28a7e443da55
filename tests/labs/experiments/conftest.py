"""One library, pool and sandbox for all runs; the statistical libraries are searched once."""

import gc
from collections.abc import Iterator

import pytest

from models.engine.pool import Pool
from models.engine.sandbox import Sandbox
from models.library.library import Library
from models.starter import starter_place
from tests.labs.experiments.running import Lab


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Iterator[Lab]:
    index = tmp_path_factory.mktemp("library") / "models.sqlite3"
    pool = Pool()
    yield Lab(Library(index, (), (), starter=starter_place()), pool, sandbox)
    pool.close()


@pytest.fixture(scope="module", autouse=True)
def libraries_are_searched_once() -> Iterator[None]:
    """Every test ends with a garbage collection: 0.2 s each with what these libraries hold."""
    import statsmodels.api  # noqa: F401 - so that it is there before the freeze

    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()
