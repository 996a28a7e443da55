"""Finished trials: one JSON line each, appended at once; a torn last line is dropped."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from io import BufferedWriter
from pathlib import Path
from types import NoneType, TracebackType
from typing import Any

from labs.experiments.record.shape import EACH, NUMBER, NUMBER_OR_NONE, require_shape
from models.errors import UserError

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class LaneResult:
    """What one lane said. `score` is the lean: log-odds of the first class against the rest, in
    nats; `label_mass` the room left for the label; `rule` what decided a free answer."""

    outcome: str
    score: float | None = None
    text: str | None = None
    rule: str | None = None
    label_mass: float | None = None
    logprobs: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class TrialRecord:
    """One finished trial of one model; times in seconds, `top` the likeliest first tokens with
    their natural log-probabilities, `prompt` the SHA-256 of the prompt's bytes.

    `mode` is how its prompt was read; `cold_repeat` says that it was too close to call in a batch
    and was repeated from scratch.
    """

    model: str
    item: str
    cluster: str
    factors: Mapping[str, str]
    repeat: int
    truth: str
    lanes: Mapping[str, LaneResult]
    prompt: str
    seed: int
    mode: str
    prompt_tokens: int = 0
    cached_tokens: int = 0
    reply_tokens: int = 0
    prompt_s: float | None = None
    generation_s: float | None = None
    batch_rows: int = 1
    finish: str = ""
    cold_repeat: bool = False
    error: str = ""
    at: str = ""
    numbers: Mapping[str, float] = field(default_factory=dict)
    top: Sequence[tuple[str, float]] = ()

    @cached_property
    def key(self) -> str:
        """Equal to the key of its Trial."""
        return json.dumps([self.item, dict(sorted(self.factors.items())), self.repeat])

    def outcome(self, lane: str) -> str | None:
        """None where the lane was not run."""
        found = self.lanes.get(lane)
        return found.outcome if found else None


def to_line(record: TrialRecord) -> bytes:
    data = {key: value for key, value in asdict(record).items() if value not in (None, {}, (), "")}
    data["lanes"] = {
        lane: {key: value for key, value in result.items() if value is not None and value != {}}
        for lane, result in data.get("lanes", {}).items()
    }
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


# What `to_line` leaves out where it is empty.
_EMPTY: dict[str, Any] = {
    "cluster": "", "factors": {}, "repeat": 0, "truth": "", "prompt": "", "seed": 0, "mode": "",
}  # fmt: skip


_LANE = {
    "outcome": str, "score?": NUMBER_OR_NONE, "text?": (str, NoneType), "rule?": (str, NoneType),
    "label_mass?": NUMBER_OR_NONE, "logprobs?": {EACH: NUMBER},
}  # fmt: skip
_SHAPE: Mapping[str, Any] = {
    "model": str, "item": str, "factors?": {EACH: str}, "repeat?": int, "truth?": str,
    "lanes": {EACH: _LANE}, "prompt?": str, "prompt_tokens?": int, "cached_tokens?": int,
    "reply_tokens?": int, "prompt_s?": NUMBER_OR_NONE, "generation_s?": NUMBER_OR_NONE,
    "finish?": str, "error?": str, "at?": str, "numbers?": {EACH: NUMBER},
}  # fmt: skip


def from_data(data: dict[str, Any]) -> TrialRecord:
    """Unknown keys are left out: they are notes of a later version. Raises ValueError, TypeError
    or KeyError for what is no trial."""
    require_shape(data, _SHAPE, "the trial")
    known = {each.name for each in fields(TrialRecord)}
    kept = {key: value for key, value in data.items() if key in known}
    kept["lanes"] = {lane: LaneResult(**result) for lane, result in data["lanes"].items()}
    kept["top"] = tuple((str(text), float(logprob)) for text, logprob in data.get("top", ()))
    return TrialRecord(**{**_EMPTY, **kept})


def read_trials(path: Path) -> tuple[TrialRecord, ...]:
    """All whole lines. Raises UserError for a line that is damaged in the middle."""
    found = []
    for number, data in enumerate(read_lines(path), start=1):
        try:
            found.append(from_data(data))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise _damaged(number, path) from error
    return tuple(found)


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The JSON objects of a file of lines; what stands behind the last line break is torn."""
    try:
        lines = path.read_bytes().split(b"\n")[:-1]
    except FileNotFoundError:
        return
    except OSError as error:
        raise UserError(
            f"{path.name} in {path.parent} cannot be read: {error.strerror or error}."
        ) from error
    for number, line in enumerate(lines, start=1):
        try:
            data = json.loads(line)
            if not isinstance(data, dict):
                raise ValueError("no object")
        except (ValueError, RecursionError) as error:
            raise _damaged(number, path) from error
        yield data


def _damaged(number: int, path: Path) -> UserError:
    return UserError(
        f"Line {number} of {path.name} is damaged.",
        "Take the folder from a copy, or start the run in a new folder.",
    )


class NotKept(UserError):  # noqa: N818 - it says what happened
    """The disk refused what belongs to the run: it ends, whatever else could go on."""


def moved_away(path: Path) -> NotKept:
    return NotKept(
        f"{path} is not where it was: the run's folder was moved, or a file of it was replaced or "
        "deleted.",
        "Put it back, or open the folder where it is now, and resume.",
    )


class LineWriter:
    """Appends lines to a file; each is on its way to the disk when `write` returns."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            _drop_torn_line(path)
            self._file: BufferedWriter = path.open("ab")
        except OSError as error:
            raise NotKept(
                f"{path.name} in {path.parent} cannot be opened: {error.strerror or error}.",
                "Check that the folder may be written to.",
            ) from error

    def write(self, lines: Iterable[bytes]) -> None:
        """Whole lines or none. Raises UserError when the disk refuses."""
        self._require_place()
        start = self._file.tell()
        try:
            for line in lines:
                self._file.write(line)
            self._file.flush()
        except OSError as error:
            self._take_back(start)
            raise NotKept(
                f"The results cannot be written to {self._path.parent}: {error.strerror}.",
                "Make room on the disk and resume the run: what was finished is kept.",
            ) from error

    def _require_place(self) -> None:
        """What goes on in a file that nobody finds any more would be lost."""
        try:
            is_here = os.path.samestat(self._path.stat(), os.fstat(self._file.fileno()))
        except OSError:
            is_here = False
        if not is_here:
            raise moved_away(self._path)

    def _take_back(self, size_bytes: int) -> None:
        """A line that did not fit is cut off again, and nothing of it is written at closing."""
        self._file.raw.close()
        with self._path.open("r+b") as file:
            file.truncate(size_bytes)

    def sync(self) -> None:
        """Survive a power cut from here on."""
        os.fsync(self._file.fileno())

    def __enter__(self) -> LineWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        if not self._file.raw.closed:
            self._file.close()


def _drop_torn_line(path: Path) -> None:
    if path.exists():
        content = path.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            os.truncate(path, whole)
