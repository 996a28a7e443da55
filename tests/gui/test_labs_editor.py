"""The editor of scenario sets: what is typed, checked, kept, saved and handed on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QTabBar,
    QTableView,
)
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.notices import Notice
from app.pages.labs.bench import Errand
from app.pages.labs.editor_desk import EditorDesk
from app.pages.labs.editor_files import SetRow, draft_path
from app.pages.labs.editor_view import EditorView
from app.widgets.set_choice import SetChoice
from assets import SCENARIOS
from labs.experiments.scenarios.set_file import read_set, write_set
from models.errors import UserError
from tests.labs.experiments.made_sets import made_set


def make_view(context: AppContext, qtbot: QtBot) -> EditorView:
    view = EditorView(context)
    qtbot.addWidget(view)
    view.resize(1150, 700)
    view.show()
    view.begin()
    qtbot.waitUntil(lambda: bool(view.shelf.rows))
    return view


@pytest.fixture
def folder(context: AppContext) -> Path:
    return context.services.paths.sets


@pytest.fixture
def view(context: AppContext, qtbot: QtBot) -> Iterator[EditorView]:
    yield make_view(context, qtbot)
    qtbot.waitUntil(lambda: not context.jobs.running)


@pytest.fixture
def desk(view: EditorView, qtbot: QtBot, tmp_path: Path) -> EditorDesk:
    """A set of one's own with sixteen sound items."""
    path = tmp_path / "deadlines.yaml"
    path.write_text(write_set(made_set()), encoding="utf-8")
    view.import_file(path)
    return on_desk(view, qtbot)


def on_desk(view: EditorView, qtbot: QtBot) -> EditorDesk:
    qtbot.waitUntil(lambda: view.desk is not None and view.desk.is_settled)
    assert view.desk is not None
    return view.desk


def row_of(view: EditorView, key: str) -> SetRow:
    return next(row for row in view.shelf.rows if row.key == key)


def settle(desk: EditorDesk, qtbot: QtBot) -> list[str]:
    """The sentences of the checks, once they are about the set as it is."""
    qtbot.waitUntil(lambda: desk.is_settled)
    return [row.check.sentence for row in desk.checks.rows]


def save(desk: EditorDesk, qtbot: QtBot) -> None:
    desk.head.save.click()
    qtbot.waitUntil(lambda: not desk.document.is_dirty)


# ---- files -------------------------------------------------------------------------------------


def test_a_shipped_set_is_copied_and_never_changed(
    view: EditorView, qtbot: QtBot, folder: Path
) -> None:
    before = (SCENARIOS / "original-eight.yaml").read_bytes()
    view.copy(row_of(view, "original-eight"))
    desk = on_desk(view, qtbot)
    save(desk, qtbot)
    made = read_set(folder / "the-original-eight-my-copy.yaml")
    assert (made.id, made.measured, len(made.items)) == ("original-eight-copy", "", 8)
    assert (SCENARIOS / "original-eight.yaml").read_bytes() == before


def test_saving_what_is_asked_otherwise_is_the_next_version(
    desk: EditorDesk, qtbot: QtBot, folder: Path
) -> None:
    desk.document.change(replace(desk.document.made, summary="Only a note."))
    save(desk, qtbot)
    assert read_set(folder / "deadlines.yaml").version == 1
    desk.document.change(replace(desk.document.made, tones=()))
    save(desk, qtbot)
    assert read_set(folder / "deadlines.yaml").version == desk.document.made.version == 2


def test_unsaved_changes_outlive_the_window(
    context: AppContext, desk: EditorDesk, view: EditorView, qtbot: QtBot, folder: Path
) -> None:
    desk.document.change(replace(desk.document.made, title="Half a thought"))
    view.hide()  # as a window does that closes
    assert draft_path(folder, "deadlines").exists()
    later = make_view(context, qtbot)
    assert row_of(later, "deadlines").has_draft
    later.open(row_of(later, "deadlines"))
    again = on_desk(later, qtbot)
    assert again.document.made.title == "Half a thought" and again.document.is_dirty
    assert again.head.discard.isVisible()


def test_a_draft_is_kept_while_one_types(desk: EditorDesk, qtbot: QtBot, folder: Path) -> None:
    with qtbot.waitSignal(desk.document.draft_kept):
        desk.document.change(replace(desk.document.made, title=""))
    assert draft_path(folder, "deadlines").exists()
    desk.document.undo()
    qtbot.waitUntil(lambda: not draft_path(folder, "deadlines").exists())


def test_what_no_file_could_hold_stays_a_draft_and_says_why(
    desk: EditorDesk, qtbot: QtBot, folder: Path
) -> None:
    desk.document.change(replace(desk.document.made, title=" "))
    with qtbot.waitSignal(desk.failed) as failed:
        desk.head.save.click()
    assert failed.args[0].message == "The set cannot be saved yet. The set has no title."
    qtbot.waitUntil(lambda: draft_path(folder, "deadlines").exists())
    assert read_set(folder / "deadlines.yaml").title == "Deadlines"


def test_a_folder_that_cannot_be_written_is_said(
    desk: EditorDesk, qtbot: QtBot, tmp_path: Path
) -> None:
    with qtbot.waitSignal(desk.failed) as failed:
        desk.export(tmp_path / "deadlines.yaml" / "inside.yaml")
    assert "cannot be written" in failed.args[0].message


def test_an_exported_set_is_the_same_set(desk: EditorDesk, qtbot: QtBot, tmp_path: Path) -> None:
    desk.export(tmp_path / "mine.yaml")
    qtbot.waitUntil((tmp_path / "mine.yaml").exists)
    assert read_set(tmp_path / "mine.yaml").hash == desk.document.made.hash


def test_a_file_that_is_no_set_is_refused(view: EditorView, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "no.yaml").write_text("title: no set\n", encoding="utf-8")
    with qtbot.waitSignal(view.failed) as failed:
        view.import_file(tmp_path / "no.yaml")
    assert isinstance(failed.args[0], UserError) and view.desk is None


def test_a_set_goes_to_the_bin_and_comes_back(
    context: AppContext, desk: EditorDesk, view: EditorView, qtbot: QtBot, folder: Path
) -> None:
    notices: list[Notice] = []
    context.notices.attach_window()
    context.notices.shown.connect(notices.append)
    view.to_bin(row_of_after(view, qtbot))
    qtbot.waitUntil(lambda: bool(notices))
    assert not (folder / "deadlines.yaml").exists()
    assert notices[0].run is not None
    notices[0].run()
    qtbot.waitUntil((folder / "deadlines.yaml").exists)
    qtbot.waitUntil(lambda: not context.jobs.running)


def row_of_after(view: EditorView, qtbot: QtBot) -> SetRow:
    """The row of the set, once the shelf has been read again."""
    assert view.desk is not None
    view.desk.left.emit()
    qtbot.waitUntil(lambda: any(row.key == "deadlines" for row in view.shelf.rows))
    return row_of(view, "deadlines")


# ---- typing ------------------------------------------------------------------------------------


def test_checks_run_as_one_types_and_lead_to_their_place(desk: EditorDesk, qtbot: QtBot) -> None:
    desk.tabs.setCurrentWidget(desk.tones)
    box = desk.tones.fields["terse"]
    box.setPlainText("{due}.")
    assert settle(desk, qtbot) == ["The tone terse leaves out {now}."]
    assert desk.checks.rows[0].accessibleName().startswith("Must be mended, Tones")
    box.setPlainText("{due}, {now}. Say YES.")
    assert "It holds “YES”, which is one of the labels." in settle(desk, qtbot)
    desk.tabs.setCurrentWidget(desk.items)
    qtbot.keyClick(desk.checks.rows[0], Qt.Key.Key_Return)
    assert desk.tabs.currentWidget() is desk.tones and box.hasFocus()


def test_refusing_and_warning_are_told_apart(desk: EditorDesk, qtbot: QtBot) -> None:
    items = desk.document.made.items
    desk.document.change(replace(desk.document.made, items=items[:5]))
    settle(desk, qtbot)
    assert {row.check.level for row in desk.checks.rows} == {"warn"}
    assert desk.checks.summary.text().startswith("The set can be used;")
    desk.document.change(replace(desk.document.made, items=()))
    assert settle(desk, qtbot) == ["There is no item yet."]
    assert desk.checks.summary.text().startswith("One thing must be mended")


def test_a_cell_is_typed_into(desk: EditorDesk, qtbot: QtBot) -> None:
    desk.items.show_row(0, 1)
    desk.items.table.setFocus()
    qtbot.keyClicks(desk.items.table, "0")  # any key opens the cell
    editor = desk.items.table.findChild(QLineEdit)
    assert editor is not None and editor.accessibleName() == "Due at"
    editor.setText("03:15")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.document.made.items[0].facts["due"] == "03:15")
    assert "Due at: 03:15" in desk.preview.text.text()


def type_into(desk: EditorDesk, key: str, text: str) -> bool:
    """Whether the cell of the first item took it."""
    index = desk.items.model.index(0, desk.items.model.columns.index(key))
    return desk.items.model.setData(index, text)


def test_tags_and_numbers_are_typed_like_everything_else(desk: EditorDesk) -> None:
    assert type_into(desk, "tags", "surface:clock, hard")
    assert type_into(desk, "numbers", "margin_minutes = -30; of = 0.5")
    item = desk.document.made.items[0]
    assert item.tags == ("surface:clock", "hard")
    assert item.numbers == {"margin_minutes": -30, "of": 0.5}


def test_what_is_no_number_is_said_and_changes_nothing(desk: EditorDesk, qtbot: QtBot) -> None:
    before = desk.document.made
    with qtbot.waitSignal(desk.failed) as failed:
        assert not type_into(desk, "numbers", "half an hour")
    assert "“half an hour” cannot be read" in failed.args[0].message
    assert desk.document.made == before


def test_the_right_answer_is_chosen_among_the_classes(desk: EditorDesk, qtbot: QtBot) -> None:
    column = desk.items.model.columns.index("truth")
    desk.items.show_row(0, column)
    desk.items.table.edit(desk.items.model.index(0, column))
    box = desk.items.table.findChild(QComboBox)
    assert box is not None and [box.itemText(n) for n in range(2)] == ["yes", "no"]
    box.setCurrentIndex(1)
    box.activated.emit(1)
    assert desk.document.made.items[0].truth == "no"


def test_a_pair_shares_its_cluster_and_waits_for_one_change(desk: EditorDesk, qtbot: QtBot) -> None:
    desk.items.show_row(2)
    desk.items.pair_button.click()
    first, twin = desk.document.made.items[2:4]
    assert (twin.id, twin.cluster, twin.facts) == (f"{first.id}-b", first.group, first.facts)
    assert (twin.derivation, dict(twin.numbers)) == ("", {})
    assert desk.items.place == 3
    assert f"It has the same facts as {first.id}." in settle(desk, qtbot)


def test_deleted_items_come_back(context: AppContext, desk: EditorDesk) -> None:
    notices: list[Notice] = []
    context.notices.attach_window()
    context.notices.shown.connect(notices.append)
    before = desk.document.made
    desk.items.table.selectAll()
    desk.items.delete_button.click()
    assert desk.document.made.items == () and notices[0].text == "16 items were deleted."
    assert notices[0].run is not None
    notices[0].run()
    assert desk.document.made == before


def test_letters_typed_in_a_row_are_one_step_of_undo(desk: EditorDesk, qtbot: QtBot) -> None:
    desk.tabs.setCurrentWidget(desk.about)
    title = desk.about.fields["title"]
    title.setFocus()
    qtbot.keyClicks(title, " of mine")
    assert desk.document.made.title.endswith(" of mine") or "of mine" in desk.document.made.title
    desk.head.undo.click()
    assert desk.document.made.title == "Deadlines"
    assert not desk.document.is_dirty and not desk.head.undo.isEnabled()
    desk.head.redo.click()
    assert "of mine" in desk.document.made.title


def test_renaming_a_fact_takes_items_and_tones_along(desk: EditorDesk, qtbot: QtBot) -> None:
    desk.tabs.setCurrentWidget(desk.about)
    name = next(f for f in desk.about.findChildren(QLineEdit)
                if f.accessibleName() == "Name of fact 1")  # fmt: skip
    name.selectAll()
    qtbot.keyClicks(name, "end")
    made = desk.document.made
    assert "end" in made.items[0].facts and "{end}" in made.tones[0].text
    assert not any("{" in sentence for sentence in settle(desk, qtbot))


def test_a_new_set_can_be_written_from_nothing(view: EditorView, qtbot: QtBot) -> None:
    view.begin_new()
    desk = on_desk(view, qtbot)
    desk.items.add_button.click()
    desk.items.add_button.click()
    assert [item.truth for item in desk.document.made.items] == ["yes", "no"]
    assert "The question “may” is empty." in settle(desk, qtbot)
    assert "does not state “First fact” yet" in desk.preview.answer.text()


# ---- from the chat -----------------------------------------------------------------------------

QUESTION = "Do penguins fly?"


def test_a_question_from_the_chat_is_an_item_that_waits_for_its_answer(
    view: EditorView, qtbot: QtBot
) -> None:
    view.open_target(QUESTION)
    desk = on_desk(view, qtbot)
    assert desk.note.isVisible() and desk.preview.text.text().startswith(f"Question: {QUESTION}")
    said = settle(desk, qtbot)
    assert said[0] == "Nobody has said yet which answer is right."
    assert any("no difference" in sentence for sentence in said)
    desk.items.table.edit(desk.items.table.currentIndex())
    box = desk.items.table.findChild(QComboBox)
    assert box is not None and box.currentText() == ""
    box.setCurrentText("no")
    box.activated.emit(1)
    assert desk.document.made.items[0].truth == "no"


def test_the_next_question_joins_the_first(view: EditorView, qtbot: QtBot, folder: Path) -> None:
    for text in (QUESTION, "Do fish swim?", QUESTION):
        view.open_target(text)
        qtbot.waitUntil(lambda: view.desk is not None and view.desk.isVisible())
    desk = on_desk(view, qtbot)
    assert [i.id for i in desk.document.made.items] == ["do-penguins-fly", "do-fish-swim"]
    assert desk.items.place == 0
    assert draft_path(folder, "my-yes-no-questions").exists()


def test_a_set_that_was_made_something_else_is_left_alone(
    view: EditorView, qtbot: QtBot, folder: Path
) -> None:
    folder.mkdir(parents=True)
    (folder / "my-yes-no-questions.yaml").write_text(write_set(made_set()), encoding="utf-8")
    view.open_target(QUESTION)
    desk = on_desk(view, qtbot)
    assert desk.document.opened.key == "my-yes-no-questions-2"


def test_questions_are_run_in_the_wordings_of_the_chat(
    view: EditorView, qtbot: QtBot, folder: Path
) -> None:
    view.open_target(QUESTION)
    desk = on_desk(view, qtbot)
    with qtbot.waitSignal(view.set_up_asked) as asked:
        desk.head.run.click()
    path = folder / "my-yes-no-questions.yaml"
    assert asked.args[0] == Errand("brittleness", path, options={"family": "tone"})
    assert read_set(path).items[0].truth == ""


def test_the_set_of_the_lab_is_one_click_away(view: EditorView, qtbot: QtBot) -> None:
    view.open_target(QUESTION)
    desk = on_desk(view, qtbot)
    with qtbot.waitSignal(view.set_up_asked) as asked:
        desk.note.other.click()
    assert asked.args[0] == Errand("brittleness")


# ---- reading and handing on --------------------------------------------------------------------


def test_the_preview_is_what_a_run_would_ask(desk: EditorDesk) -> None:
    preview = desk.preview
    preview.item.setCurrentIndex(1)
    preview.format.setCurrentText("Tone: Terse")
    preview.question.setCurrentIndex(1)
    preview.swapped.setChecked(True)
    assert preview.text.text() == (
        "03:00, now 04:30.\n\nIs it too late? Answer with one word, NO or YES."
    )
    assert preview.answer.text() == "Right answer: YES"
    assert desk.items.place == 1


def test_what_the_set_can_show_follows_its_items_and_formats(
    desk: EditorDesk, qtbot: QtBot
) -> None:
    assert desk.looked is not None
    assert any("8 clusters" in line for line in desk.looked.shows)
    desk.shows.formats.setValue(6)
    qtbot.waitUntil(lambda: desk.is_settled)
    assert any("the 6 formats" in line for line in desk.looked.shows)


def test_a_set_is_handed_to_brittleness(
    desk: EditorDesk, view: EditorView, qtbot: QtBot, folder: Path
) -> None:
    desk.document.change(replace(desk.document.made, title="Deadlines at work"))
    with qtbot.waitSignal(view.set_up_asked) as asked:
        desk.head.run.click()
    assert asked.args[0] == Errand("brittleness", folder / "deadlines.yaml")
    assert read_set(folder / "deadlines.yaml").title == "Deadlines at work"


def test_sets_of_ones_own_are_among_those_of_the_set_up(
    desk: EditorDesk, qtbot: QtBot, folder: Path
) -> None:
    choice = SetChoice(folder)
    qtbot.addWidget(choice)
    assert choice.box.findText("My set: Deadlines") >= 0
    (folder / "deadlines.yaml").unlink()
    choice.look()
    assert choice.box.findText("My set: Deadlines") < 0


def test_where_room_is_short_the_checks_are_a_tab(
    desk: EditorDesk, view: EditorView, qtbot: QtBot
) -> None:
    view.resize(700, 600)
    qtbot.waitUntil(lambda: desk.tabs.indexOf(desk.side) == 4)
    assert desk.tabs.tabText(4).startswith("Checks and preview")
    view.resize(1150, 700)
    qtbot.waitUntil(lambda: desk.tabs.indexOf(desk.side) < 0)


def test_every_control_has_a_name(desk: EditorDesk, view: EditorView) -> None:
    for place in range(4):
        desk.tabs.setCurrentIndex(place)
    kinds = (QAbstractButton, QComboBox, QPlainTextEdit, QSpinBox, QLineEdit)
    widgets = [
        w
        for kind in kinds
        for w in view.findChildren(kind)
        if not isinstance(w.parent(), QTabBar | QSpinBox | QLineEdit | QTableView)
    ]
    unnamed = [w for w in widgets if not w.accessibleName()]
    assert [w for w in unnamed if not getattr(w, "text", str)()] == []
    assert not any(isinstance(w, QLineEdit | QPlainTextEdit) for w in unnamed)
