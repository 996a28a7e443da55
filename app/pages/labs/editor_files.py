"""Sets of one's own as files: saved whole, drafts beside them, a bin. Knows no Qt."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Generator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from labs.experiments.scenarios.set_editing import copy_of, free_name, require_whole, slug
from labs.experiments.scenarios.set_file import parse_set, read_set, shipped_sets, write_set
from labs.experiments.scenarios.sets import Question, Scenario, ScenarioSet, Slot, Tone
from labs.experiments.six_ways.question_set import question_set, takes_questions, with_question
from models.errors import UserError
from models.whole_files import write_whole

DRAFTS, BIN, NEW = ".drafts", ".bin", "new-set"


@dataclass(frozen=True)
class SetRow:
    """A set to choose. `key` names its draft; `path` is None where it was never saved, and
    `problem` a sentence where it cannot be read."""

    key: str
    title: str
    summary: str
    n_items: int
    path: Path | None
    has_draft: bool = False
    is_shipped: bool = False
    problem: str = ""


@dataclass(frozen=True)
class Opened:
    """A set on the desk: as it is now, and as it was saved last (None where it never was).
    `asked` names the item that a question from the chat became."""

    key: str
    made: ScenarioSet
    saved: ScenarioSet | None
    from_draft: bool = False
    asked: str = ""


def list_sets(folder: Path) -> Generator[str, None, tuple[SetRow, ...]]:
    """One's own first, then those that ship; what cannot be read becomes a row, too."""
    yield "Reading the sets"
    rows = [_row(folder, path.stem, path) for path in sorted(folder.glob("*.yaml"))]
    known = {row.key for row in rows}
    for draft in sorted((folder / DRAFTS).glob("*.json")):
        if draft.stem not in known:
            rows.append(_row(folder, draft.stem, None))
    for path in shipped_sets():
        made = read_set(path)
        rows.append(SetRow(path.stem, made.title, made.summary, len(made.items), path,
                           is_shipped=True))  # fmt: skip
    return tuple(rows)


def _row(folder: Path, key: str, path: Path | None) -> SetRow:
    try:
        opened = _open(folder, key)
    except UserError as error:
        return SetRow(key, key, "", 0, path, problem=str(error))
    made = opened.made
    return SetRow(key, made.title or key, made.summary, len(made.items), path, opened.from_draft)


def open_set(folder: Path, key: str) -> Generator[str, None, Opened]:
    """The draft of a set where there is one, else its file. Raises UserError."""
    yield "Opening the set"
    return _open(folder, key)


def _open(folder: Path, key: str) -> Opened:
    path, draft = folder / f"{key}.yaml", draft_path(folder, key)
    saved = read_set(path) if path.exists() else None
    if draft.exists():
        return Opened(key, read_draft(draft), saved, from_draft=True)
    if saved is None:
        raise UserError(f"There is no set “{key}” any more.", "Choose another one.")
    return Opened(key, saved, saved)


def take_question(folder: Path, text: str) -> Generator[str, None, Opened]:
    """A question from the chat joins those that were taken over before, or begins their set; it
    is kept as a draft at once. Raises UserError where that cannot be written."""
    yield "Taking the question over"
    opened = _set_of_questions(folder)
    made, asked = with_question(opened.made, text)
    if made != opened.saved:
        write_draft(folder, opened.key, made)
    return replace(opened, made=made, asked=asked)


def _set_of_questions(folder: Path) -> Opened:
    """The one there is, where it still holds questions; else a new one."""
    new = question_set()
    try:
        opened = _open(folder, new.id)
        if takes_questions(opened.made):
            return opened
    except UserError:
        pass  # there is none, or none that can be read: the shelf says so
    return Opened(free_key(folder, new.id), new, None)


def copy_shipped(folder: Path, path: Path) -> Generator[str, None, Opened]:
    """A copy that is not saved yet."""
    yield "Copying the set"
    made = copy_of(read_set(path))
    return Opened(free_key(folder, f"{path.stem}-copy"), made, None)


def import_set(folder: Path, path: Path) -> Generator[str, None, Opened]:
    """A file from anywhere becomes a set of one's own. Raises UserError."""
    yield "Reading the file"
    made = read_set(path)
    key = free_key(folder, slug(path.stem))
    _write(folder / f"{key}.yaml", write_set(made))
    return Opened(key, made, made)


def export_set(made: ScenarioSet, path: Path) -> Generator[str, None, Path]:
    """Raises UserError."""
    yield "Writing the file"
    require_whole(made)
    _write(path, write_set(made))
    return path


def save(
    folder: Path, opened: Opened, made: ScenarioSet, wait: Callable[[], object]
) -> Generator[str, None, Opened]:
    """The set as its file, its draft gone. What is asked otherwise than before is a new version.
    `wait` ends when no draft is being written any more. Raises UserError where the file could
    not be read again."""
    yield "Saving the set"
    wait()
    require_whole(made)
    made = _next_version(made, opened.saved)
    text = write_set(made)
    parse_set(text, f"“{made.title}”")
    is_first = opened.saved is None
    key = free_key(folder, slug(made.title), opened.key) if is_first else opened.key
    _write(folder / f"{key}.yaml", text)
    drop_draft(folder, opened.key)
    return Opened(key, made, made)


def _next_version(made: ScenarioSet, saved: ScenarioSet | None) -> ScenarioSet:
    if saved is None or replace(made, version=saved.version).hash == saved.hash:
        return made
    return replace(made, version=saved.version + 1)


def free_key(folder: Path, stem: str, own: str = "") -> str:
    """A name that no other set of one's own has."""
    taken = {p.stem for p in folder.glob("*.yaml")}
    taken |= {p.stem for p in (folder / DRAFTS).glob("*.json")}
    return free_name(stem, taken - {own})


def to_bin(folder: Path, key: str) -> Generator[str, None, None]:
    """File and draft, until they are taken out again. Raises UserError."""
    yield "Moving the set to the bin"
    _move(folder, folder / BIN, key)


def out_of_bin(folder: Path, key: str) -> Generator[str, None, None]:
    """Raises UserError."""
    yield "Taking the set out of the bin"
    _move(folder / BIN, folder, key)


def _move(here: Path, there: Path, key: str) -> None:
    try:
        for name in (f"{key}.yaml", f"{DRAFTS}/{key}.json"):
            if (here / name).exists():
                (there / name).parent.mkdir(parents=True, exist_ok=True)
                os.replace(here / name, there / name)
    except OSError as error:
        raise UserError(f"The set “{key}” cannot be moved: {error.strerror or error}.") from error


# ---- drafts ------------------------------------------------------------------------------------


def draft_path(folder: Path, key: str) -> Path:
    return folder / DRAFTS / f"{key}.json"


def write_draft(folder: Path, key: str, made: ScenarioSet) -> None:
    """A draft may be anything that was typed, so it is no YAML. Raises UserError."""
    text = json.dumps({"schema_version": 1, "set": asdict(made)}, ensure_ascii=False)
    _write(draft_path(folder, key), text)


def read_draft(path: Path) -> ScenarioSet:
    """Raises UserError."""
    try:
        return _from_data(json.loads(path.read_text(encoding="utf-8"))["set"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"The unsaved changes in {path} cannot be read: {error}.",
            "Move the file away to open the set as it was saved.",
        ) from error


def drop_draft(folder: Path, key: str) -> None:
    draft_path(folder, key).unlink(missing_ok=True)


def _from_data(data: dict[str, Any]) -> ScenarioSet:
    kinds: dict[str, Any] = {"slots": Slot, "questions": Question, "tones": Tone}
    parts: dict[str, Any] = {
        name: tuple(kind(**each) for each in data[name]) for name, kind in kinds.items()
    }
    parts["items"] = tuple(
        Scenario(**{**each, "tags": tuple(each["tags"])}) for each in data["items"]
    )
    return ScenarioSet(**{**data, **parts, "classes": tuple(data["classes"])})


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text)
    except OSError as error:
        raise UserError(
            f"The set cannot be written to {path}: {error.strerror or error}.",
            "Make room on the disk, or choose another folder; what you typed stays on the screen.",
        ) from error
