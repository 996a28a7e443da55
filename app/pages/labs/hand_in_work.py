"""Taking in what was handed in: labs to read, runs into My runs. Knows no Qt."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.runs.run_links import link_runs
from labs.hand_ins.copies import with_copies
from labs.hand_ins.lab_hand_in import LabHandIn
from labs.hand_ins.opening import open_hand_in, unpack_run
from models.errors import UserError


@dataclass(frozen=True)
class TakenIn:
    """`runs` are the folders of runs in My runs, unpacked or linked; `refused` says why something
    was not opened."""

    labs: tuple[LabHandIn, ...] = ()
    runs: tuple[Path, ...] = ()
    refused: UserError | None = None


def take_in(home: Path, paths: Sequence[Path]) -> Generator[str, None, TakenIn]:
    """Zip files are unpacked, folders of runs are linked. What is bad keeps nothing from the rest.
    Raises UserError where nothing could be opened."""
    labs: list[LabHandIn] = []
    runs: list[Path] = []
    errors: list[UserError] = []
    for path in paths:
        try:
            if path.is_dir():
                runs += yield from link_runs(home, [path])
                continue
            found = yield from open_hand_in(path)
            labs += found.labs
            for run in found.runs:
                runs.append((yield from unpack_run(found.archive, run, home)))
        except UserError as error:
            errors.append(error)
    refused = _together(errors, len(paths))
    if refused is not None and not labs and not runs:
        raise refused
    return TakenIn(with_copies(labs), tuple(dict.fromkeys(runs)), refused)


def _together(errors: Sequence[UserError], n_files: int) -> UserError | None:
    if len(errors) < 2 and n_files < 2:
        return errors[0] if errors else None
    if not errors:
        return None
    why = " ".join(error.message for error in errors)
    were = "was" if len(errors) == 1 else "were"
    return UserError(f"{len(errors)} of {n_files} files {were} not opened. {why}", errors[0].hint)
