"""The Network page: sealed, open, and with something outside."""

from __future__ import annotations

from app.pages.network.serving_section import ServingSection
from models.network import Act, Attempt, Sealed
from tests.gallery.scene import Scene
from tests.gallery.stage import Stage

AT = 1_700_000_000.0
TRIES = (
    ("httpcore._sync.connection.connect", "socket.getaddrinfo", "pypi.org", False, "", ""),
    ("torch.hub.load", "socket.getaddrinfo", "github.com", False, "", "Worker of SmolLM2.gguf"),
    ("torch.hub.load", "socket.getaddrinfo", "github.com", False, "", "Worker of SmolLM2.gguf"),
    ("models.download.hub.look", "act", "huggingface.co", False, "Look up Qwen/Qwen3-0.6B", ""),
    ("models.download.hub.look", "act", "huggingface.co", True, "Look up Qwen/Qwen3-0.6B", ""),
    ("httpcore._sync.connection.connect", "socket.getaddrinfo", "huggingface.co", True,
     "Look up Qwen/Qwen3-0.6B", "Download"),
)  # fmt: skip


def _open(stage: Stage) -> None:
    stage.window.open("network")


def _asked(stage: Stage) -> None:
    for number, (asker, event, host, allowed, reason, process) in enumerate(TRIES):
        attempt = Attempt(AT + 4 * number, asker, event, host, allowed, reason, process)
        stage.services.gate.ledger.add(attempt)
    _open(stage)
    stage.settle()


def _unsealed(stage: Stage) -> None:
    stage.services.settings.change(sealed=False)
    _asked(stage)


def _outside(stage: Stage) -> None:
    """One act went out by the user's leave while Assay stays sealed."""
    gate, act = stage.services.gate, Act("Download Qwen3 0.6B", "huggingface.co")
    gate.allow_once(act)
    running = gate.act(act.reason, act.host)
    running.__enter__()
    stage.desktop.window.closed.connect(lambda: running.__exit__(None, None, None))
    _open(stage)
    stage.settle()


def _refused(stage: Stage) -> None:
    """What a page shows when only the seal stood in the way."""
    stage.window.open("models")
    try:
        stage.services.gate.permit("Download Qwen3 0.6B", "huggingface.co")
    except Sealed as error:
        stage.models.show_error(error, lambda: None)
    stage.settle()


def _serving(stage: Stage) -> None:
    """The switch is on and the token shown."""
    _open(stage)
    [section] = stage.window.findChildren(ServingSection)
    section.switch.click()
    stage.until(section.address.isVisible)
    section.show_token.setChecked(True)
    stage.settle()


SCENES = (
    Scene("network", "sealed", "sim:echo", _open),
    Scene("network", "asked", "sim:echo", _asked),
    Scene("network", "open", "sim:echo", _unsealed),
    Scene("network", "outside", "sim:echo", _outside),
    Scene("network", "serving", "sim:echo", _serving),
    Scene("network", "refused by the seal", "sim:echo", _refused),
)
