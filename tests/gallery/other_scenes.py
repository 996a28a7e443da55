"""The other pages, and what lies over all of them."""

from __future__ import annotations

from app.notices import Notice
from tests.gallery.scene import Scene
from tests.gallery.stage import Stage


def _empty_models(stage: Stage) -> None:
    for entry in stage.services.library.entries():
        stage.services.library.remove(entry)
    stage.models.look()
    stage.settle()


def _broken(stage: Stage) -> None:
    """A file that only begins like a model."""
    path = stage.services.paths.data / "shelf" / "Half a model Q4_K_M.gguf"
    path.write_bytes(b"GGUF\x03\x00\x00\x00" + b"\xff" * 64)
    stage.models.look()
    stage.settle()
    stage.window.open("models", str(path))
    stage.settle()


def _inspected(stage: Stage) -> None:
    stage.models.look()
    stage.settle()
    stage.window.open("models", str(stage.services.library.resolve("starter").path))
    stage.settle()


def _busy(stage: Stage) -> None:
    stage.start_saying("Talk for a while.")
    stage.window.open("models")


def _notices(stage: Stage) -> None:
    show = stage.desktop.context.notices.show
    show(Notice("The chat was moved to the bin.", "", "success", "bin", "Undo", lambda: None))
    show(Notice("The disk is nearly full.", "Free some space.", "warning", "disk", stays=True))
    show(Notice("The chat could not be saved.", "Try again.", "error", "save", stays=True))


SCENES = (
    Scene("models", "empty", "sim:echo", _empty_models),
    Scene("models", "list", "", lambda stage: stage.window.open("models")),
    Scene("models", "inspected", "", _inspected),
    Scene("models", "error", "", _broken),
    Scene("models", "busy", "sim:slow?delay_ms=60&tokens=2000", _busy),
    Scene("settings", "all", "", lambda stage: stage.window.open("settings")),
    Scene("shell", "palette", "", again=lambda stage: stage.window.open_palette()),
    Scene("shell", "shortcuts", "", again=lambda stage: stage.window.open_shortcuts()),
    Scene("shell", "tasks", "", again=lambda stage: stage.window.open_tasks()),
    Scene("shell", "machine", "", again=lambda stage: stage.window.open_machine()),
    Scene("shell", "notices", "", _notices),
    Scene("shell", "shown to the room", "sim:markdown",
          lambda stage: (stage.say("Show me."), stage.window.show_to_room())[0]),
)  # fmt: skip
