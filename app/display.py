"""Whether a window can be shown here."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping


def has_display(environment: Mapping[str, str] = os.environ, system: str = sys.platform) -> bool:
    """False on a Linux without X or Wayland, unless Qt was told to draw without a screen."""
    if not system.startswith("linux"):
        return True
    return any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
