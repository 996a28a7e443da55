"""The window's event loop while a run of ten thousand trials is opened and looked through."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import defaultdict
from pathlib import Path

from app.pages.labs.run_work import run
from app.paths import find_paths
from app.services import open_services
from app.settings_file import SettingsStore
from labs.brittleness.experiment import EXPERIMENT
from labs.experiments.running.pause import PauseSwitch
from models.cancel import CancelToken
from models.long_work import result_of
from tests.bench.line import ROUNDS, Bound, Line
from tests.bench.processes import Talker
from tests.gui.labs_page import many_trials, plan_small

SUBJECT = "sim:able?accuracy=0.7&drop=0.2"
LIMIT_MS = 60.0
STEPS = {
    "open_page": "Opening the Labs page",
    "show_runs": "Showing My runs",
    "open_run": "Opening a run of 10,000 trials",
    "filter_answers": "Filtering 10,000 trials",
    "scroll_answers": "Scrolling 10,000 trials",
    "inspect_trials": "Looking at single trials of 10,000",
}


def measure(work: Path) -> tuple[Line, ...]:
    """The longest stall of each step; every round in a window of its own, as the first time is
    the slowest."""
    found: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory(dir=work) as folder:
        name = _make_home(Path(folder))
        for _ in range(ROUNDS):
            with Talker("assay_runs", home=Path(folder)) as app:
                for step in STEPS:
                    named = {"name": name} if step == "open_run" else {}
                    found[step].append(app.ask(do=step, **named)["stall_ms"])
    bound = Bound("value", "at most", LIMIT_MS)
    return tuple(
        Line(f"{title}, longest stall", "ms", bound, tuple(found[step]))
        for step, title in STEPS.items()
    )


def _make_home(folder: Path) -> str:
    """A home with two finished runs of a simulated subject; the name of the one that is made ten
    thousand trials long by repeating its own."""
    paths = find_paths({"ASSAY_HOME": str(folder)})
    paths.settings_file.write_text(json.dumps({"schema_version": 1, "last_model": SUBJECT}))
    services = open_services(paths, SettingsStore(paths.settings_file))
    prepared = plan_small(paths.runs, SUBJECT, experiment=EXPERIMENT)
    result_of(run(services, prepared, PauseSwitch(), CancelToken()))
    services.close()
    long = prepared.path.with_name(f"{prepared.path.name}-long")
    shutil.copytree(prepared.path, long)
    many_trials(long)
    return long.name
