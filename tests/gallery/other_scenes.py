"""The other pages, and what lies over all of them."""

from __future__ import annotations

from pathlib import Path

from app.notices import Notice
from app.pages.models.get_models_work import Found
from models.download.choices import choices_of
from models.download.messages import Listing, RemoteFile
from models.download.offer import Offer
from models.hardware.memory import free_bytes
from models.library.entry import ModelEntry
from models.remote.ollama_acts import RunningModel
from models.remote.server import ServerState
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


def _sealed(stage: Stage) -> None:
    stage.models.ask_for_download()
    stage.models.get_models.look_up("bartowski/Llama-3.2-1B-Instruct-GGUF")
    stage.settle()


def _offer(stage: Stage) -> None:
    """What a repository with many files looks like, without asking any hub."""
    tab = stage.models.get_models
    stage.models.ask_for_download()
    stage.settle()
    sizes = {"IQ2_M": 515, "Q3_K_M": 691, "Q4_K_M": 808, "Q5_K_M": 912, "Q6_K": 1022, "Q8_0": 1321}
    files = tuple(
        RemoteFile(f"Llama-3.2-1B-Instruct-{name}.gguf", size * 1_000_000)
        for name, size in sizes.items()
    )
    repo = "bartowski/Llama-3.2-1B-Instruct-GGUF"
    listing = Listing(repo, "main", "c0ffee", files, "llama3.2")
    choices = choices_of(listing)
    offer = Offer(listing, choices, choices[2])
    forecasts = offer.forecasts(free_bytes())
    tab.paste.setText(repo)
    tab.show_found(Found(offer, forecasts, offer.recommended(forecasts)))


def _servers(stage: Stage) -> None:
    """What Ollama looks like while it runs, and a server that does not."""
    stage.services.servers.add("LM Studio", "http://127.0.0.1:9/v1")
    stage.window.open("models", "servers")
    stage.settle()
    entries = tuple(
        ModelEntry(
            f"ollama:{name}",
            f"ollama:{name}",
            Path(name),
            "ollama",
            size,
            "Ollama",
            kind,
            "llama",
            count,
            elsewhere=elsewhere,
        )
        for name, size, kind, count, elsewhere in (
            ("llama3.2:1b", 1_321_098_329, "Q8_0", 1_240_000_000, ""),
            ("qwen3:4b", 2_600_000_000, "Q4_K_M", 4_000_000_000, ""),
            ("gpt-oss:120b-cloud", 384, "MXFP4", 117_000_000_000, "ollama.com"),
        )
    )
    running = {entries[0].name: RunningModel(entries[0].name, 1_900_000_000, 0)}
    state = ServerState(stage.services.servers.ollama, entries, "0.12.11")
    stage.models.servers.ollama.show_state(state, running)


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
    Scene("models", "servers", "", _servers),
    Scene("models", "no server", "", lambda stage: stage.window.open("models", "servers")),
    Scene("models", "get", "", lambda stage: stage.models.ask_for_download()),
    Scene("models", "get sealed", "", _sealed),
    Scene("models", "get offer", "", _offer),
    Scene("settings", "all", "", lambda stage: stage.window.open("settings")),
    Scene("shell", "palette", "", again=lambda stage: stage.window.open_palette()),
    Scene("shell", "shortcuts", "", again=lambda stage: stage.window.open_shortcuts()),
    Scene("shell", "tasks", "", again=lambda stage: stage.window.open_tasks()),
    Scene("shell", "machine", "", again=lambda stage: stage.window.open_machine()),
    Scene("shell", "notices", "", _notices),
    Scene("shell", "shown to the room", "sim:markdown",
          lambda stage: (stage.say("Show me."), stage.window.show_to_room())[0]),
)  # fmt: skip
