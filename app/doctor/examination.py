"""All checks in order, as long work that the command line or a window can show, and the report."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterable
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path

from app.crash import without_home
from app.doctor import files, machine, reply, software
from app.doctor.check import Check, State
from app.services import Services
from models.starter import starter_path


def examine(services: Services) -> Generator[Check, None, tuple[Check, ...]]:
    """Yield each check when it is done. The last loads the starter and lets it answer.

    What they say does not name the user: the home folder is shortened to ~.
    """
    done: list[Check] = []
    for check in _checks(services, starter_path()):
        done.append(_without_home(check()))
        yield done[-1]
    return tuple(done)


def verdict(checks: Iterable[Check]) -> State:
    """The worst of all states."""
    states = {check.state for check in checks}
    return "fail" if "fail" in states else "warn" if "warn" in states else "ok"


def report(checks: tuple[Check, ...], now: datetime) -> str:
    """One JSON object to send."""
    content = {
        "assay_doctor": 1,
        "made_at": now.isoformat(timespec="seconds"),
        "verdict": verdict(checks),
        "checks": [asdict(check) for check in checks],
    }
    return json.dumps(content, indent=2, ensure_ascii=False)


def _without_home(check: Check) -> Check:
    facts = {k: without_home(v) if isinstance(v, str) else v for k, v in check.facts.items()}
    sentence, advice = without_home(check.sentence), without_home(check.advice)
    return replace(check, sentence=sentence, advice=advice, facts=facts)


def _checks(services: Services, starter: Path | None) -> tuple[Callable[[], Check], ...]:
    paths = services.paths
    return (
        software.versions,
        machine.description,
        machine.graphics,
        machine.memory,
        lambda: machine.disk(paths.data),
        software.qt,
        software.fonts,
        software.door,
        lambda: files.folder(paths.data),
        lambda: files.settings(paths.settings_file),
        lambda: files.chats(paths.chats_file),
        lambda: reply.starter(starter),
        lambda: reply.answer(starter, services.pool, services.sandbox),
    )
