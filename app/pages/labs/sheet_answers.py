"""Answers that wait for the next run of a lab."""

from __future__ import annotations

from pathlib import Path

from labs.experiments.record.run_folder import ANSWERS, RunFolder
from labs.lab_book.answers import read_text

DRAFTS = ".drafts"


def draft_path(home: Path, experiment: str) -> Path:
    return home / DRAFTS / f"{experiment}.md"


def move_draft(home: Path, experiment: str, folder: RunFolder) -> None:
    """What was answered before there was a run belongs to the one that starts now."""
    draft = draft_path(home, experiment)
    if draft.exists() and not folder.file(ANSWERS).exists():
        folder.write(ANSWERS, read_text(draft))
        draft.unlink()
