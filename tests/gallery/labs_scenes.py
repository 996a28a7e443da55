"""The Labs page: cards, set-up, a run, its result, one trial, my runs, and what goes wrong."""

from __future__ import annotations

from PySide6.QtWidgets import QScrollArea

from labs.experiments.record.trials import TrialRecord
from tests.gallery.scene import Scene
from tests.gallery.stage import Stage
from tests.labs.experiments.running import locked_run

SLOW = "sim:able?accuracy=0.7&drop=0.3&delay_ms=120"
ABLE = "sim:able?accuracy=0.8&drop=0.3"


def _set_up(stage: Stage) -> None:
    stage.labs.open_lab("brittleness")
    setup = stage.labs.labs.setup
    assert setup is not None
    setup.prediction.setPlainText("Fewer than one answer in ten will change with the layout.")
    stage.until(lambda: setup.is_settled)


def _repeats(stage: Stage) -> None:
    """The same question asked again and again."""
    stage.labs.open_lab("repeats")
    setup = stage.labs.labs.setup
    assert setup is not None
    stage.until(lambda: setup.is_settled)
    setup.size_card.start_button.click()
    stage.until(lambda: stage.labs.runs.result.data is not None)
    _drawn(stage)


def _tried(stage: Stage) -> None:
    _set_up(stage)
    setup = stage.labs.labs.setup
    assert setup is not None
    setup.try_items()
    stage.until(lambda: setup.is_settled)


def _sheet(stage: Stage) -> None:
    _set_up(stage)
    stage.window.page("labs").sheet_button.setChecked(True)  # type: ignore[attr-defined]


def _labelled(stage: Stage) -> None:
    _result(stage)
    stage.labs.runs.result.label_button.click()
    stage.settle()


def _running(stage: Stage) -> None:
    _start(stage)
    stage.until(lambda: any(run.done > 30 for run in stage.labs.runs.live_runs.values()))


def _start(stage: Stage) -> None:
    _set_up(stage)
    setup = stage.labs.labs.setup
    assert setup is not None
    setup.size_card.start_button.click()


def _paused(stage: Stage) -> None:
    _running(stage)
    run = next(iter(stage.labs.runs.live_runs.values()))
    run.pause()
    stage.until(lambda: run.rests)


def _result(stage: Stage) -> None:
    _start(stage)
    stage.until(lambda: stage.labs.runs.result.data is not None)
    _drawn(stage)


def _drawn(stage: Stage) -> None:
    """The chart of the theme and size that hold now."""
    stage.pause(400)
    stage.settle()


def _answers(stage: Stage) -> None:
    _result(stage)
    stage.labs.runs.result.answers.filter.setCurrentIndex(1)


def _to_answers(stage: Stage) -> None:
    _drawn(stage)
    result = stage.labs.runs.result
    result._scroll.ensureWidgetVisible(result.answers, 0, 40)
    stage.pause(100)


def _first_wrong(stage: Stage) -> TrialRecord:
    grid = next(iter(stage.labs.runs.result.data.grids.values()))  # type: ignore[union-attr]
    return next(c for row in grid.cells for c in row if c and c.outcome("free") != c.truth)


def _inspected(stage: Stage) -> None:
    _result(stage)
    stage.labs.runs.result.open_trial(_first_wrong(stage))
    stage.settle()


def _details(stage: Stage) -> None:
    _result(stage)
    from app.pages.labs.fold import Fold

    for fold in stage.labs.runs.result.details.findChildren(Fold):
        fold.head.setChecked(True)


def _to_details(stage: Stage) -> None:
    _drawn(stage)
    bar = stage.labs.runs.result._scroll.verticalScrollBar()
    bar.setValue(bar.maximum() * 3 // 4)


def _two_runs(stage: Stage) -> None:
    """Two that are done, one that was stopped, one that is damaged."""
    _result(stage)
    _result(stage)
    stage.use(SLOW)
    _running(stage)
    run = next(iter(stage.labs.runs.live_runs.values()))
    run.stop()
    stage.settle()
    broken = stage.services.paths.runs / "2026-01-01-brittleness-copied"
    broken.mkdir()
    (broken / "plan.json").write_text("{}", encoding="utf-8")
    stage.labs.runs.show_table()
    stage.settle()


def _compared(stage: Stage) -> None:
    _result(stage)
    _result(stage)
    first, second = (row.path for row in stage.labs.runs.rows[:2])
    stage.labs.runs.compare(first, second)
    stage.settle()


def _in_the_bin(stage: Stage) -> None:
    _two_runs(stage)
    stage.labs.runs.bin.put(stage.labs.runs.rows[-1].path)
    stage.settle()


def _bin(stage: Stage) -> None:
    stage.labs.runs.bin.open()
    stage.pause(300)


def _more(stage: Stage) -> None:
    _set_up(stage)
    setup = stage.labs.labs.setup
    assert setup is not None
    setup.more.head.setChecked(True)


def _to_more(stage: Stage) -> None:
    setup = stage.labs.labs.setup
    assert setup is not None
    area = setup.findChild(QScrollArea)
    area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
    stage.pause(100)


def _empty_runs(stage: Stage) -> None:
    stage.labs.tabs.setCurrentIndex(1)
    stage.settle()


def _set_aside(stage: Stage) -> None:
    """One of two models cannot be loaded, and the other is finished."""
    folder = stage.services.paths.runs / "pair"
    locked_run(folder, "sim:broken", ABLE)
    stage.labs.tabs.setCurrentIndex(1)
    stage.settle()
    stage.labs.runs.resume(folder)
    stage.until(lambda: stage.labs.runs.result.data is not None)
    _drawn(stage)


def _stopped(stage: Stage) -> None:
    _running(stage)
    next(iter(stage.labs.runs.live_runs.values())).stop()
    stage.settle()


SCENES = (
    Scene("labs", "cards", ABLE, lambda stage: stage.labs.labs.show_cards()),
    Scene("labs", "set-up", ABLE, _set_up),
    Scene("labs", "set-up tried", ABLE, _tried),
    Scene("labs", "set-up without a model that runs", "sim:broken", _set_up),
    Scene("labs", "sheet", ABLE, _sheet),
    Scene("labs", "running", SLOW, _running),
    Scene("labs", "paused", SLOW, _paused),
    Scene("labs", "stopped", SLOW, _stopped),
    Scene("labs", "a model set aside", ABLE, _set_aside, _drawn),
    Scene("labs", "result", ABLE, _result, _drawn),
    Scene("labs", "repeats", ABLE, _repeats, _drawn),
    Scene("labs", "answers", ABLE, _answers, _to_answers),
    Scene("labs", "trial", ABLE, _inspected, _drawn),
    Scene("labs", "labels", ABLE, _labelled),
    Scene("labs", "details", ABLE, _details, _to_details),
    Scene("labs", "my runs", ABLE, _two_runs),
    Scene("labs", "my runs empty", ABLE, _empty_runs),
    Scene("labs", "bin of runs", ABLE, _in_the_bin, _bin),
    Scene("labs", "set-up more", ABLE, _more, _to_more),
    Scene("labs", "two runs", ABLE, _compared),
)
