"""The model picker: rows, search, keyboard, and what it leads to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget
from shiboken6 import delete

from app.context import AppContext
from app.model_choice import make_free_picker, make_model_picker
from app.widgets.model_picker import ModelPicker
from app.widgets.model_rows import ModelRow, PickerModel, Section
from models.library.entry import ModelEntry
from tests.gguf_files import write_gguf

ALPHA = ModelEntry("a", "Alpha-Q8_0", Path("/m/alpha.gguf"), "gguf", 10**9, "Jan", "Q8_0")
BETA = ModelEntry("b", "Beta-F16", Path("/m/beta.gguf"), "gguf", 10**9, "Starter", "F16")
BROKEN = ModelEntry("c", "Broken", Path("/m/c.gguf"), "gguf", 0, "Jan", problem="It is empty.")
ECHO = ModelEntry("sim:echo", "sim:echo", Path("sim:echo"), "sim", 0, "Simulated")
ROWS = (ModelRow(ALPHA, "slow"), ModelRow(BETA, "fits"), ModelRow(BROKEN), ModelRow(ECHO))


@pytest.fixture
def picker(qtbot: Any) -> Iterator[ModelPicker]:
    window = QWidget()
    window.resize(700, 600)
    qtbot.addWidget(window)
    picker = ModelPicker(window)
    picker.set_rows(ROWS)
    picker.set_current(ALPHA.model)
    window.show()
    yield picker  # the window lives as long as this frame


def search(picker: ModelPicker) -> QWidget:
    picker.open_list()
    assert picker._popup is not None
    return picker._popup.search


def shown(model: PickerModel) -> list[str]:
    return [model.index(row).data() for row in range(model.rowCount())]


def test_the_button_shows_the_current_model(picker: ModelPicker) -> None:
    assert picker.text().strip() == "Alpha-Q8_0"
    assert picker.accessibleName() == "Model: Alpha-Q8_0"


def test_a_model_without_a_row_shows_its_file_name(picker: ModelPicker) -> None:
    picker.set_current("/elsewhere/Gamma-Q4_0.gguf")
    assert picker.text().strip() == "Gamma-Q4_0"


def test_a_served_model_without_a_row_keeps_its_whole_name(picker: ModelPicker) -> None:
    picker.set_current("endpoint:lab/starter")  # which is not the starter
    assert picker.text().strip() == "endpoint:lab/starter"


def test_simulated_models_have_a_section_of_their_own() -> None:
    model = PickerModel()
    model.set_rows(ROWS)
    assert shown(model) == [
        "Models", "Alpha-Q8_0", "Beta-F16", "Broken", "Simulated", "sim:echo",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "found"), [("beta", ["Beta-F16"]), ("specimen", ["Beta-F16"]), ("zzz", [])]
)
def test_a_search_keeps_what_has_every_word(query: str, found: list[str]) -> None:
    model = PickerModel()
    model.set_rows(ROWS)
    model.search(query)
    assert [name for name in shown(model) if name not in ("Models", "Simulated")] == found


def test_keys_go_from_model_to_model_and_choose(picker: ModelPicker, qtbot: Any) -> None:
    field = search(picker)
    with qtbot.waitSignal(picker.chosen) as chosen:
        qtbot.keyClick(field, Qt.Key.Key_Down)
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert chosen.args == [BETA.model]


def test_a_problem_cannot_be_chosen(picker: ModelPicker, qtbot: Any) -> None:
    field = search(picker)
    qtbot.keyClicks(field, "broken")
    with qtbot.assertNotEmitted(picker.chosen):
        qtbot.keyClick(field, Qt.Key.Key_Return)


def test_escape_closes_the_list(picker: ModelPicker, qtbot: Any) -> None:
    field = search(picker)
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert picker._popup is None


def test_rows_tell_a_screen_reader_name_detail_and_fit() -> None:
    model = PickerModel()
    model.set_rows(ROWS)
    text = model.index(2).data(Qt.ItemDataRole.AccessibleTextRole)
    assert text.startswith("Beta-F16, F16")
    assert text.endswith("Specimen, 135M: fluent, often wrong, Fits")
    assert isinstance(model.index(0).data(Qt.ItemDataRole.UserRole + 1), Section)


def test_a_size_that_a_server_does_not_tell_is_left_out() -> None:
    served = ModelEntry("e", "endpoint:lab/tiny", Path("tiny"), "endpoint", 0, "lab")
    assert ModelRow(served).detail == "lab"


def test_opening_looks_for_models_and_choosing_sets_the_current_one(
    context: AppContext, qtbot: Any, tmp_path: Path
) -> None:
    path = write_gguf(tmp_path / "models" / "tiny.gguf")
    context.services.library.add(path)
    window = QWidget()
    qtbot.addWidget(window)
    picker = make_model_picker(context)
    picker.setParent(window)
    window.show()
    picker.open_list()
    qtbot.waitUntil(lambda: not context.jobs.running and len(picker.rows) > 1)
    assert picker.rows[0].verdict == "fits"
    picker.chosen.emit(str(path))
    assert context.current_model.model == str(path)
    assert picker.text().strip() == "tiny"


def test_what_is_found_after_the_window_has_gone_is_told_to_nobody(
    context: AppContext, qtbot: Any
) -> None:
    window = QWidget()
    picker = make_free_picker(context)
    picker.setParent(window)
    window.show()
    picker.open_list()
    delete(window)
    qtbot.waitUntil(lambda: not context.jobs.running)


def test_the_one_who_wrote_before_writes_on_after_the_choice(
    picker: ModelPicker, qtbot: Any
) -> None:
    writing = QLineEdit(picker.window())
    writing.show()
    writing.setFocus()
    qtbot.keyClick(search(picker), Qt.Key.Key_Return)
    assert picker.window().focusWidget() is writing
