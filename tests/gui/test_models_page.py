"""The Models page as a user meets it: real files, a real library, real jobs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QComboBox, QLineEdit, QSpinBox

from app.context import AppContext
from app.notices import Notice
from app.pages.models.page import ModelsPage
from app.paths import Paths
from app.services import Services
from models.engine.messages import LoadSettings
from models.library.entry import ModelEntry
from models.library.library import Library
from models.library.peaks import note_peaks
from models.library.roots import Root
from tests.gguf_files import LLAMA, gguf_bytes, tokens, write_gguf


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_gguf(tmp_path / "models" / "alpha-Q8_0.gguf")
    write_gguf(tmp_path / "models" / "beta-F16.gguf", {**LLAMA, "general.name": "Beta"})
    (tmp_path / "models" / "broken.gguf").write_text("no model")
    return tmp_path / "models"


@pytest.fixture
def bin_folder(tmp_path: Path) -> Path:
    (tmp_path / "bin").mkdir()
    return tmp_path / "bin"


@pytest.fixture
def services(services: Services, paths: Paths, folder: Path, bin_folder: Path) -> Services:
    library = Library(
        paths.model_index,
        (Root(folder, "LM Studio"),),
        records_path=paths.model_records,
        trash=lambda path: shutil.move(path, bin_folder),
    )
    services.pool.subscribe(lambda: note_peaks(library, services.pool.status()))
    return replace(services, library=library)


@pytest.fixture
def page(qtbot: Any, context: AppContext) -> Iterator[ModelsPage]:
    page = make_page(context, qtbot)
    page.resize(1200, 700)
    page.show()
    page.activate()
    qtbot.waitUntil(lambda: page.look_button.isEnabled() and is_settled(page))
    yield page
    qtbot.waitUntil(lambda: is_settled(page))


def make_page(context: AppContext, qtbot: Any) -> ModelsPage:
    page = ModelsPage(context)
    for widget in (page, *page.header_widgets()):  # the header of the window adopts the latter
        qtbot.addWidget(widget)
    return page


def is_settled(page: ModelsPage) -> bool:
    return not page.context.jobs.running and not page.machine._show_timer.isActive()


def names(page: ModelsPage) -> list[str]:
    model = page.list.table.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def choose(page: ModelsPage, qtbot: Any, name: str) -> ModelEntry:
    entry = next(row.entry for row in page.list.rows.rows if row.entry.name == name)
    page.list.select(entry.id)
    qtbot.waitUntil(lambda: is_settled(page))
    return entry


def said(context: AppContext) -> list[Notice]:
    """What was said, for a window that would show it."""
    notices: list[Notice] = []
    context.notices.shown.connect(notices.append)
    context.notices.attach_window()
    return notices


def drop(page: ModelsPage, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    page.dropEvent(event)


def test_the_table_shows_what_was_found(page: ModelsPage) -> None:
    assert names(page) == ["alpha-Q8_0", "beta-F16", "broken"]
    fits = [page.list.table.model().index(row, 4).data() for row in range(3)]
    assert fits == ["Fits", "Fits", "Problem"]


def test_search_and_place_narrow_the_table(page: ModelsPage) -> None:
    page.list.search.setText("beta f16")
    assert names(page) == ["beta-F16"]
    assert page.list.count.text() == "1 of 3 models"
    assert page.list.places.itemText(1) == "LM Studio (3)"


def test_columns_sort_by_amount_not_by_letters(page: ModelsPage) -> None:
    page.list.table.sortByColumn(3, Qt.SortOrder.AscendingOrder)
    assert names(page)[0] == "broken"


def test_the_inspector_shows_header_weights_and_template(page: ModelsPage, qtbot: Any) -> None:
    choose(page, qtbot, "alpha-Q8_0")
    inspector = page.inspector
    assert inspector.header.rows.rows[0].key == "general.architecture"
    assert "8.50 bits a weight" in inspector.weights.sentence.text()
    assert inspector.weights.rows.rows[0].name == "blk.0.attn_q.weight"
    assert inspector.template.source.toPlainText() == "{{ messages }}"


@pytest.mark.parametrize(
    ("key", "start"),
    [("general.name", "Beta"), ("tokenizer.ggml.tokens", "0\ttok0\n1\ttok1")],
)
def test_a_selected_value_is_shown_whole_and_a_long_array_is_read_then(
    page: ModelsPage, qtbot: Any, folder: Path, key: str, start: str
) -> None:
    write_gguf(folder / "beta-F16.gguf", {**LLAMA, "general.name": "Beta", **tokens(3000)})
    choose(page, qtbot, "beta-F16")
    header = page.inspector.header
    header.search.setText(key)
    header.table.selectRow(0)
    assert header.value.toPlainText().startswith(start)


def test_a_problem_is_said_and_cannot_be_loaded(page: ModelsPage, qtbot: Any) -> None:
    choose(page, qtbot, "broken")
    assert "cannot be read as a GGUF model" in page.inspector.problem.text()
    assert not page.inspector.load_button.isEnabled()
    assert not page.inspector.chat_button.isEnabled()


def test_the_forecast_moves_with_the_context_and_is_saved(page: ModelsPage, qtbot: Any) -> None:
    entry = choose(page, qtbot, "alpha-Q8_0")
    before = page.inspector.fit.total.text()
    page.inspector.form.n_ctx.setValue(65536)
    assert page.inspector.fit.total.text() != before
    qtbot.waitUntil(lambda: page.machine.library.load_settings(entry).n_ctx == 65536)


def test_settings_edited_just_before_another_model_is_chosen_are_kept(
    page: ModelsPage, qtbot: Any
) -> None:
    entry = choose(page, qtbot, "alpha-Q8_0")
    page.inspector.form.threads.setValue(1)
    other = choose(page, qtbot, "beta-F16")
    assert page.machine.library.load_settings(entry).threads == 1
    assert page.machine.library.load_settings(other).threads == 0


def test_defaults_come_back(page: ModelsPage, qtbot: Any) -> None:
    entry = choose(page, qtbot, "alpha-Q8_0")
    page.inspector.form.type_k.setCurrentIndex(1)
    page.inspector.form.reset.click()
    choose(page, qtbot, "beta-F16")
    assert page.machine.library.load_settings(entry).type_k == "f16"


def test_removing_can_be_undone(page: ModelsPage, qtbot: Any, folder: Path) -> None:
    notices = said(page.context)
    choose(page, qtbot, "beta-F16")
    page.machine.remove()
    assert "beta-F16" not in names(page)
    assert (folder / "beta-F16.gguf").exists()
    undo = notices[-1].run
    assert undo is not None
    undo()
    assert "beta-F16" in names(page)


def test_the_bin_takes_the_file(page: ModelsPage, qtbot: Any, bin_folder: Path) -> None:
    page.machine.actions_on_models.move_to_bin(choose(page, qtbot, "beta-F16"))
    qtbot.waitUntil(lambda: "beta-F16" not in names(page))
    assert (bin_folder / "beta-F16.gguf").exists()


def test_a_dropped_file_is_linked_in_place(page: ModelsPage, qtbot: Any, tmp_path: Path) -> None:
    path = write_gguf(tmp_path / "elsewhere" / "mine.gguf")
    drop(page, path)
    qtbot.waitUntil(lambda: "mine" in names(page))
    assert page.list.current() is not None
    assert page.inspector.entry is not None
    assert page.inspector.entry.path == path


def test_a_dropped_file_that_is_no_model_is_refused(
    page: ModelsPage, qtbot: Any, tmp_path: Path
) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    drop(page, tmp_path / "notes.txt")
    qtbot.waitUntil(page.error_bar.isVisible)
    assert "is not a model file" in page.error_bar.accessibleDescription()


def test_a_file_moved_while_listed_gets_a_sentence(
    page: ModelsPage, qtbot: Any, folder: Path
) -> None:
    choose(page, qtbot, "alpha-Q8_0")
    (folder / "alpha-Q8_0.gguf").rename(folder / "elsewhere")
    page.machine.load()
    qtbot.waitUntil(page.error_bar.isVisible)
    assert "no longer in" in page.error_bar.accessibleDescription()


def test_the_hash_is_computed_where_it_is_looked_for(page: ModelsPage, qtbot: Any) -> None:
    entry = choose(page, qtbot, "alpha-Q8_0")
    page.inspector.tabs.setCurrentIndex(4)
    qtbot.waitUntil(lambda: page.machine.library.known_sha256(entry) != "" and is_settled(page))
    assert page.inspector.identity.text_of("SHA-256") == page.machine.library.known_sha256(entry)


def test_copies_are_named(page: ModelsPage, qtbot: Any, folder: Path) -> None:
    (folder / "copy.gguf").write_bytes(gguf_bytes())
    page.look()
    qtbot.waitUntil(lambda: "copy" in names(page) and is_settled(page))
    choose(page, qtbot, "copy")
    assert "alpha-Q8_0" in page.inspector.identity.text_of("Same content")


def test_where_a_model_was_found_is_a_sentence(
    page: ModelsPage, qtbot: Any, tmp_path: Path
) -> None:
    write_gguf(tmp_path / "elsewhere" / "gamma.gguf")
    page.machine.actions_on_models.add([tmp_path / "elsewhere" / "gamma.gguf"])
    qtbot.waitUntil(lambda: "gamma" in names(page) and is_settled(page))
    choose(page, qtbot, "gamma")
    assert page.inspector.summary.text().endswith("added\N{NO-BREAK SPACE}by\N{NO-BREAK SPACE}you")


def test_rows_are_copied_as_tsv_and_exported_as_csv(page: ModelsPage, tmp_path: Path) -> None:
    page.list.table.clearSelection()
    page.list.table.copy_rows()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[1].split("\t")[:3] == ["alpha-Q8_0", "Q8_0", "8.50"]
    page.list.table.export(tmp_path / "models.csv")
    assert (tmp_path / "models.csv").read_text().startswith("Name,Type,Bits a weight,Size")


def test_an_export_that_cannot_be_written_is_said(page: ModelsPage, tmp_path: Path) -> None:
    page.list.table.export(tmp_path / "nowhere" / "models.csv")
    assert page.error_bar.isVisible()


def test_chat_makes_it_the_current_model(page: ModelsPage, qtbot: Any) -> None:
    entry = choose(page, qtbot, "alpha-Q8_0")
    with qtbot.waitSignal(page.context.navigation.requested) as asked:
        page.inspector.chat_button.click()
    assert asked.args[0] == "chat"
    assert page.context.current_model.model == entry.model


def test_another_part_of_the_window_can_show_a_model(page: ModelsPage, folder: Path) -> None:
    page.open_target(str(folder / "beta-F16.gguf"))
    assert page.inspector.entry is not None
    assert page.inspector.entry.name == "beta-F16"


def test_without_models_the_page_offers_to_add_one(
    qtbot: Any, context: AppContext, folder: Path
) -> None:
    for path in folder.iterdir():
        path.unlink()
    page = make_page(context, qtbot)
    page.show()
    page.activate()
    qtbot.waitUntil(page.list.empty_add.isVisible)
    assert not page.inspector.isVisible()


def test_every_control_has_a_name(page: ModelsPage) -> None:
    kinds = (QAbstractButton, QLineEdit, QSpinBox, QComboBox, QAbstractItemView)
    own = [w for kind in kinds for w in page.findChildren(kind) if w.isVisibleTo(page)]
    unnamed = [
        w for w in own
        if not w.accessibleName() and not (isinstance(w, QAbstractButton) and w.text())
        and not w.objectName().startswith("qt_") and w.metaObject().className() != "QHeaderView"
    ]  # fmt: skip
    assert unnamed == []


@pytest.mark.model
def test_a_loaded_model_is_measured_and_can_be_ejected(
    page: ModelsPage, qtbot: Any, starter: Path
) -> None:
    page.machine.actions_on_models.add([starter])
    qtbot.waitUntil(lambda: starter.stem in names(page) and is_settled(page))
    entry = choose(page, qtbot, starter.stem)
    page.machine.load()
    qtbot.waitUntil(lambda: page.inspector.eject_button.isVisible() and is_settled(page))
    qtbot.waitUntil(lambda: page.machine.library.measured_peak(entry, LoadSettings()) is not None)
    assert page.machine.library.measured_peak(entry, LoadSettings()) > entry.size_bytes
    assert "Measured at the last load" in page.inspector.fit.measured.text()
    page.machine.eject()
    qtbot.waitUntil(lambda: page.inspector.load_button.isVisible())
