"""Whether a window can be shown here."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping


def has_screen(environment: Mapping[str, str] = os.environ, system: str = sys.platform) -> bool:
    """False on a Linux without X or Wayland; other systems always have one."""
    if not system.startswith("linux"):
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def can_open_windows(
    environment: Mapping[str, str] = os.environ, system: str = sys.platform
) -> bool:
    """Also where Qt was told to draw without a screen."""
    return has_screen(environment, system) or bool(environment.get("QT_QPA_PLATFORM"))
