"""What the user decided about models: added and hidden ones, load settings, measured memory."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, get_args

from models.engine.messages import CacheType, LoadSettings
from models.errors import UserError
from models.whole_files import write_whole

_CHOICES: Mapping[str, tuple[str, ...]] = {
    "type_k": get_args(CacheType),
    "type_v": get_args(CacheType),
    "flash_attention": ("auto", "on", "off"),
}


class Records:
    """One small JSON file, written whole. Before each change it is read again if another process
    (a window and a command line on one home) has written it. Wrong values are left out."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None  # time and size of the file as last read
        self.added: list[str] = []
        self.hidden: set[str] = set()
        self._models: dict[str, dict[str, Any]] = {}
        self.refresh()

    def refresh(self) -> None:
        """Read the file again if it has changed."""
        now = _stamp(self._path)
        if now is None or now == self._seen:
            return
        data = _read(self._path)
        self._seen = now
        self.added = _texts(data.get("added"))
        self.hidden = set(_texts(data.get("hidden")))
        self._models = {
            key: value for key, value in _mapping(data.get("models")).items() if _mapping(value)
        }

    def hide(self, model_ids: Iterable[str]) -> None:
        self.refresh()
        self.hidden.update(model_ids)
        self._save()

    def unhide(self, model_ids: Iterable[str]) -> None:
        self.refresh()
        self.hidden.difference_update(model_ids)
        self._save()

    def add_path(self, path: Path) -> None:
        self.refresh()
        if str(path) not in self.added:
            self.added.append(str(path))
            self._save()

    def drop_path(self, path: Path) -> None:
        self.refresh()
        if str(path) in self.added:
            self.added.remove(str(path))
            self._save()

    def load_settings(self, model_id: str) -> LoadSettings:
        return settings_from(_mapping(self._models.get(model_id, {}).get("load")))

    def set_load_settings(self, model_id: str, settings: LoadSettings) -> None:
        self.refresh()
        self._models.setdefault(model_id, {})["load"] = asdict(settings)
        self._save()

    def peak_bytes(self, model_id: str, settings: LoadSettings) -> int | None:
        peak = _mapping(self._models.get(model_id, {}).get("peaks")).get(_key(settings))
        return peak if isinstance(peak, int) else None

    def peaks(self, model_id: str) -> dict[LoadSettings, int]:
        """Every measured load, by the settings that it depends on; the others have defaults."""
        told = _mapping(self._models.get(model_id, {}).get("peaks"))
        found = {_settings_of(key): peak for key, peak in told.items() if isinstance(peak, int)}
        return {settings: peak for settings, peak in found.items() if settings is not None}

    def set_peak_bytes(self, model_id: str, settings: LoadSettings, peak_bytes: int) -> None:
        self.refresh()
        model = self._models.setdefault(model_id, {})
        model["peaks"] = {**_mapping(model.get("peaks")), _key(settings): peak_bytes}
        self._save()

    def _save(self) -> None:
        """Raises UserError when the folder cannot be written."""
        data = {"added": self.added, "hidden": sorted(self.hidden), "models": self._models}
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(self._path, json.dumps(data, indent=1))
            self._seen = _stamp(self._path)
        except OSError as error:
            raise UserError(
                f"The list of models could not be saved: {error.strerror or error}.",
                "Free some space, or check that the folder may be written.",
            ) from error


def settings_from(data: Mapping[str, Any]) -> LoadSettings:
    """Load settings from saved values; what is wrong or unknown falls back to its default."""
    defaults = asdict(LoadSettings())
    sound = {
        field.name: data[field.name]
        for field in fields(LoadSettings)
        if field.name in data and _is_sound(field.name, data[field.name], defaults[field.name])
    }
    return LoadSettings(**sound)


def _is_sound(name: str, value: Any, default: Any) -> bool:
    if name in _CHOICES:
        return value in _CHOICES[name]
    return type(value) is type(default) and (not isinstance(value, int) or -1 <= value < 1 << 31)


def _key(settings: LoadSettings) -> str:
    """The settings that change how much memory a load takes."""
    parts = (settings.n_ctx, settings.gpu_layers, settings.type_k, settings.type_v)
    return "/".join(map(str, (*parts, settings.flash_attention, settings.n_batch)))


def _settings_of(key: str) -> LoadSettings | None:
    """The settings that `_key` has written; None for what it never did."""
    names = ("n_ctx", "gpu_layers", "type_k", "type_v", "flash_attention", "n_batch")
    parts = key.split("/")
    if len(parts) != len(names):
        return None
    try:
        numbers = {place: int(parts[place]) for place in (0, 1, 5)}
    except ValueError:
        return None
    told = {name: numbers.get(place, parts[place]) for place, name in enumerate(names)}
    made = settings_from(told)
    return made if _key(made) == key else None


def _read(path: Path) -> dict[str, Any]:
    """A damaged file is set aside, not overwritten."""
    try:
        return _mapping(json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError):
        with contextlib.suppress(OSError):
            os.replace(path, path.with_suffix(".damaged"))
        return {}


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _texts(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
