"""What ARCHITECTURE.md promises and no linter knows."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = [path for room in ("app", "labs", "models") for path in (ROOT / room).rglob("*.py")]
THREAD_STARTERS = {
    "app/jobs.py",
    "models/engine/process.py",
    "models/engine/worker.py",
    "models/engine/task_child.py",
    "models/engine/teller.py",
    "models/hardware/sampler.py",
    "models/hardware/bandwidth_child.py",
    "models/serving/lane.py",
    "models/serving/server.py",
}
EVENT_LOOPS = {"app/shell/start.py", "app/shell/picture.py"}

IMPORT_ALL = """
import importlib, pkgutil, sys
for absent in ("PySide6", "llama_cpp", "mlx", "mlx_lm", "transformers", "tokenizers"):
    sys.modules[absent] = None
import labs, models
for room in (labs, models):
    for found in pkgutil.walk_packages(room.__path__, room.__name__ + "."):
        importlib.import_module(found.name)
"""


def files_with(*words: str) -> set[str]:
    return {
        path.relative_to(ROOT).as_posix()
        for path in SOURCES
        if any(word in path.read_text(encoding="utf-8") for word in words)
    }


def test_threads_start_only_where_the_plan_says():
    words = ("Thread(", "(QThread", "ThreadPool", "threading.Timer", "asyncio", "multiprocessing")
    assert files_with(*words) == THREAD_STARTERS


def test_no_event_loop_runs_inside_another():
    assert files_with(".exec(", ".exec_(") == EVENT_LOOPS
    assert files_with("processEvents", "QEventLoop") == set()


def test_nothing_of_qt_that_could_reach_the_network_is_used():
    assert files_with("QtNetwork", "QtWebEngine", "QtQml", "QtWebSockets") == set()


@pytest.mark.slow
def test_labs_and_models_are_importable_without_qt_and_without_an_engine():
    ended = subprocess.run([sys.executable, "-c", IMPORT_ALL], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("name", ["README.md", "ARCHITECTURE.md"])
def test_what_the_documents_name_is_there(name: str):
    words = (ROOT / name).read_text(encoding="utf-8").replace("(", "`").replace(")", "`").split("`")
    rooms = ("app/", "labs/", "models/", "setup/", "tests/", "requirements/", "assets/")
    named = [word for word in words if word.startswith(rooms) and " " not in word]
    missing = [word for word in named if "*" not in word and not (ROOT / word).exists()]
    assert missing == []


@pytest.mark.parametrize(
    "row",
    [line for line in (ROOT / "README.md").read_text("utf-8").splitlines() if "| `assay " in line],
)
def test_the_readme_names_options_that_exist(row: str):
    command = re.findall("`assay ([a-z ]*[a-z])", row)[0].split()
    words = [sys.executable, "-m", "app", *command, "--help"]
    told = subprocess.check_output(words, cwd=ROOT, text=True)
    assert set(re.findall("--[a-z-]+", row)) <= set(re.findall("--[a-z-]+", told))
