"""A lab sheet: Markdown with headings, and questions in lines that begin with `> ? `."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from assets import SHEETS
from models.errors import UserError

MARK = "> ? "


@dataclass(frozen=True)
class Block:
    """A piece of a sheet: "heading", "text" (Markdown) or "question"."""

    kind: str
    text: str
    section: str = ""


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
        if line.startswith(MARK):
            end_text()
            blocks.append(Block("question", line.removeprefix(MARK).strip(), section))
        elif line.startswith("#"):
            end_text()
            section = line.lstrip("#").strip()
            blocks.append(Block("heading", section, section))
        else:
            lines.append(line)
    end_text()
    return tuple(blocks)
