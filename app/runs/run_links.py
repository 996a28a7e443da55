"""Runs that lie elsewhere and stand in My runs all the same: linked in place, never moved."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable, Sequence
from pathlib import Path

from models.errors import UserError
from models.whole_files import write_whole

LINKS = ".linked.json"
PLAN = "plan.json"  # as in labs/experiments/record, which takes too long to load for a drag


def holds_runs(folder: Path) -> bool:
    """Is it the folder of a run, or has it one right inside?"""
    try:
        return looks_like_run(folder) or any(map(looks_like_run, folder.iterdir()))
    except OSError:
        return False


def looks_like_run(folder: Path) -> bool:
    return (folder / PLAN).is_file()


def runs_in(chosen: Path) -> tuple[Path, ...]:
    """The folder itself, or the runs right inside it, as the hand-ins of a class lie. Raises
    UserError where there is none."""
    if looks_like_run(chosen):
        return (chosen.resolve(),)
    try:
        inside = sorted(each for each in chosen.iterdir() if looks_like_run(each))
    except OSError as error:
        raise UserError(
            f"The folder {chosen} cannot be read: {error.strerror or error}.",
            "Choose the folder of a run. An archive has to be unpacked first.",
        ) from error
    if not inside:
        raise UserError(
            f"{chosen} is not the folder of a run, and none lies right inside it.",
            "Choose a folder that Assay has made for a run: it holds a plan.json.",
        )
    return tuple(each.resolve() for each in inside)


def read_links(home: Path) -> tuple[Path, ...]:
    """The linked folders, the latest last. Raises UserError for a damaged list."""
    path = home / LINKS
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return tuple(Path(str(each)) for each in data["folders"])
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise UserError(
            f"The list of runs that lie elsewhere, {path}, cannot be read.",
            "Delete that file and open their folders again; the runs themselves are untouched.",
        ) from error


def add_links(home: Path, folders: Iterable[Path]) -> None:
    """What lies in `home` needs no link, and nothing is linked twice. Raises UserError."""
    home = home.resolve()
    wanted = [each for each in folders if each.parent != home]
    _write(home, tuple(dict.fromkeys([*read_links(home), *wanted])))


def link_runs(home: Path, chosen: Sequence[Path]) -> Generator[str, None, tuple[Path, ...]]:
    """Every run in the chosen folders; what lies in `home` already is among them. Raises
    UserError where one holds no run, and links none then."""
    yield "Looking for runs"
    found = tuple(dict.fromkeys(run for folder in chosen for run in runs_in(folder)))
    add_links(home, found)
    own = home.resolve()
    return tuple(home / run.name if run.parent == own else run for run in found)


def remove_link(home: Path, folder: Path) -> Path:
    """Returns the folder, which stays where it is. Raises UserError."""
    _write(home, [each for each in read_links(home) if each != folder])
    return folder


def _write(home: Path, folders: Sequence[Path]) -> None:
    text = json.dumps({"schema_version": 1, "folders": [str(each) for each in folders]}, indent=1)
    try:
        home.mkdir(parents=True, exist_ok=True)
        write_whole(home / LINKS, text + "\n")
    except OSError as error:
        raise UserError(
            f"The list of runs that lie elsewhere cannot be kept: {error.strerror or error}.",
            "Make room on the disk, or check that your Assay folder may be written to.",
        ) from error


FILES = "files:"


def target_of_files(paths: Iterable[Path]) -> str:
    """What the Labs page opens hand-ins and run folders by."""
    return FILES + "\0".join(map(str, paths))


def files_of_target(names: str) -> tuple[Path, ...]:
    return tuple(map(Path, names.split("\0")))


def target_of(home: Path, run: Path) -> str:
    """What the Labs page opens it by: its name in `home`, elsewhere its whole path."""
    return f"run:{run.name if run.parent == home else run}"
