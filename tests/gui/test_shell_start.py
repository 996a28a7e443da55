"""Starting the real program in processes of its own: what it imports, says and survives."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.crash import CrashLog, read_report
from app.display import can_open_windows, has_screen
from app.paths import Paths
from app.shell.single_instance import SingleInstance
from models.errors import UserError

ROOT = Path(__file__).resolve().parents[2]
HEAVY = (
    "numpy", "scipy", "pyqtgraph", "matplotlib", "httpx", "jinja2", "llama_cpp", "torch",
    "PySide6.QtNetwork", "PySide6.QtQml", "PySide6.QtWebEngineCore",
)  # fmt: skip

FIRST_PAINT = """
import sys
from app.shell import start
from app.__main__ import main
class Watched(start.MainWindow):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.first_painted.connect(self.tell)
    def tell(self):
        print(*sys.modules)
        self.quit()
start.MainWindow = Watched
sys.exit(main([]))
"""


def run(words: Sequence[str], home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    return subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env={**inherited, "ASSAY_HOME": str(home), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("page", ["chat", "labs"])
def test_nothing_heavy_is_imported_before_the_first_paint(tmp_path: Path, page: str) -> None:
    settings = json.dumps({"schema_version": 1, "last_page": page})
    (tmp_path / "settings.json").write_text(settings, encoding="utf-8")
    ended = run(["-c", FIRST_PAINT], tmp_path, QT_QPA_PLATFORM="offscreen")
    loaded = ended.stdout.split()
    assert "app.shell.window" in loaded, ended.stderr
    assert [name for name in HEAVY if name in loaded] == []


def test_without_a_display_a_sentence_and_exit_code_2(tmp_path: Path) -> None:
    ended = run(["-m", "app"], tmp_path, QT_QPA_PLATFORM="")
    assert ended.returncode == 2
    assert "no display" in ended.stderr


def test_the_version_is_printed(tmp_path: Path) -> None:
    assert run(["-m", "app", "--version"], tmp_path).stdout.startswith("assay ")


@pytest.mark.parametrize(
    "words", [["chat", "Hi", "--model", "no-such-model"], ["models", "show", "no-such-model"]]
)
def test_a_failing_command_ends_with_a_sentence_and_no_traceback(
    tmp_path: Path, words: list[str]
) -> None:
    ended = run(["-m", "app", *words], tmp_path)
    assert ended.returncode == 1
    assert ended.stderr.startswith("assay: ")
    assert "Traceback" not in ended.stderr


def test_a_home_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ended = run(["-m", "app", "models", "list"], tmp_path / "file" / "home")
    assert ended.returncode == 1
    assert "cannot write to its folder" in ended.stderr


@pytest.mark.parametrize(
    ("environment", "system", "found"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ""}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({}, "darwin", True),
        ({}, "win32", True),
    ],
)
def test_only_linux_can_be_without_a_screen(
    environment: dict[str, str], system: str, found: bool
) -> None:
    assert has_screen(environment, system) is found
    assert can_open_windows(environment, system) is found


def test_windows_open_without_a_screen_where_qt_was_told_to() -> None:
    environment = {"QT_QPA_PLATFORM": "offscreen"}
    assert can_open_windows(environment, "linux") and not has_screen(environment, "linux")


def test_a_second_start_raises_the_first_window(paths: Paths, qtbot: QtBot) -> None:
    first, second = SingleInstance(paths), SingleInstance(paths)
    assert first.claim()
    assert not second.claim()
    with ThreadPoolExecutor() as other, qtbot.waitSignal(first.raise_requested):
        answered = other.submit(second.ask_first_to_rise, 30)
    assert answered.exception() is None
    first.release()


def test_a_first_window_that_hangs_is_said_with_its_process(paths: Paths, qtbot: QtBot) -> None:
    first, second = SingleInstance(paths), SingleInstance(paths)
    assert first.claim() and not second.claim()
    with pytest.raises(UserError, match=f"does not answer.* end the process {os.getpid()} "):
        second.ask_first_to_rise(patience_s=0)  # nobody runs the first one's event loop
    first.release()


def test_the_home_is_free_again_after_the_first_has_gone(paths: Paths, qtbot: QtBot) -> None:
    first, second = SingleInstance(paths), SingleInstance(paths)
    assert first.claim()
    first.release()
    assert second.claim()
    second.release()


def test_a_run_that_ended_well_leaves_no_report(tmp_path: Path) -> None:
    log = CrashLog(tmp_path)
    assert log.begin() is None
    log.end()
    assert list(tmp_path.iterdir()) == []


def test_a_bug_is_kept_after_a_clean_end_and_not_taken_for_a_crash(tmp_path: Path) -> None:
    log = CrashLog(tmp_path)
    log.begin()
    log.note(ValueError("upside down"))
    log.end()
    assert "ValueError: upside down" in read_report(log.reports()[0])
    later = CrashLog(tmp_path)
    assert later.begin() is None
    later.end()


CRASH = """
import ctypes, sys
from pathlib import Path
from app.crash import CrashLog
log = CrashLog(Path(sys.argv[1]))
log.begin()
log.describe()
ctypes.string_at(0)
"""


def test_a_native_crash_is_reported_at_the_next_start(tmp_path: Path) -> None:
    assert run(["-c", CRASH, str(tmp_path)], tmp_path).returncode != 0
    log = CrashLog(tmp_path)
    report = log.begin()
    log.end()
    assert report is not None
    assert "Segmentation fault" in read_report(report)
    assert "Assay" in read_report(report)


def test_reports_name_the_home_folder_as_a_tilde(tmp_path: Path) -> None:
    report = tmp_path / "crash.txt"
    report.write_text(f'File "{Path.home()}/assay/app.py"')
    assert read_report(report) == 'File "~/assay/app.py"'


def test_a_crash_folder_that_cannot_be_used_does_not_stop_the_start(tmp_path: Path) -> None:
    (tmp_path / "crashes").write_text("a file where the folder should be")
    assert CrashLog(tmp_path / "crashes").begin() is None


def test_a_locked_away_home_is_refused_with_a_sentence(tmp_path: Path, qtbot: QtBot) -> None:
    with pytest.raises(UserError, match="cannot write to its folder"):
        SingleInstance(Paths(tmp_path / "gone", tmp_path / "gone")).claim()
