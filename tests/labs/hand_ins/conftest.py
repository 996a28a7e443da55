"""One run folder that can be handed in."""

from pathlib import Path

import pytest

from labs.brittleness.experiment import EXPERIMENT
from labs.experiments.experiment import Request, Size
from labs.experiments.record.plan import Order, lock
from labs.experiments.record.run_folder import RunFolder
from tests.labs.experiments.running import LOCKED_AT


@pytest.fixture(scope="module")
def made_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan that was locked, with one torn trial; read only."""
    options, size = EXPERIMENT.options(), Size(4, 2)
    request = Request(options, size, 1, EXPERIMENT.scenarios(options, size, 1))
    order = Order(request, ("sim:coin",), "exact", student="c-17")
    folder = RunFolder(tmp_path_factory.mktemp("handed") / "2026-11-25-brittleness-coin")
    folder.create(lock(EXPERIMENT, order, EXPERIMENT.design(request), "Assay test", LOCKED_AT))
    folder.file("trials.jsonl").write_text('{"model":"sim:coin"')
    folder.file(".lock").write_text("")
    return folder.path
