"""A small lab with its own set, and the Labs page in a window, for tests of the page."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.pages.labs.front import LabsFront
from app.pages.labs.page import LabsPage
from app.pages.labs.run_work import Prepared, prepare
from app.pages.labs.setup_view import SetupView
from app.pages.labs.sizing_work import Sized, Wish, request_of_wish
from labs.brittleness.experiment import EXPERIMENT
from labs.experiments.experiment import Experiment, Size
from labs.experiments.record.plan import content_hash
from labs.experiments.running.sizing import Speed, estimate
from models.long_work import result_of

SMALL = replace(EXPERIMENT, sizes=dict.fromkeys(EXPERIMENT.sizes, Size(8, 3)))
ABLE, SLOW = "sim:able?accuracy=0.7", "sim:able?accuracy=0.7&delay_ms=20"


@dataclass
class LabsUser:
    """Somebody at the Labs page."""

    page: LabsPage
    qtbot: QtBot

    @property
    def front(self) -> LabsFront:
        assert self.page.front is not None
        return self.page.front

    @property
    def context(self) -> AppContext:
        return self.page.context

    @property
    def bar(self) -> str:
        bar = self.page.error_bar
        return bar.accessibleDescription() if bar.isVisible() else ""

    def until(self, done: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(done()))

    def use(self, model: str) -> None:
        self.context.current_model.choose(model)

    def set_up(self, model: str = ABLE) -> SetupView:
        self.use(model)
        self.front.open_lab(SMALL.id)
        setup = self.front.labs.setup
        assert setup is not None
        self.until(lambda: setup.is_settled)
        return setup

    def start(self, model: str = ABLE) -> Any:
        """Press Start; the run that goes on now."""
        self.set_up(model).size_card.start_button.click()
        self.until(lambda: self.front.runs.live_runs)
        return next(iter(self.front.runs.live_runs.values()))

    def finish(self, model: str = ABLE) -> Path:
        """Run to the end and read the result; its folder."""
        run = self.start(model)
        self.until(lambda: self.result_path == run.path)
        return Path(run.path)

    @property
    def result_path(self) -> Path | None:
        data = self.front.runs.result.data
        in_front = self.front.runs.currentWidget() is self.front.runs.result
        return data.path if data is not None and in_front else None

    def show_runs(self) -> None:
        self.front.tabs.setCurrentWidget(self.front.runs)
        self.front.runs.show_table()
        self.until(lambda: not self.context.jobs.running)


def plan_small(home: Path, *models: str, experiment: Experiment = SMALL) -> Prepared:
    """A locked plan without having measured anything."""
    wish = Wish(experiment, {}, models, seed=1)
    request = request_of_wish(wish)
    design = experiment.design(request)
    speeds = {model: Speed(0.1, 60, 1, ()) for model in models}
    sized = Sized(wish, request, design, speeds, estimate(design, speeds))
    prepared: Prepared = result_of(prepare(home, sized, "more than half", "c-17"))
    return prepared


def many_trials(folder: Path) -> None:
    """The same trials under more names, in plan and record alike."""
    plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    copies = 10_000 // len(plan["trials"]) + 1
    plan["trials"] = [{**t, "item": f"{t['item']}-{n}"} for n in range(copies)
                      for t in plan["trials"]]  # fmt: skip
    plan["design"]["n_trials"] = len(plan["trials"])
    plan["hash"] = content_hash(plan)
    (folder / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    lines = [json.loads(line) for line in (folder / "trials.jsonl").read_text().splitlines()]
    text = "".join(json.dumps({**line, "item": f"{line['item']}-{n}"}) + "\n"
                   for n in range(copies) for line in lines)  # fmt: skip
    (folder / "trials.jsonl").write_text(text, encoding="utf-8")
