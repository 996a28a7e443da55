"""The benches of the Labs page: claim cards, the clinic and the editor of sets."""

from __future__ import annotations

from typing import Any

from tests.gallery.scene import Scene
from tests.gallery.stage import Stage

ABLE = "sim:able?accuracy=0.8&drop=0.3"


def _bench(stage: Stage, bench: str) -> Any:
    view = stage.labs.labs.open_bench(bench)
    stage.settle()
    return view


def _claims(stage: Stage) -> None:
    _bench(stage, "claim-cards")


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


SCENES = (
    Scene("labs", "claims", ABLE, _claims),
    Scene("labs", "clinic", ABLE, _clinic),
    Scene("labs", "clinic sheet", ABLE, _sheet),
    Scene("labs", "clinic class", ABLE, _class, _drawn),
    Scene("labs", "clinic class end", ABLE, _class, _class_end),
    Scene("labs", "clinic cases", ABLE, _cases),
    Scene("labs", "clinic judged", ABLE, _judged),
)
