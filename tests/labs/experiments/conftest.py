"""One library, pool and sandbox for all runs."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from labs.experiments.record.run_folder import ANSWERS, RunFolder
from models.engine.pool import Pool
from models.engine.sandbox import Sandbox
from models.library.library import Library
from models.starter import starter_place
from tests.labs.experiments.running import Lab

OWN_WORDS = """## Finding
One format is worse. <script>alert(1)</script> ![x](http://example.org/x.png)
"""


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Iterator[Lab]:
    index = tmp_path_factory.mktemp("library") / "models.sqlite3"
    pool = Pool()
    yield Lab(Library(index, (), (), starter=starter_place()), pool, sandbox)
    pool.close()


@pytest.fixture(scope="session")
def finished(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """A finished run on two simulated subjects; tests that change it take a copy."""
    made = lab.plan(
        tmp_path_factory.mktemp("runs") / "finished", "sim:bad-format", "sim:always-yes",
        prediction="JSON will be worse <b>by far</b>",
    )  # fmt: skip
    made.file(ANSWERS).write_text(OWN_WORDS, encoding="utf-8")
    lab.finish(made)
    return made


@pytest.fixture
def copied(finished: RunFolder, tmp_path: Path) -> RunFolder:
    """A copy of the finished run that may be spoilt."""
    return RunFolder(Path(shutil.copytree(finished.path, tmp_path / "copy")))
