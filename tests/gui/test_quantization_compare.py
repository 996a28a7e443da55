"""The Quantization page: files of one model compared, looked at, kept, and made."""

from __future__ import annotations

import json
import os
from collections.abc import Generator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.context import AppContext
from app.notices import Notice
from app.pages.quantization.compare_result import CompareResult
from app.pages.quantization.compare_setup import CompareSetup
from app.pages.quantization.compare_tab import CompareTab
from app.pages.quantization.foot import Foot
from app.pages.quantization.make_place import MakePlace
from app.pages.quantization.make_tab import MakeTab
from app.pages.quantization.member_list import MemberList
from app.pages.quantization.moved_text import MovedText
from app.pages.quantization.moved_tokens import CHANGE, COLUMNS, MovedTokens
from app.pages.quantization.numbers_view import NumbersView
from app.pages.quantization.page import QuantizationPage
from app.pages.quantization.places import MAKE
from app.pages.quantization.targets import Target, free_text, name_problem
from app.pages.quantization.work import Step, find_family
from app.widgets.parts import button
from app.widgets.task_row import TaskRow
from labs import kept_files
from labs.quantization import kept
from labs.quantization.family import member_of
from labs.quantization.moved import TokenChange
from models.cancel import CancelToken
from models.errors import UserError
from models.library.library import Library
from models.long_work import result_of
from models.quantize.quantize import Wish, quantize
from tests.engine.tiny_kinds import llama
from tests.gui.test_shell_window import _controls, _name
from tests.labs.quantization.made import comparison, record, told

TEXT = "The hare was once boasting of her speed before the other animals. " * 60
LONG_MS = 120_000


@pytest.fixture(scope="module")
def family(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("family")
    path, target = llama(folder / "tiny-F32.gguf"), folder / "tiny-Q4_0.gguf"
    (entry,) = Library(folder / "index").add(path)
    result_of(quantize(Wish(entry, target, "Q4_0"), CancelToken()))
    return path, target


@pytest.fixture
def page(
    context: AppContext, family: tuple[Path, Path], qtbot: QtBot
) -> Iterator[QuantizationPage]:
    for path in family:
        context.services.library.add(path)
    context.current_model.choose(str(family[1]))
    made = QuantizationPage(context)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    yield made
    assert context.jobs.close()


def compare_tab(page: QuantizationPage, qtbot: QtBot) -> CompareTab:
    qtbot.waitUntil(lambda: page.compare.tab is not None, timeout=LONG_MS)
    tab = page.compare.tab
    assert tab is not None
    qtbot.waitUntil(lambda: bool(tab.setup.members.members), timeout=LONG_MS)
    return tab


def make_tab(page: QuantizationPage, qtbot: QtBot) -> MakeTab:
    page.open_target(MAKE)
    qtbot.waitUntil(lambda: page.make.tab is not None, timeout=LONG_MS)
    assert page.make.tab is not None
    return page.make.tab


def seen(result: CompareResult, place: int, qtbot: QtBot) -> Any:
    """The view, which is made when it is first shown."""
    result.show_view(place)
    late = (result.numbers, result.frontier, result.moved, result.text)[place]
    qtbot.waitUntil(lambda: late.view is not None)
    return late.view


def _is_third_window(step: object) -> bool:
    return isinstance(step, Step) and step.done >= 4


def use_text(tab: CompareTab, folder: Path, n_windows: int) -> None:
    path = folder / "own.txt"
    path.write_text(TEXT, "utf-8")
    texts = tab.setup.texts
    texts.use_file(path)
    texts.count.setCurrentIndex(texts.count.count() - 1)
    texts.own_count.setValue(n_windows)
    texts.with_speed.setChecked(False)


@pytest.mark.model
def test_two_files_are_compared_shown_and_kept(
    page: QuantizationPage, qtbot: QtBot, tmp_path: Path
) -> None:
    tab = compare_tab(page, qtbot)
    assert tab.setup.members.base and tab.setup.members.base.entry.name == "tiny-F32"
    assert [box.text() for box in tab.setup.members.files] == ["Q4_0"]
    use_text(tab, tmp_path, 2)
    with pytest.raises(UserError, match="No comparison is shown"):
        page.artifacts()[0].make()
    tab.setup.start.click()
    qtbot.waitUntil(lambda: tab.currentIndex() == 1, timeout=LONG_MS)
    result = tab.result
    assert result.finding.text().startswith("Q4_0 diverges from F32 by")
    numbers = seen(result, 0, qtbot)
    assert [row.label for row in numbers.rows.rows] == ["F32", "Q4_0"]
    qtbot.waitUntil(lambda: bool(tab.kept.rows.rows), timeout=LONG_MS)
    decision = json.loads(page.artifacts()[0].make())
    assert decision["finding"] == result.finding.text()
    assert decision["rows"][1]["measures"]["kld"]["se"] > 0 and decision["telemetry"] is None
    detail = seen(result, 2, qtbot).detail
    qtbot.waitUntil(lambda: len(detail.base.choices) == len(detail.other.choices) == 10)
    assert [each for each in _controls(page) if not _name(each)] == []
    result.back.click()
    tab.kept.open_button.click()
    qtbot.waitUntil(lambda: tab.currentIndex() == 1, timeout=LONG_MS)


@pytest.mark.model
def test_a_stop_keeps_what_is_there_and_says_it_is_partial(
    page: QuantizationPage, qtbot: QtBot, tmp_path: Path
) -> None:
    tab = compare_tab(page, qtbot)
    use_text(tab, tmp_path, 200)
    assert "The text has about 2 windows. Takes" in tab.setup.foot.said.text()
    tab.setup.texts.text.setCurrentIndex(0)  # the long ones that ship
    tab.setup.start.click()
    assert tab.job is not None
    job = tab.job
    shown: list[float] = []
    job.updated.connect(lambda: shown.append(job.status.fraction or 0.0))
    job.progress.connect(lambda step: tab.stop() if _is_third_window(step) else None)
    qtbot.waitUntil(lambda: tab.currentIndex() == 1, timeout=LONG_MS)
    assert shown == sorted(shown)  # a model that is loaded is no comparison that is done
    assert not tab.result.partial.isHidden()
    assert "Stopped after" in tab.result.partial.text()
    qtbot.waitUntil(lambda: bool(tab.kept.rows.rows), timeout=LONG_MS)
    assert tab.kept.rows.rows[0].is_partial


def test_files_stand_in_one_order_whoever_chose_the_base(
    family: tuple[Path, Path], tmp_path: Path
) -> None:
    library, between = Library(tmp_path / "index"), tmp_path / "tiny-Q8_0.gguf"
    (base, last) = (library.add(path)[0] for path in family)
    result_of(quantize(Wish(base, between, "Q8_0"), CancelToken()))
    library.add(between)
    free = result_of(find_family(library, str(last.path), CancelToken(), choose_base=True))
    named = result_of(find_family(library, str(base.path), CancelToken()))
    assert [each.entry.name for each in named] == ["tiny-F32", "tiny-Q8_0", "tiny-Q4_0"]
    assert free == named


def test_what_ended_a_comparison_is_said_above_what_it_found(
    context: AppContext, qtbot: QtBot
) -> None:
    view = CompareResult(context)
    qtbot.addWidget(view)
    made = replace(comparison(), is_partial=True, n_windows=4, ended_by="hare-Q4_0: It fell.")
    view.show_record(record(made), None)
    assert view.partial.text() == "Ended after 4 of 12 windows" and not view.partial.isHidden()
    assert view.ended.text() == "hare-Q4_0: It fell." and not view.ended.isHidden()
    view.show_record(record(replace(comparison(), is_stopped=True, left_out=("x",))), None)
    assert view.partial.text() == "Stopped before all files were read" and view.ended.isHidden()


def test_a_view_that_comes_late_is_divided_as_the_user_left_it(
    context: AppContext, qtbot: QtBot
) -> None:
    context.services.settings.change(splitters={"moved-splitter": [400, 500]})
    view = CompareResult(context)
    qtbot.addWidget(view)
    view.resize(950, 500)
    view.show()
    view.show_record(record(), None)
    assert view.moved.view is None
    left, right = seen(view, 2, qtbot).halves.sizes()
    assert left < right


def test_a_smaller_cache_is_offered_for_gguf_files_only(
    family: tuple[Path, Path], tmp_path: Path, qtbot: QtBot
) -> None:
    made = MemberList()
    qtbot.addWidget(made)
    (entry,) = Library(tmp_path / "index").add(family[0])
    base = member_of(entry)
    made.show_members((base,))
    made.caches[0].setChecked(True)
    assert made.chosen == (f"{family[0]}@q8_0",)
    made.show_members((replace(base, entry=replace(entry, format="mlx")),))
    assert made.chosen == () and made.caches[0].isHidden()


def test_a_cache_that_was_chosen_is_enough_and_else_a_smaller_file_is_ticked(
    family: tuple[Path, Path], tmp_path: Path, qtbot: QtBot
) -> None:
    made = MemberList()
    qtbot.addWidget(made)
    large, small = (member_of(Library(tmp_path / "index").add(path)[0]) for path in family)
    made.show_members((small,))
    made.caches[0].setChecked(True)
    made.show_members((small, large), made.chosen)  # a file has come since
    assert made.chosen == (f"{family[1]}@q8_0",)
    made.show_members(())
    made.caches[0].setChecked(False)
    larger = replace(large, mix=replace(large.mix, bits_per_weight=64.0))
    made.show_members((large, larger, small))
    assert made.chosen == (str(family[1]),)


def test_the_keyboard_stays_below_where_it_cannot_begin_again(
    context: AppContext, qtbot: QtBot
) -> None:
    def work() -> Generator[str, None, None]:
        yield "Working"

    tick, start, window = button("Tick"), button("Start"), QWidget()
    foot = Foot("Making", tick, start)
    column = QVBoxLayout(window)
    for widget in (button("Elsewhere"), foot):
        column.addWidget(widget)
    qtbot.addWidget(window)
    window.show()
    start.setFocus()
    job = context.jobs.start(lambda _token: work())
    foot.show_running(job)
    start.setEnabled(False)  # as where the disk is full
    with qtbot.waitSignal(job.ended):
        pass
    assert window.focusWidget() is tick
    assert context.jobs.close()


def test_a_second_click_where_stop_has_come_stops_nothing(qtbot: QtBot) -> None:
    row = TaskRow("Comparing")
    qtbot.addWidget(row)
    row.show()
    stopped: list[bool] = []
    row.stop_requested.connect(lambda: stopped.append(True))
    stop = row.focusProxy()
    middle = QPointF(stop.rect().center())
    for kind in (QEvent.Type.MouseButtonDblClick, QEvent.Type.MouseButtonRelease):
        left = Qt.MouseButton.LeftButton
        held = left if kind == QEvent.Type.MouseButtonDblClick else Qt.MouseButton.NoButton
        event = QMouseEvent(kind, middle, stop.mapToGlobal(middle), left, held,
                            Qt.KeyboardModifier.NoModifier)  # fmt: skip
        QApplication.sendEvent(stop, event)
    assert not stopped
    qtbot.mouseClick(stop, Qt.MouseButton.LeftButton)
    assert stopped


def test_a_file_that_takes_very_long_is_said_so_before(
    context: AppContext, family: tuple[Path, Path], tmp_path: Path, qtbot: QtBot
) -> None:
    setup = CompareSetup(context)
    qtbot.addWidget(setup)
    base, other = (member_of(Library(tmp_path / "index").add(path)[0]) for path in family)
    setup.members.show_members((base, replace(other, is_slow=True)))
    assert setup.slow.text().startswith("tiny-Q4_0 has quantized") and not setup.slow.isHidden()
    assert setup.foot.said.text().startswith("How long it takes is not known")
    setup.members.files[0].setChecked(False)
    assert setup.slow.isHidden()


def test_another_model_is_refused_on_the_page(page: QuantizationPage, qtbot: QtBot) -> None:
    tab = compare_tab(page, qtbot)
    tab.setup.choose("sim:echo")
    qtbot.waitUntil(lambda: not page.error_bar.isHidden(), timeout=LONG_MS)
    assert "log-probabilities" in page.error_bar.accessibleDescription()
    assert not tab.setup.start.isEnabled()


def test_a_comparison_that_vanished_is_said_and_leaves_the_list(
    page: QuantizationPage, context: AppContext, qtbot: QtBot
) -> None:
    path = kept.keep(context.services.paths.comparisons, record())
    tab = compare_tab(page, qtbot)
    qtbot.waitUntil(lambda: len(tab.kept.rows.rows) == 1, timeout=LONG_MS)
    path.unlink()
    tab.kept.open_button.click()
    qtbot.waitUntil(lambda: not tab.kept.rows.rows, timeout=LONG_MS)
    assert "not there any more" in page.error_bar.accessibleDescription()


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [(0.5, 0.25, "−25.0 %"), (0.01, 0.0125, "+0.25 %"), (0.002376, 0.002333, "−0.004 %"),
     (0.0, 0.0, "+0.00 %")],
)  # fmt: skip
def test_a_small_change_of_a_probability_is_told_as_well(
    before: float, after: float, told: str
) -> None:
    change = TokenChange(0, 1, "", 1, "a", "", "", before, after, 0.1)
    assert COLUMNS[CHANGE].text(change) == told


def test_a_kept_comparison_goes_to_the_bin_and_comes_back(
    page: QuantizationPage, context: AppContext, qtbot: QtBot
) -> None:
    kept.keep(context.services.paths.comparisons, record())
    tab = compare_tab(page, qtbot)
    tab.look()
    qtbot.waitUntil(lambda: len(tab.kept.rows.rows) == 1)
    tab.kept.bin_button.click()
    qtbot.waitUntil(lambda: not tab.kept.rows.rows and tab.bin.count == 1)
    qtbot.waitUntil(lambda: tab.kept.to_bin.isVisible())
    [away] = kept_files.binned(context.services.paths.comparisons)
    tab.bin.take_out(away)
    qtbot.waitUntil(lambda: len(tab.kept.rows.rows) == 1)


def test_a_folder_that_cannot_be_read_does_not_look_empty(
    page: QuantizationPage, context: AppContext, qtbot: QtBot
) -> None:
    context.services.paths.comparisons.touch()
    tab = compare_tab(page, qtbot)
    qtbot.waitUntil(lambda: "cannot be read" in tab.kept.empty.text())
    context.services.paths.comparisons.unlink()
    tab.look()
    qtbot.waitUntil(lambda: "is kept and listed here" in tab.kept.empty.text())


def test_many_go_to_the_bin_at_once_and_come_back_at_once(
    page: QuantizationPage, context: AppContext, qtbot: QtBot
) -> None:
    """One by one they took the window for twelve seconds, five hundred of them."""
    for _ in range(5):
        kept.keep(context.services.paths.comparisons, record())
    tab = compare_tab(page, qtbot)
    tab.look()
    qtbot.waitUntil(lambda: len(tab.kept.rows.rows) == 5)
    tab.kept.table.selectAll()
    changed: list[None] = []
    tab.bin.changed.connect(lambda: changed.append(None))
    shown: list[Notice] = []
    context.notices.attach_window()
    context.notices.shown.connect(shown.append)
    tab.kept.bin_button.click()
    assert len(changed) == 1 and tab.bin.count == 5
    [notice] = shown
    assert notice.text == "5 comparisons are in the bin." and notice.run is not None
    notice.run()
    qtbot.waitUntil(lambda: tab.bin.count == 0 and len(tab.kept.rows.rows) == 5)


@pytest.mark.model
def test_a_file_is_made_and_offered_to_be_compared(
    page: QuantizationPage, family: tuple[Path, Path], qtbot: QtBot, tmp_path: Path
) -> None:
    tab = make_tab(page, qtbot)
    tab.choose(str(family[0]))
    qtbot.waitUntil(lambda: bool(tab.rows.rows), timeout=LONG_MS)
    assert not any(row.in_name_only for row in tab.shown)
    tab.select("Q5_0")
    tab.place.folder.setText(str(tmp_path))
    assert tab.place.name.text() == "tiny-Q5_0.gguf" and tab.place.requantize.isHidden()
    tab.start.click()
    qtbot.waitUntil(lambda: not tab.made.isHidden(), timeout=LONG_MS)
    assert (tmp_path / "tiny-Q5_0.gguf").is_file() and "tiny-Q5_0" in tab.made.said.text()
    tab.made.compare.click()
    compare = compare_tab(page, qtbot)
    qtbot.waitUntil(lambda: compare.setup.members.chosen == (str(tmp_path / "tiny-Q5_0.gguf"),),
                    timeout=LONG_MS)  # fmt: skip


@pytest.mark.model
def test_what_is_quantized_already_is_made_only_when_ticked(
    page: QuantizationPage, family: tuple[Path, Path], qtbot: QtBot, tmp_path: Path
) -> None:
    tab = make_tab(page, qtbot)
    qtbot.waitUntil(lambda: bool(tab.rows.rows), timeout=LONG_MS)
    tab.place.folder.setText(str(tmp_path))
    tab.select("Q5_0")
    assert not tab.start.isEnabled() and "quantized already (Q4_0" in tab.place.warning.text()
    tab.place.requantize.setChecked(True)
    assert tab.start.isEnabled()
    tab.place.folder.setText(f"/{'x' * 300}")
    assert "too long" in tab.foot.said.text() and not tab.start.isEnabled()


@pytest.mark.parametrize(
    ("folder", "name", "words"),
    [
        (".", "  ", "Give it a name"),
        (".", "a/b", "no “/”"),
        (".", "x" * 240, "too long"),
        (".", "there", "there.gguf is there already"),
        ("there.gguf", "new.gguf", "is no folder"),
        ("x" * 300, "new.gguf", "too long"),
    ],
)
def test_a_name_that_cannot_be_is_said_before_anything_is_written(
    qtbot: QtBot, tmp_path: Path, folder: str, name: str, words: str
) -> None:
    (tmp_path / "there.gguf").touch()
    place = MakePlace(tmp_path / folder)
    qtbot.addWidget(place)
    place.show_target(None, Target("Q4_0", 1000, 4.5, "Q4_0 100 %", quantization="Q4_0"))
    place.name.setText(name)
    told, can = place.verdict()
    assert words in told and not can


@pytest.mark.parametrize("folder", ["~nobody-of-this-name/models", "x/../models", ""])
def test_a_folder_is_named_from_the_root_on(qtbot: QtBot, folder: str) -> None:
    place = MakePlace(Path("/"))
    qtbot.addWidget(place)
    place.show_target(None, Target("Q4_0", 1000, 4.5, "Q4_0 100 %", quantization="Q4_0"))
    place.name.setText("new")
    place.folder.setText(folder)
    told, can = place.verdict()
    assert "whole path" in told and not can


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written_is_said(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    told, can = free_text(tmp_path / "new", Target("Q4_0", 1000, 4.5, "Q4_0 100 %"))
    assert f"Nothing may be written in {tmp_path}" in told and not can
    tmp_path.chmod(0)
    assert "may not be looked into" in name_problem(tmp_path / "new", "a.gguf")


def test_a_file_gets_the_ending_that_it_is_known_by(qtbot: QtBot, tmp_path: Path) -> None:
    place = MakePlace(tmp_path)
    qtbot.addWidget(place)
    place.show_target(None, Target("Q4_0", 1000, 4.5, "Q4_0 100 %", quantization="Q4_0"))
    place.name.setText(" mine ")
    assert place.path == tmp_path / "mine.gguf" and place.verdict()[1]
    place.show_target(None, Target("MLX, 4 bits", 1000, 4.5, "4 bits", mlx_bits=4))
    assert place.path == tmp_path / "mine"


def test_numbers_are_copied_with_all_columns(qtbot: QtBot) -> None:
    view = NumbersView()
    qtbot.addWidget(view)
    view.show_comparison(comparison())
    view.costs.copy_rows()
    head, base, *others = QApplication.clipboard().text().splitlines()
    assert head.startswith("File\tMean divergence, nats\tGuidance") and "Real mix" in head
    assert base.startswith("F16 (base)\t\t") and len(others) == 2
    notes = [label.text() for label in view.findChildren(QLabel)]
    assert any("12 windows of 64 tokens" in note for note in notes)


def test_a_click_on_a_moved_token_shows_both_sides(qtbot: QtBot) -> None:
    view = MovedTokens()
    qtbot.addWidget(view)
    view.complete()
    view.show_told(told(), 0, "F16 (base)", "Q4_0")
    assert [change.text for change in view.rows.rows] == [" her", " of"]
    qtbot.waitUntil(lambda: not view.detail.facts.isHidden())
    assert [c.text for c in view.detail.base.choices] == [" her", " speed"]
    assert "25.0 %" in view.detail.facts.text() and "another likeliest" in view.detail.facts.text()
    view.table.selectRow(1)
    assert not view.detail.note.isHidden()


def test_the_text_is_coloured_where_it_was_scored(qtbot: QtBot) -> None:
    view = MovedText()
    qtbot.addWidget(view)
    view.complete()
    view.show_told(told(), 0, "F16 (base)", "Q4_0")
    shares = [cell.share for cell in view.canvas.cells]
    assert shares[:5] == [None] * 5 and shares[6] == max(s for s in shares if s is not None)
    view.canvas.opened.emit(6, view.canvas.rect().topLeft())
    assert "“·her”" in view.detail.place.text()
    view.canvas.opened.emit(1, view.canvas.rect().topLeft())
    assert view.detail.facts.isHidden()
