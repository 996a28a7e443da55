"""The student's own words as Markdown: each question, and below it the answer as typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from labs.lab_book.sheet_text import MARK, Block
from models.errors import UserError
from models.whole_files import write_whole


@dataclass(frozen=True)
class AnswersFile:
    """The answers to one sheet in one file."""

    path: Path
    title: str
    blocks: tuple[Block, ...]

    def read(self) -> dict[str, str]:
        """Question to answer. Raises UserError."""
        return parse_answers(read_text(self.path), self.blocks)

    def write(self, answers: Mapping[str, str]) -> None:
        """Raises UserError."""
        write_text(self.path, answers_text(self.title, self.blocks, answers))


def read_text(path: Path) -> str:
    """ "" where there is no file yet. Raises UserError."""
    try:
        return path.read_text(encoding="utf-8-sig")  # some editors put a mark before a text
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"The answers in {path} cannot be read: {error}.") from error


def write_text(path: Path, text: str) -> None:
    """Whole or not at all; half a letter becomes a question mark. Raises UserError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text.encode("utf-8", "replace").decode())
    except OSError as error:
        raise UserError(
            f"The answers cannot be saved to {path}: {error.strerror or error}.",
            "Make room on the disk, or make the folder writable; what you typed stays on the "
            "screen.",
        ) from error


def answers_text(
    title: str, blocks: Sequence[Block], answers: Mapping[str, str], about: str = ""
) -> str:
    """Markdown that can be read by itself: each question, and below it the answer as typed.
    `about` stands below the title."""
    marks = _marks(blocks)
    lines, section = [f"# {title}", *(["", about] if about else [])], ""
    for block in blocks:
        if block.kind != "question":
            continue
        if block.section != section:
            section = block.section
            lines += ["", f"## {section}"]
        answer = answers.get(block.text, "").rstrip().split("\n")
        answer = [f"\\{line}" if line.lstrip("\\") in marks else line for line in answer]
        lines += ["", f"{MARK}{block.text}", "", *answer]
    return "\n".join(lines).rstrip() + "\n"


def parse_answers(text: str, blocks: Sequence[Block]) -> dict[str, str]:
    """Question to answer. Only what the sheet itself writes ends an answer: whoever types a
    heading of their own keeps it, and one of the sheet's stands behind a backslash."""
    marks = _marks(blocks)
    answers: dict[str, str] = {}
    question, lines = "", list[str]()
    for line in [*text.split("\n"), None]:
        if line is None or line in marks:
            if question:
                answers[question] = "\n".join(lines).strip("\n")
            question, lines = marks[line] if line is not None else "", []
        else:
            is_quoted = line.startswith("\\") and line.lstrip("\\") in marks
            lines.append(line[1:] if is_quoted else line)
    return answers


def _marks(blocks: Sequence[Block]) -> dict[str, str]:
    """The lines that end an answer, to the question that each begins."""
    sections = {f"## {block.section}": "" for block in blocks}
    return sections | {f"{MARK}{b.text}": b.text for b in blocks if b.kind == "question"}
