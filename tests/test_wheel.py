"""What is installed holds all that Assay needs, and nothing of the workshop."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
REPLY = "from app.__main__ import main; main(['chat', 'hello', '--model', 'sim:echo'])"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder a wheel was unpacked into."""
    folder = tmp_path_factory.mktemp("wheel")
    words = ["pip", "wheel", ROOT, "--no-deps", "--no-build-isolation", "--wheel-dir", folder]
    subprocess.run([sys.executable, "-m", *words], check=True, capture_output=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        wheel.extractall(folder / "site")
    return folder / "site"


def python(installed: Path, home: Path, code: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(installed), "ASSAY_HOME": str(home)}
    words = [sys.executable, "-P", "-c", code]
    return subprocess.check_output(words, env=environment, cwd=home, text=True)


def test_it_holds_the_four_packages_and_nothing_else(installed: Path):
    rooms = {path.name for path in installed.iterdir() if path.suffix != ".dist-info"}
    assert rooms == {"app", "labs", "models", "assets"}
    assert not (installed / "assets" / "screenshots").exists()


def test_it_finds_its_own_files(installed: Path, tmp_path: Path):
    code = "import assets; print(*map(str, (assets.FONTS, assets.ICONS, assets.PRESETS)))"
    folders = [Path(word) for word in python(installed, tmp_path, code).split()]
    assert all(folder.is_relative_to(installed) for folder in folders)
    assert all(len(list(folder.iterdir())) > 2 for folder in folders)


def test_it_chats_from_any_folder(installed: Path, tmp_path: Path):
    assert python(installed, tmp_path, REPLY).strip() == "hello"
