"""The small chat model that comes with Assay: where it is, where it comes from, what it is."""

from __future__ import annotations

import os
from pathlib import Path

STARTER_BADGE = "Specimen, 135M: fluent, often wrong"
STARTER_NAME = "SmolLM2-135M-Instruct-Q8_0.gguf"
SOURCE_NAME = "SmolLM2-135M-Instruct.Q4_1.gguf"
SOURCE_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
QUANTIZATION = "Q8_0"

_STARTER_FOLDER = Path(__file__).resolve().parent.parent / "build" / "starter"


def starter_place() -> Path:
    """Where the prepared starter model is, or will be once it is prepared.

    The environment variable ASSAY_STARTER names another file to use instead.
    """
    chosen = os.environ.get("ASSAY_STARTER")
    return Path(os.path.expanduser(chosen)) if chosen else _STARTER_FOLDER / STARTER_NAME


def starter_path() -> Path | None:
    """The prepared starter model, or None while it is not there."""
    path = starter_place()
    return path if os.path.isfile(path) else None
