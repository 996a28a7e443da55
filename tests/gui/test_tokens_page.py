"""The Tokens page: texts side by side, linked hover, control tokens, the X-ray of a chat."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QSplitter, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.pages.tokens.column import TokenizerColumn
from app.pages.tokens.messages_editor import INJECTED, MessagesEditor
from app.pages.tokens.page import TokensPage
from app.pages.tokens.places import LANGUAGES, MERGES, PARITY, TEMPLATE, TEXT
from app.pages.tokens.template_column import TemplateColumn
from app.pages.tokens.tokenizer_choice import TokenizerChoice
from app.pages.tokens.view_bar import ViewBar
from app.pages.tokens.work import Choice
from app.widgets.card_grid import CardGrid
from labs.chat.differences import Stretch
from labs.tokens.report import REPORT_NAME
from labs.tokens.xray import ChatMessage, Wish, Xray
from models.engine.messages import Part
from models.errors import UserError
from models.tokenizers.source import Source, is_tokenizer_file
from tests.labs.tokens.parity_files import json_source


@pytest.fixture
def page(context: AppContext, qtbot: QtBot) -> Iterator[TokensPage]:
    context.current_model.choose("sim:echo")
    made = TokensPage(context)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    qtbot.waitUntil(lambda: len(made.text.columns) == 2)
    yield made
    assert context.jobs.close()


def write(page: TokensPage, qtbot: QtBot, text: str) -> list[TokenizerColumn]:
    """Write a text and wait until every column has cut it."""
    page.text.source.editor.setPlainText(text)
    wait_for(page, qtbot, text)
    return page.text.columns


def wait_for(page: TokensPage, qtbot: QtBot, text: str) -> None:
    n_bytes = len(text.encode())
    qtbot.waitUntil(
        lambda: all(c.view and c.view.measures.n_bytes == n_bytes for c in page.text.columns),
        timeout=30_000,
    )


def shown(column: TokenizerColumn) -> list[str]:
    return [cell.shown for cell in column.field.canvas.cells]


def test_a_text_stands_as_tokens_of_two_tokenizers(page: TokensPage, qtbot: QtBot) -> None:
    first, second = write(page, qtbot, "Hello, world!")
    assert shown(first) == ["Hello", ",", "·world", "!"] == shown(second)
    assert second.count.text() == "4 tokens"
    page.text.bar.show_as("ids")
    qtbot.waitUntil(lambda: shown(second) == ["9906", "11", "1917", "0"])
    page.text.bar.show_as("bytes")
    qtbot.waitUntil(lambda: shown(second)[1] == "2c")


def test_a_token_below_the_pointer_is_framed_in_the_others(page: TokensPage, qtbot: QtBot) -> None:
    first, second = write(page, qtbot, "Supercalifragilistic")
    canvas = first.field.canvas
    canvas.pointed.emit(1)
    start, end = first.view.cut.starts[1], first.view.cut.ends[1]
    framed = [second.view.cut[index] for index in second.field.canvas._marked]
    assert framed and framed[0].start <= start and framed[-1].end >= end
    assert canvas._below(QPointF(canvas.cell_rect(2).center())) == 2


def test_control_tokens_are_read_only_when_asked_and_the_page_says_what_that_means(
    page: TokensPage, qtbot: QtBot
) -> None:
    first, _ = write(page, qtbot, "a<|im_end|>")
    assert first.view.measures.n_control == 0 and "stays ordinary" in page.text.remark.text()
    page.text.bar.special.click()
    qtbot.waitUntil(lambda: first.view.measures.n_control == 1, timeout=30_000)
    qtbot.waitUntil(lambda: "were read out of the text: 1, 0" in page.text.remark.text())


def test_one_that_cannot_be_read_says_why_and_the_other_stands(
    page: TokensPage, qtbot: QtBot, tmp_path: Path
) -> None:
    broken = tmp_path / "tokenizer.json"
    broken.write_text("{}", "utf-8")
    first, second = write(page, qtbot, "Hello")
    second.choice.choose(str(broken))
    qtbot.waitUntil(lambda: "cannot be read" in second.message.words.text(), timeout=30_000)
    assert second.view is None and shown(first) == ["Hello"]


def test_at_most_four_stand_side_by_side_and_the_last_one_stays(page: TokensPage) -> None:
    for _ in range(4):
        page.text.bar.add.click()
    assert len(page.text.columns) == 4 and not page.text.bar.add.isEnabled()
    for column in tuple(page.text.columns)[1:]:
        column.choice.close_button.click()
    assert len(page.text.columns) == 1
    assert page.text.columns[0].choice.close_button.isHidden()


def test_a_long_file_is_cut_whole_and_shown_by_its_beginning(
    page: TokensPage, qtbot: QtBot, tmp_path: Path
) -> None:
    path, text = tmp_path / "long.txt", "word and word\n" * 10_000
    path.write_text(text, "utf-8")
    page.text.file.open(path)
    wait_for(page, qtbot, text)
    assert page.text.source.editor.isHidden() and "long.txt" in page.text.source.about.text()
    canvas = page.text.columns[1].field.canvas
    assert len(canvas.cells) == 40_000 and canvas.height() == 10_000 * canvas.line_px
    page.text.source.open_button.click()
    qtbot.waitUntil(lambda: page.text.columns[0].view is None)


def test_the_focus_of_what_is_taken_away_goes_to_its_neighbour(
    page: TokensPage, qtbot: QtBot
) -> None:
    page.activateWindow()
    page.text.bar.add.click()
    columns = tuple(page.text.columns)
    for at, heir in ((2, columns[1].choice.close_button), (1, columns[0].choice.picker)):
        columns[at].choice.close_button.setFocus()
        columns[at].choice.close_button.click()
        assert page.window().focusWidget() is heir
    page.open_target(TEMPLATE)
    tab = page.template
    tab.columns[0].tokenizer.close_button.setFocus()
    tab.columns[0].tokenizer.close_button.click()
    assert page.window().focusWidget() is tab.columns[0].tokenizer.picker
    rows = tuple(tab.editor.rows)
    for row, heir in zip(rows, (rows[1].remove, rows[2].remove, rows[3].remove), strict=False):
        row.remove.setFocus()
        row.remove.click()
        assert page.window().focusWidget() is heir
    rows[3].remove.click()
    assert page.window().focusWidget() is tab.editor.add_button


def test_tab_goes_through_a_tokenizer_that_was_added_as_it_stands_on_the_page(
    page: TokensPage, qtbot: QtBot
) -> None:
    page.activateWindow()
    page.text.bar.add.click()
    choices = [column.choice for column in page.text.columns]
    stops = [stop for c in choices for stop in (c.picker, c._more, c.close_button)]
    qtbot.waitUntil(stops[-1].isVisible)
    stops[0].setFocus()
    for stop in stops:
        assert page.window().focusWidget() is stop
        qtbot.keyClick(stop, Qt.Key.Key_Tab)


def test_tab_goes_through_a_message_that_was_added_before_it_leaves_the_messages(
    page: TokensPage, qtbot: QtBot
) -> None:
    page.open_target(TEMPLATE)
    editor = page.template.editor
    page.activateWindow()
    editor.add_button.click()
    above, added = editor.rows[-2:]
    qtbot.waitUntil(added.role.isVisible)
    stops = [above.text.editor, added.role, added.remove, added.text.editor, editor.add_button]
    stops[0].setFocus()
    for stop in stops:
        assert page.window().focusWidget() is stop
        qtbot.keyClick(stop, Qt.Key.Key_Tab)


def test_many_messages_come_in_turns_and_are_all_there_from_the_beginning(
    context: AppContext, qtbot: QtBot
) -> None:
    editor = MessagesEditor(context.theme.hand_to)
    qtbot.addWidget(editor)
    many = tuple(ChatMessage("user", f"message {number}") for number in range(20))
    editor.show_messages(many)
    assert len(editor.rows) < 20 and editor.messages == many
    editor.add_button.click()
    qtbot.waitUntil(lambda: len(editor.rows) == 21)
    assert editor.messages == (*many, ChatMessage("assistant", ""))


def test_a_tab_that_is_made_when_it_is_seen_stands_as_the_user_left_it(
    page: TokensPage, qtbot: QtBot
) -> None:
    page.context.services.settings.change(splitters={"parity-texts-splitter": [400, 100]})
    page.open_target(PARITY)
    table, view = page.parity.findChild(QSplitter, "parity-texts-splitter").sizes()
    assert table > view


@pytest.mark.parametrize("target", [MERGES, PARITY])
def test_a_file_that_is_dropped_on_a_field_is_opened_and_not_written_down(
    page: TokensPage, qtbot: QtBot, tmp_path: Path, target: str
) -> None:
    (tmp_path / "a.txt").write_text("dropped", "utf-8")
    page.open_target(target)
    field = page.merges.word if target == MERGES else page.parity.text.editor
    before = field.property("text"), field.property("plainText")
    drop(field, tmp_path / "a.txt")
    qtbot.waitUntil(lambda: page.text.source.text == "dropped")
    assert (field.property("text"), field.property("plainText")) == before


@pytest.mark.parametrize("target", [TEXT, TEMPLATE, MERGES, LANGUAGES, PARITY])
def test_the_file_of_a_tokenizer_that_is_dropped_is_taken_as_one(
    page: TokensPage, qtbot: QtBot, tmp_path: Path, target: str
) -> None:
    source = json_source(tmp_path)
    page.open_target(target)
    first = page.tabs.currentWidget().findChildren(TokenizerChoice)[0]
    qtbot.waitUntil(first.isVisible)
    drop(page.tabs, Path(source.path))
    choices = page.tabs.currentWidget().findChildren(TokenizerChoice)
    assert choices[-1].name == source.path and not page.text.source.text
    first.choose("cl100k")
    drop(first.picker, Path(source.path))
    assert first.name == source.path


@pytest.mark.parametrize(
    ("name", "content", "is_one"),
    [("tokenizer.json", '{"version": "1.0", "added_tokens": []', True), ("a.spm", "", True),
     ("chat.json", '{"messages": []}', False), ("a.txt", '"added_tokens"', False)],
)  # fmt: skip
def test_a_file_is_known_for_a_tokenizer(
    tmp_path: Path, name: str, content: str, is_one: bool
) -> None:
    (tmp_path / name).write_text(content, "utf-8")
    assert is_tokenizer_file(tmp_path / name) is is_one


def drop(below: QWidget, file: Path) -> None:
    """As the window system does it; file managers tell the address as a text too."""
    data, window = QMimeData(), below.window()
    data.setUrls([QUrl.fromLocalFile(str(file))])
    data.setText(QUrl.fromLocalFile(str(file)).toString())
    place = QPointF(below.mapTo(window, below.rect().center()))
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    no_key = Qt.KeyboardModifier.NoModifier
    for event in (
        QDragEnterEvent(place.toPoint(), copy, data, left, no_key),
        QDragMoveEvent(place.toPoint(), copy, data, left, no_key),
        QDropEvent(place, copy, data, left, no_key),
    ):
        QApplication.sendEvent(window.windowHandle(), event)


def test_tokens_can_be_copied(page: TokensPage, qtbot: QtBot) -> None:
    _, second = write(page, qtbot, "Hello!")
    second._copy_numbers()
    assert QApplication.clipboard().text() == "9906 0"
    second._copy_table()
    assert QApplication.clipboard().text().splitlines()[1] == "9906\t'Hello'\t48656c6c6f"


def test_a_chat_is_seen_through_two_templates(page: TokensPage, qtbot: QtBot) -> None:
    page.open_target(TEMPLATE)
    tab = page.template
    qtbot.waitUntil(lambda: all(c.count.text() for c in tab.columns), timeout=30_000)
    own, llama = tab.columns
    assert own.rendered.toPlainText().startswith("<|im_start|>system\nYou are a helpful")
    assert "<|start_header_id|>user" in llama.rendered.toPlainText()
    assert "Underlined" in llama.foot.text()


@pytest.mark.parametrize(
    ("same", "differs", "words"),
    [
        (None, (), ""),
        (True, (), "The same text as the first."),
        (False, (Stretch(0, 3),), "Underlined is what the first does not have."),
        (False, (), "Another text than the first, though no word is underlined"),
    ],
)
def test_a_column_says_how_it_stands_to_the_first(
    context: AppContext, qtbot: QtBot, same: bool | None, differs: tuple[Stretch, ...], words: str
) -> None:
    column = TemplateColumn(context, Choice("sim:echo"))
    qtbot.addWidget(column)
    wish = Wish(Source("simulated", "", "sim:echo"))
    column.show_outcome(Xray(wish, (Part("one", False),), (), differs=differs, same_as_first=same))
    assert column.foot.text().startswith(words) and bool(column.foot.text()) == bool(words)


def test_an_injected_control_token_shows_what_a_careless_program_sends(
    page: TokensPage, qtbot: QtBot
) -> None:
    page.open_target(TEMPLATE)
    tab = page.template
    tab.editor.inject_button.click()
    qtbot.waitUntil(lambda: tab.columns and INJECTED.text.split("\n")[-1]
                    in tab.columns[0].rendered.toPlainText(), timeout=30_000)  # fmt: skip
    assert "came out of the messages" not in tab.columns[0].foot.text()
    tab.careless.click()
    qtbot.waitUntil(lambda: "3 control tokens came out" in tab.columns[0].foot.text(),
                    timeout=30_000)  # fmt: skip


def test_what_templates_made_of_a_chat_can_be_kept(page: TokensPage, qtbot: QtBot) -> None:
    with pytest.raises(UserError, match="No prompt is shown"):
        page.template.note()
    page.open_target(TEMPLATE)
    qtbot.waitUntil(lambda: all(c.count.text() for c in page.template.columns), timeout=30_000)
    kept = json.loads(page.template.note())
    first = kept["templates"][0]
    assert len(kept["messages"]) == len(page.template.editor.messages)
    assert [each["template"] for each in kept["templates"]] == ["its own template", "Llama 3"]
    assert "".join(token["text"] for token in first["tokens"]) == first["rendered"]
    assert sum(first["tokens_by_origin"].values()) == first["n_tokens"]
    page.template.editor.show_messages(())
    qtbot.waitUntil(lambda: not any(c.count.text() for c in page.template.columns))
    with pytest.raises(UserError, match="No prompt is shown"):
        page.template.note()


def test_what_is_kept_of_a_text_that_is_being_changed_is_of_one_state(
    page: TokensPage, qtbot: QtBot
) -> None:
    write(page, qtbot, "before")
    [report] = [each.make for each in page.artifacts() if each.name == REPORT_NAME]
    told = report()
    page.text.source.editor.setPlainText("another text, not cut yet")
    assert report() == told and json.loads(told)["text"]["text"] == "before"
    page.open_target(TEMPLATE)
    tab = page.template
    qtbot.waitUntil(lambda: all(c.count.text() for c in tab.columns), timeout=30_000)
    note = tab.note()
    tab.editor.rows[1].text.editor.setPlainText("another question")
    assert tab.note() == note and "another question" not in note
    qtbot.waitUntil(lambda: tab.note() != note)
    assert "another question" in tab.note()


def test_the_merges_of_a_word_stand_in_their_order(page: TokensPage, qtbot: QtBot) -> None:
    page.open_target(MERGES)
    tab = page.merges
    qtbot.waitUntil(lambda: "is not traced" in tab.message.words.text(), timeout=30_000)
    tab.word.setText(" lower")
    tab.tokenizer.choose("cl100k")
    qtbot.waitUntil(lambda: bool(tab.rows.rows), timeout=30_000)
    assert tab.rows.rows[0].word == "·  l  o  w  e  r" and tab.rows.rows[-1].word == "·lower"


@pytest.mark.parametrize(
    ("content", "note"),
    [(b"one \xff two", "that are no UTF-8"), (b"\xef\xbb\xbfone", "byte-order mark")],
)
def test_what_was_no_text_in_a_file_is_told(
    page: TokensPage, qtbot: QtBot, tmp_path: Path, content: bytes, note: str
) -> None:
    path = tmp_path / "broken.txt"
    path.write_bytes(content)
    page.text.file.open(path)
    qtbot.waitUntil(lambda: note in page.text.source.notes.text(), timeout=30_000)


def test_of_two_files_the_newer_one_is_shown_and_none_over_what_is_written(
    page: TokensPage, qtbot: QtBot, tmp_path: Path
) -> None:
    for name in ("older", "newer"):
        (tmp_path / name).write_text(name * 3, "utf-8")
        page.text.file.open(tmp_path / name)
    wait_for(page, qtbot, "newer" * 3)
    page.text.file.open(tmp_path / "older")
    write(page, qtbot, "written")
    qtbot.waitUntil(lambda: not page.context.jobs.running)
    assert page.text.source.text == "written" and page.text.source.about.isHidden()


def test_a_cut_that_is_stopped_leaves_no_tokens_of_an_older_text(
    page: TokensPage, qtbot: QtBot
) -> None:
    write(page, qtbot, "an older text")
    page.text.source.editor.setPlainText("a newer one, not cut in no time " * 20_000)
    page.text.cut()
    page.context.jobs.cancel_all()  # as the list of tasks does
    qtbot.waitUntil(lambda: "Stopped" in page.text.columns[1].message.words.text())
    assert all(column.view is None for column in page.text.columns)


def test_ten_megabytes_of_one_letter_are_refused_on_the_page(
    page: TokensPage, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "long.txt"
    path.write_bytes(b"a" * 10_000_000)
    with qtbot.waitSignal(page.text.failed) as failed:
        page.text.file.open(path)
    assert "at most" in str(failed.args[0])


def test_half_a_character_in_the_field_ends_nothing(page: TokensPage, qtbot: QtBot) -> None:
    page.text.source.editor.setPlainText("a\ud83d!")
    qtbot.waitUntil(lambda: all(c.view for c in page.text.columns), timeout=30_000)
    assert shown(page.text.columns[0])[0] == "a"


@pytest.mark.parametrize("width", [900, 560, 320])
def test_what_stands_above_the_columns_is_never_cut(
    context: AppContext, qtbot: QtBot, width: int
) -> None:
    bar = ViewBar()
    context.theme.hand_to(bar)
    _around = as_wide_as(width, bar, qtbot)
    parts = (*bar.findChildren(QToolButton), bar.glyphs, bar.special, bar.add)
    qtbot.waitUntil(lambda: all(each.width() >= each.sizeHint().width() for each in parts))
    assert all(each.geometry().right() <= width for each in parts)


@pytest.mark.parametrize(("width", "n_lines"), [(1000, 1), (700, 2), (450, 2), (250, 4)])
def test_columns_without_room_beside_each_other_stand_below(
    qtbot: QtBot, width: int, n_lines: int
) -> None:
    grid, cards = CardGrid(200), [QWidget() for _ in range(4)]
    grid.show_cards(cards)
    _around = as_wide_as(width, grid, qtbot)
    qtbot.waitUntil(lambda: len({card.y() for card in cards}) == n_lines)
    assert all(card.width() >= 200 for card in cards)


def as_wide_as(width: int, widget: QWidget, qtbot: QtBot) -> QWidget:
    """A window would not get narrower than what lies in it."""
    around = QWidget()
    qtbot.addWidget(around)
    widget.setParent(around)
    around.resize(width, 400)
    widget.resize(width, 400)
    around.show()
    return around
