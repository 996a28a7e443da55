"""What is dropped onto the window."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QUrl


def models_in(urls: Sequence[QUrl]) -> tuple[Path, ...]:
    """What may hold a model: GGUF files and folders."""
    paths = (Path(url.toLocalFile()) for url in urls if url.isLocalFile())
    return tuple(p for p in paths if p.suffix.lower() == ".gguf" or os.path.isdir(p))
