"""`assay doctor`: is this machine ready? One file to send before class."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path

from app.doctor.check import Check
from app.doctor.examination import examine, report, verdict
from app.services import Services
from models.errors import UserError

MARKS = {"ok": "ok  ", "warn": "note", "fail": "FAIL"}
CLOSING = {
    "ok": "Everything is ready.",
    "warn": "Assay works here; the notes above say what could be better.",
    "fail": "Something is missing; the lines marked FAIL say what to do.",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write the JSON object to a file")


def run(args: argparse.Namespace, services: Services) -> int:
    """0 when nothing failed."""
    done: list[Check] = []
    for check in examine(services):
        done.append(check)
        if not args.json:
            print(_line(check), flush=True)
    checks = tuple(done)
    text = report(checks, datetime.now().astimezone())
    if args.json:
        print(text)
    else:
        print(f"\n{CLOSING[verdict(checks)]}")
    if args.out:
        _write(args.out, text)
    return 1 if verdict(checks) == "fail" else 0


def _line(check: Check) -> str:
    advice = f"\n     {'':14} → {check.advice}" if check.advice else ""
    return f"{MARKS[check.state]} {check.name:14} {check.sentence}{advice}"


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise UserError(
            f"The report could not be written to {path}: {error.strerror or error}.",
            "Name another file with --out.",
        ) from error
    print(f"The report is in {path}.", file=sys.stderr)
