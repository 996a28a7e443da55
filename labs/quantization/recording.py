"""A comparison from names to a record: the numbers, and what they depend on."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import nullcontext
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version

from labs.quantization.comparison import Compared
from labs.quantization.document import ComparedModel, Record
from labs.quantization.session import Wish, run
from labs.quantization.variant import Variant
from labs.telemetry.gathering import Watch
from labs.telemetry.summary import as_data
from models.cancel import CancelToken
from models.engine.messages import Progress
from models.engine.pool import Pool, Waiting
from models.errors import UserError
from models.hardware.machine import describe
from models.hardware.memory import MemoryFree
from models.library.library import Library


def record(
    wish: Wish,
    library: Library,
    pool: Pool,
    memory: MemoryFree,
    cancel: CancelToken,
    watch: Watch | None = None,
) -> Generator[Progress | Waiting | Compared, None, Record]:
    """As `session.run`, with its models' fingerprints, the machine and the time; `watch` sums up
    what it did meanwhile."""
    started = time.monotonic()
    with watch or nullcontext():
        comparison = yield from run(wish, pool, memory, cancel)
    summary = watch.summary() if watch else None
    return Record(
        comparison,
        tuple(_model(library, variant) for variant in wish.variants),
        tuple(dict.fromkeys(window.kind for window in comparison.told.windows)),
        wish.variants[0].settings,
        describe(),
        datetime.now().astimezone().isoformat(timespec="seconds"),
        round(time.monotonic() - started, 1),
        _version(),
        as_data(summary) if summary and summary.n_readings else None,
    )


def _model(library: Library, variant: Variant) -> ComparedModel:
    entry = variant.entry
    try:
        fingerprint = library.fingerprint(entry)
    except UserError:  # a folder that has none, or a file that was moved since
        fingerprint = entry.fingerprint
    return ComparedModel(
        variant.label, entry.name, str(entry.path), entry.format, entry.quantization, fingerprint,
        library.known_sha256(entry), tuple(variant.cache or ()),
    )  # fmt: skip


def _version() -> str:
    try:
        return version("assay-desktop")
    except PackageNotFoundError:
        return ""
