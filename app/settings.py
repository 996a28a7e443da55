"""Every setting, declared once; load, save and migrate. Knows no Qt."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import Field, asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from models.errors import UserError

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

    last_page: str = remembered("")
    last_model: str = remembered("")
    last_chat: str = remembered("")
    window_geometry: str = remembered("")
    splitters: dict[str, list[int]] = field(
        default_factory=dict, metadata={"declaration": Declaration()}
    )


@dataclass(frozen=True)
class Loaded:
    """Settings as read, and a sentence for everything that had to be put right."""

    settings: Settings
    problems: tuple[str, ...] = ()


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


# ---- the file ----------------------------------------------------------------------------------

Migration = Callable[[dict[str, Any]], dict[str, Any]]

# MIGRATIONS[n] turns a file of schema n into one of schema n + 1.
MIGRATIONS: dict[int, Migration] = {}


def load_settings(path: Path) -> Loaded:
    """Read the settings; whatever is wrong falls back to its default and is told."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(raw, dict):
            raise ValueError("not an object")
    except FileNotFoundError:
        return Loaded(Settings())
    except (OSError, ValueError) as error:
        return Loaded(Settings(), (_damaged(path, error),))
    version = raw.pop("schema_version", 0)
    if not isinstance(version, int) or version > SCHEMA_VERSION:
        backup = back_up(path)
        problem = "The settings come from a newer Assay; those known here were read."
        return _checked(raw, (f"{problem} {_copy_sentence(backup)}",), backed_up=True, path=path)
    for step in range(version, SCHEMA_VERSION):
        raw = MIGRATIONS.get(step, lambda older: older)(raw)
    return _checked(raw, (), backed_up=False, path=path)


def _checked(
    raw: dict[str, Any], problems: tuple[str, ...], *, backed_up: bool, path: Path
) -> Loaded:
    good: dict[str, Any] = {}
    for item in fields(Settings):
        if item.name not in raw:
            continue
        value = raw[item.name]
        if isinstance(value, list) and isinstance(default_of(item.name), tuple):
            value = tuple(value)
        reason = problem_with(item.name, value)
        if reason:
            label = declaration_of(item.name).label or item.name
            problems += (f"The setting “{label}” was put back to its default: {reason}.",)
        else:
            good[item.name] = value
    if problems and not backed_up:
        problems += (_copy_sentence(back_up(path)),)
    return Loaded(replace(Settings(), **good), problems)


def save_settings(path: Path, settings: Settings) -> None:
    """Write atomically: a crash leaves the old file or the new one. Raises UserError."""
    text = json.dumps({"schema_version": SCHEMA_VERSION, **asdict(settings)}, indent=2)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with open(temporary, "w", encoding="utf-8", opener=_private) as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise UserError(
            f"The settings could not be saved: {error.strerror or error}.",
            f"They hold until you close Assay. Check the disk that holds {path.parent}.",
        ) from error


def _private(name: str, flags: int) -> int:
    """Open for the user alone: folders and habits are nobody else's business."""
    return os.open(name, flags, 0o600)


def back_up(path: Path) -> Path | None:
    """Copy the file beside itself under a free name; None where that fails."""
    for number in range(1, 100):
        copy = path.with_name(f"{path.stem}.backup-{number}{path.suffix}")
        if copy.exists():
            continue
        try:
            copy.write_bytes(path.read_bytes())
        except OSError:
            return None
        return copy
    return None


def _damaged(path: Path, error: Exception) -> str:
    what = error.strerror if isinstance(error, OSError) else "it is damaged"
    copy = _copy_sentence(back_up(path))
    return f"The settings file could not be read ({what}), so the defaults hold. {copy}"


def _copy_sentence(backup: Path | None) -> str:
    return f"The old file is kept as {backup}." if backup else "No copy of it could be made."


class SettingsStore:
    """The settings of this run: `current` is frozen, `change` replaces it and saves."""

    def __init__(self, path: Path) -> None:
        self._path = path
        loaded = load_settings(path)
        self.current = loaded.settings
        self.problems = loaded.problems
        self._listeners: list[Callable[[Settings], None]] = []

    def subscribe(self, listener: Callable[[Settings], None]) -> None:
        """Call `listener` with the new settings after every change, in the caller's thread."""
        self._listeners.append(listener)

    def change(self, **values: Any) -> None:
        """Set some settings and save. Raises UserError for a value that is not allowed, and where
        saving fails; in the latter case the new values hold for this run."""
        for name, value in values.items():
            reason = problem_with(name, value)
            if reason:
                label = declaration_of(name).label or name
                raise UserError(f"“{label}” cannot be {value!r}: {reason}.")
        changed = replace(self.current, **values)
        if changed == self.current:
            return
        self.current = changed
        for listener in list(self._listeners):
            listener(changed)
        save_settings(self._path, changed)
