"""Text of a model on a terminal."""

from __future__ import annotations

import re

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def harmless(text: str) -> str:
    """Without what would move the cursor or rename the terminal."""
    return _CONTROLS.sub("", text)
