"""The tests' own watch: what a test leaves behind or says aloud fails it with what to do."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

CULPRITS = """
import socket, subprocess, threading, warnings
from PySide6.QtCore import QTimer, qWarning
from PySide6.QtWidgets import QComboBox, QWidget

kept = []

def test_thread():
    threading.Thread(target=threading.Event().wait, name="forgotten", daemon=True).start()

def test_process():
    kept.append(subprocess.Popen(["sleep", "60"]))

def test_window(qapp):
    kept.append(QWidget())

def test_timer(qapp):
    kept.append(QTimer())
    kept[-1].start(1000)

def test_message(qapp):
    qWarning("something is off")

def test_warning():
    warnings.warn("something is old")

def test_network():
    socket.create_connection(("192.0.2.1", 80))

def test_tidy(qtbot):
    window = QWidget()
    QComboBox(window).addItems(["one", "two"])
    qtbot.addWidget(window)
    window.show()
    window.raise_()
    QTimer(window).start(1000)
"""

SENTENCES = {
    "test_thread": "The thread 'forgotten' still runs.",
    "test_process": "The child process 'sleep 60' still runs.",
    "test_window": "The window QWidget '' was not closed.",
    "test_timer": "A timer of 1000 ms still runs",
    "test_message": "QtWarningMsg: something is off",
    "test_warning": "UserWarning: something is old",
    "test_network": "was refused: Assay works offline",
}


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("culprits")
    shutil.copy(ROOT / "tests" / "conftest.py", folder)
    (folder / "test_culprits.py").write_text(CULPRITS)
    command = [sys.executable, "-m", "pytest", "-q", "-c", str(ROOT / "pyproject.toml"),
               "--rootdir", str(folder), "-p", "no:cacheprovider", str(folder)]  # fmt: skip
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=120,
        env=os.environ | {"PYTHONPATH": str(ROOT), "ASSAY_TEST_GRACE_S": "0.1"},
    )  # fmt: skip
    return done.stdout + done.stderr


@pytest.mark.parametrize(("culprit", "sentence"), SENTENCES.items(), ids=SENTENCES.keys())
def test_a_culprit_is_named(outcome: str, culprit: str, sentence: str) -> None:
    named = [f"{word} " for word in ("ERROR", "FAILED")]
    assert sentence in outcome
    assert any(f"{word}" in line and culprit in line for line in outcome.splitlines()
               for word in named)  # fmt: skip


def test_a_tidy_test_passes(outcome: str) -> None:
    assert "test_tidy" not in outcome and "5 passed" in outcome, outcome
