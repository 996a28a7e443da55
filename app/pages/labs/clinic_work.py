"""The long work of the statistics clinic, and which verdicts were guessed. Knows no Qt."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labs.clinic.cases import Case, cases
from labs.clinic.findings import (
    ITEM_COUNTS,
    class_table,
    finding_of,
    spread_chart,
    student_table,
    verdict_chart,
    with_items,
)
from labs.clinic.students import ClassOfStudents, Setting, teach
from labs.experiments.charts import Chart
from labs.experiments.results import Finding, Table
from labs.lab_book.answers import write_text
from models.errors import UserError


@dataclass(frozen=True)
class Lesson:
    """A class of students and what it shows."""

    found: ClassOfStudents
    finding: Finding
    charts: tuple[Chart, ...]
    table: Table
    first: Table


def draw_class(values: Mapping[str, Any]) -> Generator[str, None, Lesson]:
    """Raises UserError for a setting that cannot be."""
    setting = Setting(**values)
    yield "Drawing the answers of every student"
    found = teach(setting)
    yield "Drawing classes with more items"
    classes = with_items(setting, sorted({setting.items, *ITEM_COUNTS}))
    charts = (verdict_chart(classes), spread_chart(found))
    return Lesson(found, finding_of(found), charts, class_table(classes), student_table(found, 0))


def look_at(found: ClassOfStudents, student: int) -> Generator[str, None, Table]:
    yield "Testing one student's answers"
    return student_table(found, student)


@dataclass(frozen=True)
class Casebook:
    """The cases, and what was guessed of each so far: its id to a place among the verdicts."""

    cases: tuple[Case, ...]
    guesses: Mapping[str, int]


def open_casebook(path: Path) -> Generator[str, None, Casebook]:
    yield "Working out the cases"
    found = cases()
    known = {case.id: len(case.verdicts) for case in found}
    guesses = {key: value for key, value in read_guesses(path).items()
               if isinstance(value, int) and 0 <= value < known.get(key, 0)}  # fmt: skip
    return Casebook(found, guesses)


def read_guesses(path: Path) -> dict[str, Any]:
    """Empty where there are none, or where the file holds something else."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise UserError(
            f"Your guesses in {path} cannot be read: {error}.",
            "Move the file away to begin anew.",
        ) from error
    guesses = data.get("guesses", {}) if isinstance(data, dict) else {}
    return guesses if isinstance(guesses, dict) else {}


def write_guesses(path: Path, guesses: Mapping[str, int]) -> None:
    """Raises UserError."""
    write_text(path, json.dumps({"schema_version": 1, "guesses": dict(guesses)}, indent=1) + "\n")
