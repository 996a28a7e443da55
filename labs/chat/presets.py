"""Presets: what a chat asks of a model, under a name, each in a small JSON file."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path

from assets import PRESETS
from labs.chat.conversation import ChatOptions
from labs.chat.records import from_dict
from models.errors import UserError
from models.whole_files import write_whole

OPTION_NAMES = tuple(f.name for f in fields(ChatOptions))
_MAX_BYTES = 1 << 20


@dataclass(frozen=True)
class Preset:
    """Options under a name. Only the `sets` among them are changed when it is chosen, so that
    "Precise" leaves a system prompt alone. Load settings belong to the model, not to a preset."""

    name: str
    description: str = ""
    options: ChatOptions = field(default_factory=ChatOptions)
    sets: tuple[str, ...] = OPTION_NAMES

    def applied_to(self, options: ChatOptions) -> ChatOptions:
        """`options` with what the preset sets."""
        return replace(options, **{name: getattr(self.options, name) for name in self.sets})


@dataclass(frozen=True)
class PresetFile:
    """A preset and where it lies; `shipped` ones are not changed."""

    preset: Preset
    path: Path
    shipped: bool


@dataclass(frozen=True)
class PresetList:
    """All presets by name, and a sentence for every file that is none."""

    files: tuple[PresetFile, ...]
    problems: tuple[str, ...] = ()


class Presets:
    """The presets that come with Assay and those in the user's `folder`."""

    def __init__(self, folder: Path, shipped: Path = PRESETS) -> None:
        self._folder = folder
        self._shipped = shipped

    def load(self) -> PresetList:
        """Read every file anew; one that cannot be read never hides the others."""
        files: list[PresetFile] = []
        problems: list[str] = []
        for folder in (self._shipped, self._folder):
            for path in sorted(folder.glob("*.json")):
                try:
                    files.append(PresetFile(read_preset(path), path, folder == self._shipped))
                except UserError as error:
                    problems.append(str(error))
        return PresetList(tuple(files), tuple(problems))

    def save(self, preset: Preset) -> Path:
        """Write into the user's folder, in place of the user's preset of that name.

        Raises UserError when the name is empty or shipped, or the file cannot be written.
        """
        name = " ".join(preset.name.split())
        if not name:
            raise UserError("The preset has no name.", "Give it one.")
        named = [file for file in self.load().files if file.preset.name == name]
        if any(file.shipped for file in named):
            raise UserError(
                f"“{name}” comes with Assay and stays as it is.", "Choose another name."
            )
        path = named[0].path if named else self._free_path(name)
        options = {name: value for name, value in asdict(preset.options).items()
                   if name in preset.sets}  # fmt: skip
        content = {"name": name, "description": preset.description, "options": options}
        _write_atomically(path, json.dumps(content, indent=2) + "\n")
        return path

    def delete(self, file: PresetFile) -> None:
        """Raises UserError for a shipped preset, or when the file cannot be deleted."""
        if file.shipped:
            raise UserError(f"“{file.preset.name}” comes with Assay and cannot be deleted.")
        try:
            file.path.unlink(missing_ok=True)
        except OSError as error:
            raise _cannot(file.path, "deleted", error) from error

    def _free_path(self, name: str) -> Path:
        stem = re.sub(r"[^\w-]+", "-", name.lower()).strip("-")[:60] or "preset"
        candidates = (f"{stem}-{n}.json" if n > 1 else f"{stem}.json" for n in range(1, 10_000))
        return next(p for p in map(self._folder.joinpath, candidates) if not p.exists())


def read_preset(path: Path) -> Preset:
    """One file; unknown fields are left out and bad values give way to the defaults.

    Raises UserError when it is no preset at all.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise UserError(f"{path.name} is too large for a preset.")
        data = json.loads(path.read_bytes())
    except OSError as error:
        raise _cannot(path, "read", error) from error
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path.name} is not a preset: it is no valid JSON.") from error
    if not isinstance(data, dict) or not isinstance(data.get("name"), str):
        raise UserError(f"{path.name} is not a preset: it has no name.")
    options = data.get("options")
    named = options if isinstance(options, dict) else {}
    sets = tuple(name for name in OPTION_NAMES if name in named)
    return from_dict(Preset, {**data, "sets": sets})


def matching(files: Sequence[PresetFile], options: ChatOptions) -> PresetFile | None:
    """The preset whose choice would change nothing, if there is one."""
    return next(
        (f for f in files if f.preset.sets and f.preset.applied_to(options) == options), None
    )


def _write_atomically(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text)
    except OSError as error:
        raise _cannot(path, "saved", error) from error


def _cannot(path: Path, done: str, error: OSError) -> UserError:
    return UserError(
        f"{path.name} cannot be {done}: {error.strerror or error}.",
        f"Check the folder {path.parent}.",
    )
