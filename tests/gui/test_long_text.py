"""A megabyte pasted into an editor of the Tokens page: shown by its beginning, and taken back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from pytestqt.qtbot import QtBot

from app.pages.tokens.long_text import (
    MOST_BYTES_A_PARAGRAPH,
    MOST_LETTERS,
    MOST_PARAGRAPHS,
    LongText,
)


@pytest.fixture
def field(qtbot: QtBot) -> Iterator[LongText]:
    made = LongText("Text")
    qtbot.addWidget(made)
    made.show()
    yield made


def paste(field: LongText, text: str) -> None:
    data = QMimeData()
    data.setText(text)
    field.editor.insertFromMimeData(data)


@pytest.mark.parametrize(
    "text",
    ["line of words\n" * (MOST_LETTERS // 14 + 1), "\n" * (MOST_PARAGRAPHS + 1),
     "a" * (MOST_BYTES_A_PARAGRAPH + 1), "世" * (MOST_BYTES_A_PARAGRAPH // 3 + 1)],
    ids=["letters", "lines", "one line", "one line of long letters"],
)  # fmt: skip
def test_what_takes_long_to_lay_out_is_shown_by_its_beginning(field: LongText, text: str) -> None:
    paste(field, text)
    assert field.text == text and field.editor.isHidden()
    shown = field.beginning.toPlainText()
    assert text.startswith(shown) and len(shown) > 900


@pytest.mark.parametrize("text", ["a" * MOST_BYTES_A_PARAGRAPH, "words\n" * 3000])
def test_what_is_shorter_goes_into_the_editor(field: LongText, text: str) -> None:
    paste(field, text)
    assert field.editor.toPlainText() == text and not field.editor.isHidden()


@pytest.mark.parametrize("text", ["What\u00a0?", "one\u2028two"])
def test_what_is_written_is_read_letter_by_letter(field: LongText, text: str) -> None:
    field.editor.insertPlainText(text)
    assert field.text == text


@pytest.mark.parametrize("text", ["a\r\nb", "a\rb", "\ufeffa", "a\u2029b\n"])
def test_what_is_opened_is_kept_to_the_letter_until_it_is_changed(
    field: LongText, text: str
) -> None:
    field.show_text(text)
    paste(field, "long\n" * MOST_LETTERS)
    field.undo_paste()
    assert field.text == text
    field.editor.insertPlainText("new ")
    assert field.text.startswith("new ")


def test_a_long_paste_lands_where_the_cursor_is_and_undo_brings_back_what_was_there(
    field: LongText, qtbot: QtBot
) -> None:
    long = "b\n" * MOST_LETTERS
    field.editor.insertPlainText("say 👩here")  # Qt counts this letter twice
    cursor = field.editor.textCursor()
    cursor.setPosition(6)
    cursor.setPosition(10, cursor.MoveMode.KeepAnchor)
    field.editor.setTextCursor(cursor)
    with qtbot.waitSignal(field.changed):
        paste(field, long)
    assert field.text == f"say 👩{long}"
    with qtbot.waitSignal(field.changed):
        qtbot.keyClick(field.beginning, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert field.text == "say 👩here" and field.editor.textCursor().selectedText() == "here"
    field.editor.undo()
    assert field.text == ""


@pytest.mark.parametrize("text", ["b\n" * MOST_LETTERS, "b\r\n" * MOST_LETTERS])
def test_a_long_text_can_be_edited_all_the_same_and_undo_brings_back_what_was_there(
    field: LongText, qtbot: QtBot, text: str
) -> None:
    field.editor.insertPlainText("before")
    field.editor.selectAll()
    paste(field, text)
    with qtbot.assertNotEmitted(field.changed):
        field.edit_button.click()
    assert field.text == text and field.foot.isHidden() and not field.editor.isHidden()
    qtbot.keyClicks(field.editor, "new ")
    assert field.text == "new " + text.replace("\r\n", "\n")
    while field.editor.document().isUndoAvailable() and field.text != "before":
        field.editor.undo()
    assert field.text == "before"


def test_a_long_file_is_not_taken_back_as_a_paste(field: LongText) -> None:
    field.show_text("c\n" * MOST_LETTERS)
    field.undo_paste()
    assert field.is_long and not field.undo_button.isVisible()


def test_a_dropped_file_is_left_to_who_opens_files(field: LongText) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile("/tmp/some.txt")])
    data.setText("file:///tmp/some.txt")
    assert not field.editor.canInsertFromMimeData(data)


def test_a_text_of_fixed_height_takes_no_more_room_than_it_shows(
    field: LongText, qtbot: QtBot
) -> None:
    field.fix_height(70)
    assert field.sizeHint().height() == 70
    field.editor.setFocus()
    paste(field, "b\n" * MOST_LETTERS)
    assert 70 < field.sizeHint().height() < 150 and field.beginning.hasFocus()
