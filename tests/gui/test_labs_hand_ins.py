"""A teacher opens what was handed in: labs are read, runs come into My runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLabel, QLineEdit, QPlainTextEdit
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.pages.labs.hand_in_reader import HandInReader
from app.runs.run_links import target_of_files
from app.runs.run_list import export_zip
from labs.lab_book.attempt import Attempt, sheet_of
from labs.lab_book.book import LabBook, hand_in
from labs.lab_book.guided import guided_lab
from models.long_work import result_of
from tests.gui.labs_bench import labs_user
from tests.gui.labs_page import LabsUser, plan_small

GUESS = "It gets flatter."


@pytest.fixture
def user(context: AppContext, qtbot: QtBot) -> Iterator[LabsUser]:
    yield from labs_user(context, qtbot)


@pytest.fixture
def attempt(tmp_path: Path) -> Attempt:
    made = LabBook(tmp_path / "book", "Assay 1").latest(sheet_of(guided_lab("sampling")))
    guesses = dict.fromkeys(made.sheet.predictions, GUESS)
    made.show_anyway(guesses)
    made.lock(guesses)
    made.keep(artifact_of(made), '{"tokens": [1, 2]}')
    return made


def artifact_of(attempt: Attempt) -> str:
    return next(block.file for block in attempt.sheet.blocks if block.kind == "artifact")


def zipped(attempt: Attempt, name: str = "s17.zip") -> Path:
    path: Path = result_of(hand_in(attempt, attempt.path.parents[2] / name))
    return path


def take_in(user: LabsUser, *paths: Path) -> None:
    user.front.runs.files.take_in(paths)
    user.until(lambda: not user.context.jobs.running)


def reader_of(user: LabsUser) -> HandInReader:
    view = user.front.runs.hand_ins
    user.until(lambda: view.reader is not None and view.reader.is_filled)
    assert view.reader is not None
    return view.reader


def told(reader: HandInReader) -> list[str]:
    return [label.text() for label in reader.findChildren(QLabel)]


def test_a_lab_is_read_with_its_dates_answers_and_files(user: LabsUser, attempt: Attempt) -> None:
    take_in(user, zipped(attempt))
    reader, said = reader_of(user), told(reader_of(user))
    assert user.front.runs.currentWidget() is user.front.runs.hand_ins
    assert said.count(GUESS) == len(attempt.sheet.predictions)
    assert "L03 Sampling" in said and any("with “Show anyway”" in text for text in said)
    assert any(text.startswith("Written ") and text.endswith("; locked.") for text in said)
    file = reader.files[artifact_of(attempt)]
    file.fold.head.click()
    (field,) = file.findChildren(QPlainTextEdit)
    assert json.loads(field.toPlainText()) == {"tokens": [1, 2]}
    assert field.isReadOnly() and not reader.findChildren(QLineEdit)
    reader.with_text.click()
    shown = [label.text() for label in reader.findChildren(QLabel) if label.isVisibleTo(reader)]
    assert GUESS in shown and len(shown) < len(said)


def test_a_class_stands_in_a_list_and_a_bad_file_keeps_nothing_from_it(
    user: LabsUser, attempt: Attempt, tmp_path: Path
) -> None:
    (tmp_path / "bad.zip").write_bytes(b"PK")
    take_in(user, zipped(attempt), zipped(attempt, "s42.zip"), tmp_path / "bad.zip")
    view = user.front.runs.hand_ins
    assert view.list.count() == 2 and view.list.isVisibleTo(view)
    assert "1 of 3 files was not opened. bad.zip is no zip file" in user.bar
    view.list.setCurrentRow(1)
    assert any(text.startswith("s42.zip · Attempt 1") for text in told(reader_of(user)))


def test_a_file_that_is_none_leaves_the_page_as_it_was(user: LabsUser, tmp_path: Path) -> None:
    (tmp_path / "bad.zip").write_bytes(b"PK")
    user.front.runs.show_table()
    take_in(user, tmp_path / "bad.zip")
    assert "bad.zip is no zip file, or only a part of one." in user.bar
    assert user.front.runs.currentWidget() is user.front.runs.table


def test_a_lab_of_another_sheet_is_shown_as_plain_words(user: LabsUser, attempt: Attempt) -> None:
    lab = attempt.path / "lab.json"
    lab.write_text(json.dumps(json.loads(lab.read_text()) | {"sheet_version": "older"}))
    picture = "![x](file:///etc/passwd) <b>bold</b>"
    with (attempt.path / "answers.md").open("a") as file:
        file.write(f"\n> ? {picture}\n\nyes\n")
    take_in(user, zipped(attempt))
    reader = reader_of(user)
    label = next(each for each in reader.findChildren(QLabel) if each.text() == picture)
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert not reader.with_text.isVisibleTo(reader)


def test_a_run_comes_into_my_runs(user: LabsUser, tmp_path: Path) -> None:
    run = plan_small(tmp_path / "theirs", "sim:coin").path
    (run / "trials.jsonl").write_text("")
    take_in(user, result_of(export_zip(run, tmp_path / "run.zip")))
    user.until(lambda: user.result_path is not None)
    (row,) = user.front.runs.rows
    assert (row.student, row.is_linked) == ("c-17", False)
    assert row.path == user.context.services.paths.runs / run.name
    told = user.front.runs.result.handed_in
    assert told.isVisibleTo(told.parentWidget()) and "changes this copy alone" in told.text()


def test_hand_ins_are_chosen_in_a_dialog_or_dropped_on_the_window(
    user: LabsUser, attempt: Attempt
) -> None:
    path = zipped(attempt)
    user.front.open_target("hand-in")
    dialog = user.front.runs.findChild(QFileDialog)
    assert dialog is not None
    dialog.filesSelected.emit([str(path)])
    reader_of_first = user.front.runs.hand_ins
    user.until(lambda: reader_of_first.reader is not None)
    dialog.close()
    user.front.runs.show_table()
    user.front.open_target(target_of_files([path]))
    user.until(lambda: user.front.runs.currentWidget() is user.front.runs.hand_ins)
    reader_of(user)
