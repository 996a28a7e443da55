"""The settings file: read, put right, migrated, written. Knows no Qt."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from app.settings import (
    SCHEMA_VERSION,
    Settings,
    declaration_of,
    default_of,
    problem_with,
)
from models.errors import UserError
from models.whole_files import write_whole

Migration = Callable[[dict[str, Any]], dict[str, Any]]

# MIGRATIONS[n] turns a file of schema n into one of schema n + 1.
MIGRATIONS: dict[int, Migration] = {}


@dataclass(frozen=True)
class Loaded:
    """Settings as read, and a sentence for everything that had to be put right."""

    settings: Settings
    problems: tuple[str, ...] = ()


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
    """Write atomically, for the user alone: folders and habits are nobody else's business. A crash
    leaves the old file or the new one. Raises UserError."""
    text = json.dumps({"schema_version": SCHEMA_VERSION, **asdict(settings)}, indent=2)
    try:
        write_whole(path, text, sync=True, private=True)
    except OSError as error:
        raise UserError(
            f"The settings could not be saved: {error.strerror or error}.",
            f"They hold until you close Assay. Check the disk that holds {path.parent}.",
        ) from error


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

    def subscribe(self, listener: Callable[[Settings], None]) -> Callable[[], None]:
        """Call `listener` with the new settings after every change, in the caller's thread;
        returns the way to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

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
