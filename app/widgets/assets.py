"""Where the shipped fonts and icons lie."""

from __future__ import annotations

from pathlib import Path

ASSETS = Path(__file__).resolve().parents[2] / "assets"
FONTS = ASSETS / "fonts"
ICONS = ASSETS / "icons"
