"""Remembers what a load really took, so that it can be shown beside the forecast."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from models.engine.pool import EngineStatus
from models.errors import UserError
from models.library.library import Library

_LOG = logging.getLogger(__name__)


def note_peaks(library: Library, statuses: Iterable[EngineStatus]) -> None:
    """Store the memory of models that stand loaded with one context; more would say nothing
    about a single load. Cheap when nothing is new; meant as the pool's subscriber."""
    for status in statuses:
        if status.state != "ready" or status.n_contexts != 1 or status.settings is None:
            continue
        entry = library.find(status.model)
        if entry is None or not entry.is_local:
            continue
        if library.measured_peak(entry, status.settings) != status.memory_bytes:
            try:
                library.record_peak(entry, status.settings, status.memory_bytes)
            except UserError as error:  # a full disk must not end a reply for a number
                _LOG.warning("A measured load is not remembered: %s", error)
