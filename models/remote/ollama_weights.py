"""Where Ollama keeps what it runs; opened read-only."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from models.library.entry import ModelEntry
from models.library.ollama import weights_of
from models.library.roots import ollama_stores


def weights_on_disk(entry: ModelEntry, environ: Mapping[str, str] = os.environ) -> Path | None:
    """Where Ollama keeps the weights of an entry, if that is a place that may be read here."""
    name = entry.name.removeprefix("ollama:")
    for store in ollama_stores(Path.home(), environ, sys.platform):
        try:
            if found := weights_of(store, name, entry.manifest_sha256):
                return found
        except OSError:  # the service may keep its folder to itself
            continue
    return None
