"""The benches of the Labs page: claim cards, the clinic and the editor of sets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from labs.experiments.scenarios.set_editing import changed
from tests.gallery.scene import Scene
from tests.gallery.stage import Stage

ABLE = "sim:able?accuracy=0.8&drop=0.3"


def _bench(stage: Stage, bench: str) -> Any:
    view = stage.labs.labs.open_bench(bench)
    stage.settle()
    return view


def _claims(stage: Stage) -> None:
    _bench(stage, "claim-cards")


def _claim_runs(stage: Stage) -> None:
    """The first card with runs about it."""
    for seed in range(1, 5):
        _small_run(stage, seed)
    _claims(stage)


def _small_run(stage: Stage, seed: int) -> None:
    from app.pages.labs.run_work import prepare, run
    from app.pages.labs.sizing_work import Sized, Wish, request_of_wish
    from labs.catalog import find_experiment
    from labs.experiments.running.pause import PauseSwitch
    from labs.experiments.running.sizing import Speed
    from models.cancel import CancelToken
    from models.long_work import result_of

    wish = Wish(find_experiment("brittleness"), {}, (ABLE,), seed=seed)
    request = request_of_wish(wish)
    sized = Sized(wish, request, wish.experiment.design(request), {ABLE: Speed(0.1, 60, 1, ())})
    prepared = result_of(prepare(stage.services.paths.runs, sized, "", f"c-{seed}"))
    result_of(run(stage.services, prepared, PauseSwitch(), CancelToken()))


def _to_claim_runs(stage: Stage) -> None:
    from PySide6.QtWidgets import QScrollArea

    view: Any = stage.labs.labs.currentWidget()
    area = view.findChild(QScrollArea)
    area.ensureWidgetVisible(view.cards["H1"].runs, 0, 60)
    stage.pause(100)


def _clinic(stage: Stage) -> None:
    _bench(stage, "statistics-clinic")


def _class(stage: Stage) -> None:
    _bench(stage, "statistics-clinic").students.draw()
    stage.settle()
    stage.settle()


def _drawn(stage: Stage) -> None:
    stage.pause(400)
    stage.settle()


def _class_end(stage: Stage) -> None:
    from PySide6.QtWidgets import QScrollArea

    _drawn(stage)
    view: Any = stage.labs.labs.currentWidget()
    bar = view.students.findChild(QScrollArea).verticalScrollBar()
    bar.setValue(bar.maximum())
    stage.pause(100)


def _cases(stage: Stage) -> None:
    view = _bench(stage, "statistics-clinic")
    view.tabs.setCurrentIndex(1)
    stage.settle()


def _judged(stage: Stage) -> None:
    _cases(stage)
    cases = stage.labs.labs.currentWidget().cases  # type: ignore[attr-defined]
    for verdict in (1, 0):
        cases.case.rows[verdict].radio.click()
        cases.case.see_button.click()
        stage.pause(50)
        if verdict:
            cases.case.next_button.click()


def _sheet(stage: Stage) -> None:
    _clinic(stage)
    stage.labs._toggle_sheet()


def _shelf(stage: Stage) -> None:
    _editor(stage, "original-eight")
    desk = _desk(stage)
    desk.document.change(replace(desk.document.made, title="Deadlines of my own"))
    desk.save()
    stage.settle()
    desk.document.change(replace(desk.document.made, summary="Eight and more."))
    desk.left.emit()
    stage.settle()


def _editor(stage: Stage, key: str) -> None:
    view = _bench(stage, "scenario-design")
    view.copy(next(row for row in view.shelf.rows if row.key == key))
    stage.settle()


def _desk(stage: Stage) -> Any:
    view: Any = stage.labs.labs.currentWidget()
    return view.desk


def _items(stage: Stage) -> None:
    _editor(stage, "medication")
    _desk(stage).items.show_row(2, 1)
    stage.settle()


def _faults(stage: Stage) -> None:
    """A pair that still says the same, and a tone that lost a fact."""
    _editor(stage, "original-eight")
    desk = _desk(stage)
    desk.items.show_row(0)
    desk.items.make_pair()
    made = desk.document.made
    tones = changed(made.tones, 1, text="Task: {task}. It is {now}.")
    desk.document.change(replace(made, tones=tones))
    desk.go_to("tones/clinical")
    stage.until(lambda: desk.is_settled)
    stage.settle()


def _part(number: int) -> Any:
    def arrange(stage: Stage) -> None:
        _editor(stage, "original-eight")
        _desk(stage).tabs.setCurrentIndex(number)
        stage.settle()

    return arrange


def _new(stage: Stage) -> None:
    view = _bench(stage, "scenario-design")
    view.begin_new()
    stage.settle()


SCENES = (
    Scene("labs", "editor shelf", ABLE, _shelf),
    Scene("labs", "editor items", ABLE, _items),
    Scene("labs", "editor about", ABLE, _part(1)),
    Scene("labs", "editor questions", ABLE, _part(2)),
    Scene("labs", "editor faults", ABLE, _faults),
    Scene("labs", "editor new", ABLE, _new),
    Scene("labs", "claims", ABLE, _claims),
    Scene("labs", "claim runs", ABLE, _claim_runs, _to_claim_runs),
    Scene("labs", "clinic", ABLE, _clinic),
    Scene("labs", "clinic sheet", ABLE, _sheet),
    Scene("labs", "clinic class", ABLE, _class, _drawn),
    Scene("labs", "clinic class end", ABLE, _class, _class_end),
    Scene("labs", "clinic cases", ABLE, _cases),
    Scene("labs", "clinic judged", ABLE, _judged),
)
