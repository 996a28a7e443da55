"""One attempt at a guided lab as it was handed in: for reading, and with what does not fit."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labs.lab_book.answers import parse_answers
from labs.lab_book.attempt import ANSWERS, LAB, Notes, Sheet, notes_of, sheet_of
from labs.lab_book.guided import GUIDED_LABS, GuidedLab
from labs.lab_book.sheet_text import MARK, PREDICT, Block
from models.errors import UserError

Files = Mapping[str, bytes | None]  # None: more than is read into memory


BY_HAND = "Put there by hand; the sheet does not ask."  # which only its own text can tell


@dataclass(frozen=True)
class HandedArtifact:
    """`text` is None where the file is not there or is no text, and `problem` says which."""

    file: str
    about: str
    kept_at: str = ""
    text: str | None = None
    problem: str = ""

    @property
    def is_lost(self) -> bool:
        """It was there when the lab was handed in."""
        return bool(self.problem and self.kept_at)


@dataclass(frozen=True)
class LabHandIn:
    """`source` is the zip file and `folder` the one inside; `blocks` the sheet that was answered,
    of this Assay where `is_own_sheet`, else as the answers show it. `problems` are sentences on
    what cannot be as it says, `notes` on what else a teacher should know. Times are as they were
    written, "" where none is known."""

    source: str
    folder: str
    title: str
    attempt: str
    made_by: str
    times: Notes
    blocks: tuple[Block, ...]
    is_own_sheet: bool
    answers: Mapping[str, str]
    artifacts: tuple[HandedArtifact, ...]
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    n_copies: int = 0

    @property
    def is_locked(self) -> bool:
        return bool(self.times.locked_at)

    @property
    def shown_at(self) -> str:
        """When what was to be predicted was looked at before; "" where it was not."""
        return self.times.shown_at

    @property
    def result(self) -> str:
        """Whoever was copied from is marked as well: two alike are told from one that is wrong."""
        if not self.problems:
            return "holds"
        return "same as another" if self.n_copies == len(self.problems) else "does not hold"

    @property
    def n_answered(self) -> int:
        return sum(bool(self.answers.get(question, "").strip()) for question in self.questions)

    @property
    def questions(self) -> tuple[str, ...]:
        return tuple(block.text for block in self.blocks if block.kind == "question")


def read_lab(source: str, folder: str, files: Files) -> LabHandIn:
    """From the files of one folder, by their path in it. Raises UserError where they were written
    by a newer Assay, or hold no answers."""
    place = f"{LAB} in {source}"
    about, times, problems = _told(files, place)
    text = _text(files.get(ANSWERS)) or ""
    if not text and not times.predictions:
        raise UserError(
            f"{source} holds no answers.", "Ask for the file that “Hand in…” makes of a lab."
        )
    if ANSWERS not in files:
        problems.append("answers.md is missing: only the locked predictions are here.")
    lab = _lab(about, text)
    sheet, why = _sheet(lab, about)
    blocks = sheet.blocks if sheet else tuple(_blocks_of(text, times))
    written = parse_answers(text, blocks)
    problems += _changed(written, times)
    artifacts = tuple(_artifacts(blocks, times, files, BY_HAND if sheet else ""))
    problems += [f"{each.file} {each.problem}." for each in artifacts if each.is_lost]
    notes = [f"{each.file} {each.problem}." for each in artifacts
             if each.problem and not each.is_lost]  # fmt: skip
    title = f"{lab.code} {lab.title}" if lab else _first_heading(text) or folder
    return LabHandIn(
        source, folder, title, _attempt_words(about, folder), _word(about, "made_by"), times,
        blocks, sheet is not None, written | times.predictions, artifacts, tuple(problems),
        tuple(filter(None, (why, *notes))),
    )  # fmt: skip


# ---- lab.json ----


def _told(files: Files, place: str) -> tuple[Mapping[str, Any], Notes, list[str]]:
    """What lab.json says; its absence or damage as a sentence."""
    lost = "when it was written, and whether predictions were locked, is not known"
    if LAB not in files:
        return {}, Notes(), [f"lab.json is missing: {lost}."]
    text = _text(files[LAB]) or ""
    try:
        data = json.loads(text)
        notes = notes_of(text, place)
    except (UserError, ValueError, RecursionError) as error:
        if isinstance(error, UserError) and "newer" in error.message:
            raise
        return {}, Notes(), [f"lab.json is damaged: {lost}."]
    return data, notes, []


def _word(about: Mapping[str, Any], key: str) -> str:
    value = about.get(key, "")
    return value if isinstance(value, str) else ""


def _attempt_words(about: Mapping[str, Any], folder: str) -> str:
    """ "Attempt 2"."""
    name = _word(about, "attempt")
    number = re.fullmatch(r"attempt-(\d+)", name) or re.search(r"attempt-(\d+)$", folder)
    return f"Attempt {number[1]}" if number else ""


# ---- the sheet ----


def _lab(about: Mapping[str, Any], answers: str) -> GuidedLab | None:
    """Named by lab.json, else by the title of the answers."""
    title = _first_heading(answers)
    named = (lab for lab in GUIDED_LABS
             if lab.id == about.get("lab") or title == f"{lab.code} {lab.title}")  # fmt: skip
    return next(named, None)


def _sheet(lab: GuidedLab | None, about: Mapping[str, Any]) -> tuple[Sheet | None, str]:
    """The sheet of this Assay where it is the one that was answered; else why it is not."""
    if lab is None:
        return None, (
            "This Assay has no lab of that name: the questions are shown as the answers hold them."
        )
    sheet = sheet_of(lab)
    if about.get("sheet_version", sheet.version) != sheet.version:
        return None, (
            "It answers another version of the sheet than this Assay has: the questions are shown "
            "as the answers hold them, without the text between them."
        )
    return sheet, ""


def _first_heading(text: str) -> str:
    first = text.partition("\n")[0]
    return first.removeprefix("# ").strip() if first.startswith("# ") else ""


def _blocks_of(text: str, notes: Notes) -> Iterator[Block]:
    """The sheet as the answers themselves show it. A heading counts where a question follows, as
    a student may write headings, too."""
    lines, section = text.split("\n"), ""
    asked: set[str] = set()
    for place, line in enumerate(lines):
        following = next((each for each in lines[place + 1 :] if each.strip()), "")
        if line.startswith("## ") and following.startswith(MARK):
            section = line.removeprefix("## ")
            yield Block("heading", section, section)
        elif line.startswith(MARK):
            asked.add(line.removeprefix(MARK))
            yield Block("question", line.removeprefix(MARK), section)
    for question in notes.predictions:
        if question not in asked:
            yield Block("question", question, PREDICT)


def _changed(written: Mapping[str, str], notes: Notes) -> list[str]:
    """Locked predictions of which answers.md says something else."""
    other = [question for question, locked in notes.predictions.items()
             if question in written and written[question].strip() != locked.strip()]  # fmt: skip
    return [
        f"answers.md was changed after the lock, at “{question}”: what was locked is shown."
        for question in other
    ]


# ---- artifacts ----


def _artifacts(
    blocks: Sequence[Block], notes: Notes, files: Files, unasked: str
) -> Iterator[HandedArtifact]:
    """Those that the sheet asks for, then whatever else lies in the folder, with what `unasked`
    says of it."""
    asked = {block.file: block.text for block in blocks if block.kind == "artifact"}
    written = {block.file for block in blocks if block.kind == "question" and block.file}
    others = [name for name in (*notes.kept_at, *sorted(files)) if name not in (ANSWERS, LAB)]
    for name in dict.fromkeys((*asked, *others)):
        if name in written:
            continue  # an answer, which stands at its question
        kept_at = notes.kept_at.get(name, "")
        if name not in files:
            problem = "was kept, and is not in the archive" if kept_at else "was not kept"
            yield HandedArtifact(name, asked.get(name, ""), kept_at, None, problem)
            continue
        text = _text(files[name])
        problem = "" if text is not None else "is no text, or too long to be shown"
        about = asked.get(name, "" if kept_at else unasked)
        yield HandedArtifact(name, about, kept_at, text, problem)


def _text(content: bytes | None) -> str | None:
    if content is None:
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
