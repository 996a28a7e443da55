"""`python -m tests.gallery [WORD …]`: every page in its states, in light and dark, three sizes."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from html import escape
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from app.shell.start import make_application
from models.network import install_door
from models.starter import starter_path
from tests.gallery import (
    chat_scenes,
    design_scenes,
    hand_in_scenes,
    labs_scenes,
    network_scenes,
    next_token_scenes,
    other_scenes,
    quantization_lab_scenes,
    quantization_scenes,
    request_scenes,
    sheet_scenes,
    speed_scenes,
    surprise_scenes,
    telemetry_scenes,
    token_lab_scenes,
    tokens_scenes,
    train_scenes,
)
from tests.gallery.scene import Scene
from tests.gallery.stage import FRAMES, stage

OUT = Path("build/gallery")
THEMES = ("light", "dark")
SCENES = (
    chat_scenes.SCENES
    + labs_scenes.SCENES
    + design_scenes.SCENES
    + hand_in_scenes.SCENES
    + network_scenes.SCENES
    + tokens_scenes.SCENES
    + token_lab_scenes.SCENES
    + train_scenes.SCENES
    + surprise_scenes.SCENES
    + next_token_scenes.SCENES
    + sheet_scenes.SCENES
    + telemetry_scenes.SCENES
    + request_scenes.SCENES
    + quantization_scenes.SCENES
    + speed_scenes.SCENES
    + quantization_lab_scenes.SCENES
    + other_scenes.SCENES
)
PAGE = """<!doctype html><meta charset="utf-8"><title>Assay, page by page</title>
<style>body {{ font: 14px sans-serif; margin: 24px; background: #888 }} h2 {{ margin: 32px 0 8px }}
img {{ width: 31%; margin: 0 1% 8px 0; vertical-align: top }}</style>
{body}
"""


def main() -> int:
    asked = _arguments()
    wanted = [s for s in SCENES if not asked.word or any(w in s.name for w in asked.word)]
    if asked.list:
        print("\n".join(scene.name for scene in wanted))
        return 0
    if not asked.word:
        shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True, exist_ok=True)
    install_door()
    app = make_application()
    app.setQuitOnLastWindowClosed(False)
    for scene in wanted:
        print(scene.name, file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory() as folder:
            _shoot(app, scene, Path(folder) / "home")
    (OUT / "index.html").write_text(_index(SCENES), encoding="utf-8")
    print(f"{len(wanted) * len(THEMES) * len(FRAMES)} pictures: {OUT / 'index.html'}")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.gallery",
        description=f"Every page in its states, in light and dark, as {', '.join(FRAMES)} text: "
        f"pictures in {OUT} with an index page.",
    )
    parser.add_argument(
        "word", nargs="*", help="only the scenes whose name holds one of these words"
    )
    parser.add_argument("--list", action="store_true", help="print the scenes' names and stop")
    return parser.parse_args()


def _shoot(app: QApplication, scene: Scene, home: Path) -> None:
    with stage(app, home, scene.model or str(starter_path() or "")) as made:
        scene.arrange(made)
        for theme in THEMES:
            for frame in FRAMES:
                file = OUT / _file(scene, theme, frame)
                made.photograph(theme, frame, file, lambda: scene.again(made))


def _file(scene: Scene, theme: str, frame: str) -> str:
    size = frame.replace("×", "x").replace(" %", "pc")
    return f"{scene.name}-{theme}-{size}.png"


def _index(scenes: Sequence[Scene]) -> str:
    body = []
    for scene in scenes:
        body.append(f"<h2>{escape(scene.page)}: {escape(scene.state)}</h2>")
        for theme in THEMES:
            for frame in FRAMES:
                words = escape(f"{scene.page}, {scene.state}, {theme}, {frame}")
                file = _file(scene, theme, frame)
                body.append(f'<a href="{file}"><img src="{file}" alt="{words}"></a>')
    return PAGE.format(body="\n".join(body))


if __name__ == "__main__":
    sys.exit(main())
