"""A lab sheet: Markdown with headings, and lines that begin with a mark.

`> ? Question` has an answer. `> ?! slo.md: Question` has one that is a file of its own.
`> ! name.json: What it holds` asks for something that a page shows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from assets import SHEETS
from models.errors import UserError

Kind = Literal["heading", "text", "question", "artifact"]
MARK = "> ? "
PREDICT, RUN = "Predict first", "Run"
_MARKED = re.compile(r"> (\?!|!|\?) (.+)")
_FILE = re.compile(r"([\w.-]+\.\w+): (.+)")


@dataclass(frozen=True)
class Block:
    """A piece of a sheet. `text` is Markdown in a "text"; `file` names what an answer or an
    artifact is kept as."""

    kind: Kind
    text: str
    section: str = ""
    file: str = ""


def sheet_path(name: str) -> Path | None:
    """Where the sheet of a lab lies; None where it has none."""
    path = SHEETS / f"{name}.md"
    return path if name and path.is_file() else None


def read_sheet(path: Path) -> tuple[Block, ...]:
    """Raises UserError when the file cannot be read."""
    try:
        return parse_sheet(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"The lab sheet {path.name} cannot be read: {error}.") from error


def parse_sheet(text: str) -> tuple[Block, ...]:
    blocks: list[Block] = []
    section, lines = "", list[str]()

    def end_text() -> None:
        paragraphs = re.split(r"\n\s*\n", "\n".join(lines).strip())
        blocks.extend(Block("text", each, section) for each in paragraphs if each)
        lines.clear()

    for line in text.splitlines():
        if marked := _MARKED.fullmatch(line.rstrip()):
            end_text()
            blocks.append(_marked(marked[1], marked[2].strip(), section))
        elif line.startswith("#"):
            end_text()
            section = line.lstrip("#").strip()
            blocks.append(Block("heading", section, section))
        else:
            lines.append(line)
    end_text()
    return tuple(blocks)


def _marked(mark: str, text: str, section: str) -> Block:
    kind: Kind = "artifact" if mark == "!" else "question"
    named = _FILE.fullmatch(text) if mark != "?" else None
    return Block(kind, named[2], section, named[1]) if named else Block(kind, text, section)
