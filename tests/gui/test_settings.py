"""Settings: declared, checked, saved, repaired, shown."""

from __future__ import annotations

import json
import stat
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QSpinBox
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from app.context import AppContext
from app.pages.settings.page import SettingsPage
from app.settings import (
    SCHEMA_VERSION,
    Settings,
    declaration_of,
    problem_with,
    shown_settings,
)
from app.settings_file import SettingsStore, load_settings, save_settings
from models.errors import UserError
from models.whole_files import place_beside


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.json"


def write(file: Path, **values: Any) -> None:
    file.write_text(json.dumps({"schema_version": SCHEMA_VERSION, **values}))


def test_what_is_saved_is_read_again(file: Path) -> None:
    settings = Settings(theme="dark", text_percent=150, model_folders=("/m",), splitters={"a": [1]})
    save_settings(file, settings)
    assert load_settings(file).settings == settings
    assert load_settings(file).problems == ()


def test_no_file_means_the_defaults_and_nothing_to_tell(file: Path) -> None:
    assert load_settings(file) == load_settings(file)
    assert load_settings(file).settings == Settings()


@pytest.mark.parametrize("item", fields(Settings), ids=lambda item: item.name)
def test_every_default_is_allowed_and_every_shown_setting_has_words(item: Any) -> None:
    declaration = declaration_of(item.name)
    assert problem_with(item.name, getattr(Settings(), item.name)) == ""
    assert bool(declaration.label) == bool(declaration.group)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("theme", "pink"),
        ("theme", 3),
        ("text_percent", 1000),
        ("text_percent", 100.5),
        ("text_percent", True),
        ("text_percent", None),
        ("reduce_motion", 1),
        ("idle_unload_min", -1),
        ("model_folders", [1, 2]),
        ("splitters", {"a": "wide"}),
    ],
)
def test_one_bad_value_is_reset_alone_told_and_backed_up(
    file: Path, name: str, value: object
) -> None:
    write(file, last_page="models", **{name: value})
    loaded = load_settings(file)
    assert loaded.settings == Settings(last_page="models")
    assert "put back to its default" in loaded.problems[0]
    assert json.loads((file.parent / "settings.backup-1.json").read_text())[name] == value


@pytest.mark.parametrize("text", ["", "{", "[]", "\0\0\0", '"x"', "NaN"])
def test_a_damaged_file_gives_defaults_a_sentence_and_a_copy(file: Path, text: str) -> None:
    file.write_text(text)
    loaded = load_settings(file)
    assert loaded.settings == Settings()
    assert "could not be read" in loaded.problems[0]
    assert (file.parent / "settings.backup-1.json").read_text() == text


def test_a_file_of_a_newer_assay_is_read_as_far_as_known_and_kept(file: Path) -> None:
    file.write_text(json.dumps({"schema_version": 99, "theme": "dark", "new": 1}))
    loaded = load_settings(file)
    assert loaded.settings.theme == "dark"
    assert "newer Assay" in loaded.problems[0]


def test_unknown_keys_are_left_out_without_a_word(file: Path) -> None:
    write(file, forgotten="yes")
    assert load_settings(file).problems == ()


def test_a_change_is_saved_and_told(file: Path) -> None:
    store, told = SettingsStore(file), []
    store.subscribe(told.append)
    store.change(theme="dark")
    assert told == [Settings(theme="dark")]
    assert SettingsStore(file).current.theme == "dark"


def test_a_value_that_is_not_allowed_is_refused(file: Path) -> None:
    store = SettingsStore(file)
    with pytest.raises(UserError, match="from 85 to 200"):
        store.change(text_percent=10)
    assert store.current == Settings()


def test_a_folder_that_cannot_be_written_is_a_sentence_and_the_value_holds(tmp_path: Path) -> None:
    store = SettingsStore(tmp_path / "gone" / "settings.json")
    with pytest.raises(UserError, match="could not be saved"):
        store.change(theme="dark")
    assert store.current.theme == "dark"


def test_nobody_else_can_read_the_file(file: Path) -> None:
    save_settings(file, Settings())
    assert not stat.S_IMODE(file.stat().st_mode) & 0o077


def test_the_page_shows_every_declared_setting(context: AppContext, qtbot: QtBot) -> None:
    page = SettingsPage(context)
    qtbot.addWidget(page)
    names = [name for group in shown_settings().values() for name in group]
    assert all(page.findChild(object, name) is not None for name in names)


def test_controls_change_settings_and_follow_them(context: AppContext, qtbot: QtBot) -> None:
    page, store = SettingsPage(context), context.services.settings
    qtbot.addWidget(page)
    page.findChild(QComboBox, "theme").setCurrentIndex(2)
    page.findChild(QCheckBox, "reduce_motion").click()
    assert (store.current.theme, store.current.reduce_motion) == ("dark", True)
    store.change(text_percent=150)
    assert page.findChild(QSpinBox, "text_percent").value() == 150


def test_a_folder_that_takes_and_gives_no_file_is_a_sentence(file: Path) -> None:
    place_beside(file).mkdir()  # stands in for a read-only folder
    with pytest.raises(UserError, match="could not be saved"):
        save_settings(file, Settings(theme="dark"))


def test_a_text_is_taken_when_its_field_is_left(qtbot: QtBot, context: AppContext) -> None:
    page = SettingsPage(context)
    qtbot.addWidget(page)
    field = page.findChild(QLineEdit, "proxy")
    field.setText(" http://proxy.example:3128 ")
    field.editingFinished.emit()
    assert context.services.settings.current.proxy == "http://proxy.example:3128"


def test_a_page_that_is_gone_hears_of_no_change(context: AppContext) -> None:
    page = SettingsPage(context)
    delete(page)
    context.services.settings.change(sealed=False)
    assert not context.services.settings.current.sealed
