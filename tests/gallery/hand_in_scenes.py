"""What a teacher sees of a hand-in: one lab, a class of them, and files that are none."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from labs.lab_book.attempt import Attempt, sheet_of
from labs.lab_book.book import LabBook, hand_in
from labs.lab_book.guided import guided_lab
from models.long_work import result_of
from tests.gallery.scene import Scene
from tests.gallery.stage import Stage

ABLE = "sim:able?accuracy=0.8&drop=0.3"
NINE = datetime(2026, 11, 3, 9, 0)
WORDS = (
    "The curve gets flatter: dividing by a larger number brings the scores nearer to each other.",
    "About a third of all tokens.",
    "It stays in front, whatever the temperature is.\nOnly the distances change.",
)


def _hand_in(stage: Stage, lab: str, student: str, *, looks: bool = False) -> Path:
    home = stage.services.paths.data
    sheet = sheet_of(guided_lab(lab))
    attempt = LabBook(home / student, "Assay 0.5.0").latest(sheet)
    answers = {question: WORDS[n % 3] for n, question in enumerate(sheet.predictions)}
    if looks:
        attempt.show_anyway(answers, NINE)
    attempt.lock(answers, NINE + timedelta(minutes=12))
    asked = [b.text for b in sheet.blocks if b.kind == "question" and b.text not in answers]
    own = dict.fromkeys(asked[:-2], f"Less than I had thought, as far as {student} can tell.")
    attempt.write(answers | own, NINE + timedelta(minutes=44))
    _keep(attempt)
    path: Path = result_of(hand_in(attempt, home / f"{student}-{lab}.zip"))
    return path


def _keep(attempt: Attempt) -> None:
    name = next(b.file for b in attempt.sheet.blocks if b.kind == "artifact")
    lines = ",\n".join(f' {{"text": " word {n}", "probability": {1 / (n + 2):.4f}}}'
                       for n in range(24))  # fmt: skip
    attempt.keep(name, f"[\n{lines}\n]", NINE + timedelta(minutes=40))


def _take_in(stage: Stage, *paths: Path) -> Any:
    stage.labs.open_target("runs")
    stage.labs.runs.files.take_in(paths)
    stage.settle()
    view = stage.labs.runs.hand_ins
    stage.until(lambda: view.reader is not None and view.reader.is_filled)
    stage.settle()
    return view


def _lab(stage: Stage) -> None:
    _take_in(stage, _hand_in(stage, "sampling", "s17", looks=True))


def _to_file(stage: Stage) -> None:
    from PySide6.QtWidgets import QScrollArea

    reader: Any = stage.labs.runs.hand_ins.reader
    file = next(iter(reader.files.values()))
    file.fold.head.setChecked(True)
    stage.pause(100)
    reader.findChild(QScrollArea).ensureWidgetVisible(file, 0, 40)
    stage.pause(100)


def _class(stage: Stage) -> None:
    bad = stage.services.paths.data / "essay.zip"
    bad.write_bytes(b"%PDF-1.7")
    labs = (("sampling", "s17"), ("sampling", "s42"), ("tokens", "s58"))
    _take_in(stage, *(_hand_in(stage, lab, student) for lab, student in labs), bad)


SCENES = (
    Scene("labs", "hand-in", ABLE, _lab),
    Scene("labs", "hand-in file", ABLE, _lab, _to_file),
    Scene("labs", "hand-ins of a class", ABLE, _class),
)
