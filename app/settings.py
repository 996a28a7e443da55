"""Every setting, declared once. Knows no Qt."""

from __future__ import annotations

from dataclasses import Field, dataclass, field, fields
from typing import Any

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Declaration:
    """What the settings page, the loader and the reader of this file need to know of a setting.

    `choices` pairs a stored value with its words; `minimum`, `maximum` and `step` bound a number.
    A setting without `group` is something the window remembers and is not shown.
    """

    label: str = ""
    help: str = ""
    group: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    step: float = 1
    unit: str = ""
    kind: str = ""  # "folders": a list of folders


def setting(default: Any, label: str, group: str, help: str = "", **more: Any) -> Any:
    """A field that the settings page shows."""
    return field(
        default=default,
        metadata={"declaration": Declaration(label, help, group, **more)},
    )


def remembered(default: Any, **more: Any) -> Any:
    """A field that the window keeps for itself between two starts."""
    return field(default=default, metadata={"declaration": Declaration(**more)})


@dataclass(frozen=True)
class Settings:
    """All settings with their defaults."""

    theme: str = setting(
        "system",
        "Appearance",
        "Look",
        choices=(("system", "Same as the system"), ("light", "Light"), ("dark", "Dark")),
    )
    text_percent: int = setting(
        100,
        "Text size",
        "Look",
        "Ctrl and + or − change it anywhere.",
        minimum=85,
        maximum=200,
        step=5,
        unit="%",
    )
    reduce_motion: bool = setting(
        False, "Reduce motion", "Look", "Things change at once instead of moving."
    )
    strip_visible: bool = setting(True, "Show the status strip", "Look")
    load_last_model: bool = setting(
        True,
        "Load the last model at start",
        "Models",
        "The model you used last is read into memory as soon as the window is open.",
    )
    idle_unload_min: int = setting(
        30,
        "Unload a model when idle",
        "Models",
        "Frees its memory after this time without a request; 0 keeps it until you eject it.",
        minimum=0,
        maximum=600,
        step=5,
        unit="minutes",
    )
    model_folders: tuple[str, ...] = setting(
        (),
        "Model folders",
        "Models",
        "Searched for models beside the places other tools use. Files are only read.",
        kind="folders",
    )
    overflow: str = setting(
        "stop_at_limit",
        "When a chat outgrows the context",
        "Chat",
        "For new chats. What is left out is always marked in the chat.",
        choices=(
            ("stop_at_limit", "Stop at limit"),
            ("truncate_middle", "Truncate middle"),
            ("rolling_window", "Rolling window"),
        ),
    )
    enter_sends: bool = setting(
        True, "Enter sends the message", "Chat", "Off: Enter starts a new line, Ctrl+Enter sends."
    )
    keep_awake: bool = setting(
        True, "Keep the computer awake during a run", "Labs", "The screen may still go dark."
    )

    sealed: bool = setting(
        True,
        "Sealed",
        "Network",
        "Nothing leaves this machine. A download or a server elsewhere needs your yes each time; "
        "the Network page lists what was asked for.",
    )
    proxy: str = setting(
        "",
        "Proxy",
        "Network",
        "For downloads, such as http://proxy.example:3128. Empty: what the system or the variable "
        "HTTPS_PROXY says.",
    )
    ca_file: str = setting(
        "",
        "Certificates",
        "Network",
        "A file (PEM) with the authorities of your network, where it has its own. Empty: those of "
        "the system.",
    )

    last_page: str = remembered("")
    last_model: str = remembered("")
    last_chat: str = remembered("")
    window_geometry: str = remembered("")
    splitters: dict[str, list[int]] = field(
        default_factory=dict, metadata={"declaration": Declaration()}
    )


def declaration_of(name: str) -> Declaration:
    found: Declaration = _field(name).metadata["declaration"]
    return found


def default_of(name: str) -> Any:
    return getattr(Settings(), name)


def shown_settings() -> dict[str, list[str]]:
    """Names of the settings by group, in the order of their declaration."""
    groups: dict[str, list[str]] = {}
    for item in fields(Settings):
        group = item.metadata["declaration"].group
        if group:
            groups.setdefault(group, []).append(item.name)
    return groups


def problem_with(name: str, value: Any) -> str:
    """Why `value` cannot be the setting `name`, or "" where it can."""
    declaration, default = declaration_of(name), default_of(name)
    if isinstance(default, bool):
        return "" if isinstance(value, bool) else "it must be on or off"
    if isinstance(default, int | float):
        return _problem_with_number(declaration, value, whole=isinstance(default, int))
    if isinstance(default, tuple):
        is_list = isinstance(value, tuple) and all(isinstance(item, str) for item in value)
        return "" if is_list else "it must be a list of texts"
    if isinstance(default, dict):
        return _problem_with_sizes(value)
    if not isinstance(value, str):
        return "it must be a text"
    known = [stored for stored, _ in declaration.choices]
    return f"it must be one of {', '.join(known)}" if known and value not in known else ""


def _problem_with_number(declaration: Declaration, value: Any, *, whole: bool) -> str:
    kinds = int if whole else int | float
    if isinstance(value, bool) or not isinstance(value, kinds):
        return "it must be a whole number" if whole else "it must be a number"
    low, high = declaration.minimum, declaration.maximum
    # Written so that "not a number", which no comparison accepts, is refused as well.
    inside = (low is None or value >= low) and (high is None or value <= high)
    return "" if inside else f"it must be from {low:g} to {high:g}"


def _problem_with_sizes(value: Any) -> str:
    is_sizes = isinstance(value, dict) and all(
        isinstance(sizes, list) and all(isinstance(size, int) for size in sizes)
        for sizes in value.values()
    )
    return "" if is_sizes else "it must name lists of sizes"


def _field(name: str) -> Field[Any]:
    return next(item for item in fields(Settings) if item.name == name)
