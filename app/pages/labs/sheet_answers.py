"""The student's own words, as typed: beside a run, or waiting for the next one of a lab."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from app.pages.labs.sheet_text import MARK, Block
from labs.experiments.record.run_folder import ANSWERS, RunFolder
from models.errors import UserError
from models.whole_files import write_whole

DRAFTS = ".drafts"


def draft_path(home: Path, experiment: str) -> Path:
    return home / DRAFTS / f"{experiment}.md"


def move_draft(home: Path, experiment: str, folder: RunFolder) -> None:
    """What was answered before there was a run belongs to the one that starts now."""
    draft = draft_path(home, experiment)
    if draft.exists() and not folder.file(ANSWERS).exists():
        folder.write(ANSWERS, read_text(draft))
        draft.unlink()


def read_text(path: Path) -> str:
    """ "" where there is no file yet. Raises UserError."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"The answers in {path} cannot be read: {error}.") from error


def write_text(path: Path, text: str) -> None:
    """Whole or not at all. Raises UserError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text)
    except OSError as error:
        raise UserError(
            f"The answers cannot be saved to {path}: {error.strerror or error}.",
            "Make room on the disk; what you typed stays on the screen.",
        ) from error


def answers_text(title: str, blocks: Sequence[Block], answers: Mapping[str, str]) -> str:
    """Markdown that can be read by itself: each question, and below it the answer as typed."""
    lines, section = [f"# {title}"], ""
    for block in blocks:
        if block.kind != "question":
            continue
        if block.section != section:
            section = block.section
            lines += ["", f"## {section}"]
        lines += ["", f"{MARK}{block.text}", "", answers.get(block.text, "").rstrip()]
    return "\n".join(lines).rstrip() + "\n"


def parse_answers(text: str, blocks: Sequence[Block]) -> dict[str, str]:
    """Question to answer. Only what the sheet itself writes ends an answer: whoever types a
    heading of their own keeps it."""
    marks = {f"{MARK}{b.text}": b.text for b in blocks if b.kind == "question"}
    marks |= {f"## {b.section}": "" for b in blocks}
    answers: dict[str, str] = {}
    question, lines = "", list[str]()
    for line in [*text.split("\n"), None]:
        if line is None or line in marks:
            if question:
                answers[question] = "\n".join(lines).strip("\n")
            question, lines = marks[line] if line is not None else "", []
        else:
            lines.append(line)
    return answers
