from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QDir
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from app.widgets.file_dialog import FileDialog


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


def test_a_dialog_does_not_begin_where_the_program_was_started(window: QWidget) -> None:
    QFileDialog(window).setDirectory(QDir.current())
    assert FileDialog(window, "Export").directory() != QDir.current()


def test_a_dialog_begins_where_the_last_one_ended(window: QWidget, tmp_path: Path) -> None:
    FileDialog(window, "Export").fileSelected.emit(str(tmp_path / "notes.txt"))
    assert FileDialog(window, "Import").directory() == QDir(str(tmp_path))
