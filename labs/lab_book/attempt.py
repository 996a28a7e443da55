"""One attempt at a lab on disk: what was answered and when, and what was kept of a page.

A folder with plain files: `answers.md` to read, `lab.json` with the dates, and each artifact under
its own name. Nothing is written before the first answer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from labs.lab_book.answers import answers_text, parse_answers, read_text, write_text
from labs.lab_book.guided import GuidedLab
from labs.lab_book.sheet_text import PREDICT, Block, read_sheet, sheet_path
from labs.lab_book.without_places import without_places
from models.errors import UserError

ANSWERS, LAB = "answers.md", "lab.json"
SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Sheet:
    """A guided lab with the text of its sheet; `version` tells two texts apart."""

    lab: GuidedLab
    blocks: tuple[Block, ...]
    version: str

    @property
    def predictions(self) -> tuple[str, ...]:
        return tuple(b.text for b in self.blocks if b.kind == "question" and b.section == PREDICT)

    @property
    def written_files(self) -> dict[str, str]:
        """The question whose answer is a file of its own, to the name of the file."""
        return {b.text: b.file for b in self.blocks if b.kind == "question" and b.file}


def sheet_of(lab: GuidedLab) -> Sheet:
    """Raises UserError when its file is missing or cannot be read."""
    path = sheet_path(lab.id)
    if path is None:
        raise UserError(f"The lab sheet of “{lab.title}” is missing.", "Install Assay again.")
    blocks = read_sheet(path)
    return Sheet(lab, blocks, hashlib.sha256(path.read_bytes()).hexdigest()[:12])


@dataclass
class Notes:
    """What lab.json holds beside the answers; times are ISO 8601 with their zone. After
    `locked_at` the predictions stand in `predictions` as they were."""

    begun_at: str = ""
    changed_at: str = ""
    locked_at: str = ""
    shown_at: str = ""  # what was to be predicted was looked at before
    written_at: dict[str, str] = field(default_factory=dict)  # of each prediction
    predictions: dict[str, str] = field(default_factory=dict)
    kept_at: dict[str, str] = field(default_factory=dict)  # of each artifact


class Attempt:
    """One folder. `made_by` names the program that writes it."""

    def __init__(self, path: Path, sheet: Sheet, made_by: str = "") -> None:
        self.path, self.sheet, self._made_by = path, sheet, made_by
        self.notes = Notes()
        self.aside = ""  # the file that took what another program had written in answers.md
        self._known: dict[str, str] = {}  # as it was read or written last
        self._text = ""  # of answers.md, the same

    @property
    def name(self) -> str:
        return f"{self.path.parent.name}-{self.path.name}"

    @property
    def words(self) -> str:
        """ "Attempt 2"."""
        return self.path.name.replace("-", " ").capitalize()

    @property
    def is_begun(self) -> bool:
        return self.path.exists()

    @property
    def is_locked(self) -> bool:
        return bool(self.notes.locked_at)

    def peek(self) -> Notes:
        """Its dates as they stand on disk; none where they cannot be read."""
        try:
            return _notes_from(self.path / LAB)
        except UserError:
            return Notes()

    def read(self) -> dict[str, str]:
        """Question to answer; locked predictions as they were locked. Raises UserError."""
        self.notes = _notes_from(self.path / LAB)
        self._forget_deleted()
        self._text = read_text(self.path / ANSWERS)
        self._known = parse_answers(self._text, self.sheet.blocks)
        self._known |= self.notes.predictions
        return dict(self._known)

    def write(self, answers: Mapping[str, str], now: datetime | None = None) -> None:
        """Save what is typed; a locked prediction stays as it was, and so does what another
        program has written meanwhile, see `aside`. Raises UserError."""
        answers = {**answers, **self.notes.predictions}
        when = _iso(now)
        if not self.is_locked:
            self._note_times(answers, when)
        self._known = answers
        for question, name in self.sheet.written_files.items():
            if answers.get(question, "").strip() or (self.path / name).exists():
                write_text(self.path / name, answers.get(question, "").strip() + "\n")
        self._save(when)

    def lock(self, answers: Mapping[str, str], now: datetime | None = None) -> None:
        """The predictions are from here on what they are. Raises UserError, and locks nothing
        then."""
        self.write(answers, now)
        before = self.notes.predictions, self.notes.locked_at
        self.notes.predictions = {each: answers.get(each, "") for each in self.sheet.predictions}
        self.notes.locked_at = self.notes.changed_at
        try:
            self._save(self.notes.changed_at)
        except UserError:
            self.notes.predictions, self.notes.locked_at = before
            raise

    def show_anyway(self, answers: Mapping[str, str], now: datetime | None = None) -> None:
        """What is to be predicted is looked at before; the attempt says so from here on. Raises
        UserError."""
        self.notes.shown_at = self.notes.shown_at or _iso(now)
        self.write(answers, now)

    def keep(self, name: str, text: str, now: datetime | None = None) -> None:
        """Put an artifact beside the answers, in place of an older one. Raises UserError."""
        when, text = _iso(now), without_places(text)
        write_text(self.path / name, text if text.endswith("\n") else f"{text}\n")
        self.notes.kept_at[name] = when
        self._save(when)

    @property
    def _title(self) -> str:
        return f"{self.sheet.lab.code} {self.sheet.lab.title}"

    @property
    def _about(self) -> str:
        """For whoever reads the answers without the program."""
        notes = self.notes
        told = [f"{self.words}, begun {notes.begun_at}, changed {notes.changed_at}."]
        if notes.locked_at:
            told.append(f"Predictions were locked {notes.locked_at}.")
        if notes.shown_at:
            told.append(f"What was to be predicted was shown before, {notes.shown_at}.")
        told += [f"`{name}` was kept {at}." for name, at in notes.kept_at.items()]
        return " ".join(told)

    def _note_times(self, answers: Mapping[str, str], when: str) -> None:
        """A prediction was written when it last changed."""
        for each in self.sheet.predictions:
            if answers.get(each, "").strip() != self._known.get(each, "").strip():
                self.notes.written_at[each] = when

    def _forget_deleted(self) -> None:
        """Somebody has tidied the folder up."""
        kept = self.notes.kept_at
        self.notes.kept_at = {name: at for name, at in kept.items() if (self.path / name).exists()}

    def _put_aside(self) -> None:
        found = read_text(self.path / ANSWERS)
        self.aside = ""
        if found and found != self._text:
            places = (f"answers-elsewhere-{number}.md" for number in count(1))
            self.aside = next(name for name in places if not (self.path / name).exists())
            write_text(self.path / self.aside, found)

    def _save(self, when: str) -> None:
        notes, lab = self.notes, self.sheet.lab
        self._forget_deleted()
        self._put_aside()
        notes.begun_at = notes.begun_at or when
        notes.changed_at = when
        text = answers_text(self._title, self.sheet.blocks, self._known, self._about)
        write_text(self.path / ANSWERS, text)
        self._text = text
        questions = dict.fromkeys((*self.sheet.predictions, *notes.predictions))
        write_text(self.path / LAB, json.dumps({
            "schema_version": SCHEMA_VERSION, "lab": lab.id, "code": lab.code, "title": lab.title,
            "attempt": self.path.name, "sheet_version": self.sheet.version,
            "made_by": self._made_by, "begun_at": notes.begun_at, "changed_at": notes.changed_at,
            "predictions_locked_at": notes.locked_at, "shown_before_at": notes.shown_at,
            "predictions": [
                {"question": each, "written_at": notes.written_at.get(each, ""),
                 **({"answer": notes.predictions[each]} if each in notes.predictions else {})}
                for each in questions
            ],
            "artifacts": [{"file": name, "kept_at": at} for name, at in notes.kept_at.items()],
        }, indent=1, ensure_ascii=False) + "\n")  # fmt: skip


def _iso(now: datetime | None) -> str:
    return (now or datetime.now()).astimezone().isoformat(timespec="seconds")


def _notes_from(path: Path) -> Notes:
    """Raises UserError for a file that is none of ours."""
    text = read_text(path)
    return notes_of(text, str(path)) if text else Notes()


def notes_of(text: str, place: str) -> Notes:
    """The content of lab.json, which lies at `place`. Raises UserError for what is none, or was
    written by a later version."""
    try:
        data: dict[str, Any] = json.loads(text)
        is_newer = int(data.get("schema_version", 1)) > SCHEMA_VERSION
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise _damaged(place) from error
    if is_newer:
        raise UserError(f"The file {place} was written by a newer Assay.", "Update Assay.")
    try:
        asked = data["predictions"]
        return Notes(
            _words(data["begun_at"]), _words(data["changed_at"]),
            _words(data["predictions_locked_at"]), _words(data.get("shown_before_at", "")),
            {_words(each["question"]): _words(each["written_at"]) for each in asked},
            {each["question"]: _words(each["answer"]) for each in asked if "answer" in each},
            {_words(each["file"]): _words(each["kept_at"]) for each in data["artifacts"]},
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _damaged(place) from error


def _damaged(place: str) -> UserError:
    return UserError(
        f"The file {place} is damaged.",
        "The answers are in answers.md beside it. Start over to go on in a new attempt.",
    )


def _words(value: object) -> str:
    """Raises TypeError for anything else: the file was changed by hand."""
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value
