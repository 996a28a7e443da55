"""Where a message is written: keys, files, long pastes, and a button that is always true."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from app.widgets.composer import Composer
from app.widgets.icons import IconButton
from labs.chat.conversation import Attachment


@pytest.fixture
def composer(qtbot: QtBot) -> Composer:
    made = Composer()
    qtbot.addWidget(made)
    made.resize(600, 140)
    made.show()
    return made


def button(composer: Composer) -> QPushButton:
    return composer.findChild(QPushButton, "send")


def test_enter_sends_and_shift_enter_makes_a_line(composer: Composer, qtbot: QtBot) -> None:
    qtbot.keyClicks(composer.text, "one")
    qtbot.keyClick(composer.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(composer.text, "two")
    with qtbot.waitSignal(composer.submitted) as sent:
        qtbot.keyClick(composer.text, Qt.Key.Key_Return)
    assert sent.args == ["one\ntwo", ()]


def test_with_the_setting_off_enter_makes_a_line(composer: Composer, qtbot: QtBot) -> None:
    composer.text.enter_sends = False
    qtbot.keyClicks(composer.text, "one")
    qtbot.keyClick(composer.text, Qt.Key.Key_Return)
    with qtbot.waitSignal(composer.submitted) as sent:
        qtbot.keyClick(composer.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert sent.args[0] == "one\n"


def test_nothing_is_sent_while_there_is_nothing(composer: Composer, qtbot: QtBot) -> None:
    assert not button(composer).isEnabled()
    with qtbot.assertNotEmitted(composer.submitted):
        qtbot.keyClick(composer.text, Qt.Key.Key_Return)


def test_while_a_reply_is_made_the_button_stops_it(composer: Composer, qtbot: QtBot) -> None:
    composer.set_busy(True)
    assert button(composer).text() == "Stop" and button(composer).isEnabled()
    with qtbot.waitSignal(composer.stop_requested):
        button(composer).click()
    with qtbot.waitSignal(composer.stop_requested):
        qtbot.keyClick(composer.text, Qt.Key.Key_Escape)


def test_up_in_an_empty_box_edits_the_last_message(composer: Composer, qtbot: QtBot) -> None:
    with qtbot.waitSignal(composer.edit_last_requested):
        qtbot.keyClick(composer.text, Qt.Key.Key_Up)


def test_a_paste_of_a_megabyte_becomes_a_file(composer: Composer) -> None:
    pasted = QMimeData()
    pasted.setText("word " * 200_000)
    composer.text.insertFromMimeData(pasted)
    text, (attachment,) = composer.draft
    assert text == ""
    assert attachment.size_bytes == 1_000_000
    assert button(composer).isEnabled()


def test_a_chip_removes_its_file(composer: Composer) -> None:
    composer.add_attachment(Attachment("notes.txt", "hello", 5))
    composer.chips.findChildren(type(composer.chips._chips[0]))[0].click()
    assert composer.draft == ("", ())


def test_many_files_keep_their_names_and_leave_room_for_the_text(
    composer: Composer, qtbot: QtBot
) -> None:
    composer.resize(600, 200)
    composer.show()
    for number in range(60):
        composer.add_attachment(Attachment(f"a rather long name {number}.txt", "x", 1))
    qtbot.waitUntil(composer.chips._chips[-1].isVisible)
    assert all(chip.width() >= chip.sizeHint().width() for chip in composer.chips._chips)
    assert composer.chips.height() < 200


def test_removing_a_file_by_key_leaves_the_focus_at_the_next(
    composer: Composer, qtbot: QtBot
) -> None:
    composer.show()
    composer.activateWindow()
    for name in ("a.txt", "b.txt"):
        composer.add_attachment(Attachment(name, "x", 1))
    composer.chips._chips[0].setFocus()
    qtbot.keyClick(composer.chips._chips[0], Qt.Key.Key_Space)
    assert composer.chips._chips[0].hasFocus()
    qtbot.keyClick(composer.chips._chips[0], Qt.Key.Key_Space)
    assert composer.draft == ("", ()) and composer.text.hasFocus()


def test_the_paperclip_gives_the_files_that_were_chosen(composer: Composer, qtbot: QtBot) -> None:
    composer.findChild(IconButton).click()
    dialog = composer.window().findChild(QFileDialog)
    with qtbot.waitSignal(composer.files_given) as given:
        dialog.filesSelected.emit(["/a.txt", "/b.txt"])
    dialog.close()
    assert given.args == [["/a.txt", "/b.txt"]]


def test_the_next_word_can_be_written_after_stop_was_clicked(
    composer: Composer, qtbot: QtBot
) -> None:
    composer.set_busy(True)
    composer.activateWindow()
    qtbot.mouseClick(button(composer), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(composer.text.hasFocus)
