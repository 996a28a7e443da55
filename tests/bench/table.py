"""The benchmark's lines as a table to read and JSON to keep."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from models.hardware import machine
from tests.bench.line import Line, spread

HEAD = ("", "what", "ours: median (least to most)", "baseline", "judged", "bound")


def row(line: Line) -> tuple[str, ...]:
    bound = line.bound
    sign = "≤" if bound.direction == "at most" else "≥"
    words = {"value": f"{line.unit}", "ratio": "× baseline", "difference": f"{line.unit} more"}
    limit = f"{sign} {bound.limit:.4g} {words[bound.judged]}"
    if line.missing:
        return ("MISSING", line.name, line.missing, "", "", limit)
    baseline = f"{spread(line.baseline)} {line.unit}, {line.baseline_name}" if line.baseline else ""
    mark = "pass" if line.passed else "FAIL"
    return (mark, line.name, f"{spread(line.ours)} {line.unit}", baseline,
            spread(line.figures), limit)  # fmt: skip


def text(lines: Sequence[Line]) -> str:
    """Columns under their heads, and the notes below."""
    rows = [HEAD, *(row(line) for line in lines)]
    widths = [max(len(r[i]) for r in rows) for i in range(len(HEAD))]
    table = [
        "  ".join(cell.ljust(width) for cell, width in zip(r, widths, strict=True)) for r in rows
    ]
    notes = [f"{line.name}: {line.note}" for line in lines if line.note]
    return "\n".join([str(machine.describe()), "", *table, "", *notes])


def save(lines: Sequence[Line], path: Path) -> None:
    entries = [asdict(line) | {"figures": line.figures, "passed": line.passed} for line in lines]
    content = {"machine": asdict(machine.describe()), "lines": entries}
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False), encoding="utf-8")
