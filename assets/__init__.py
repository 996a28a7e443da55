"""What ships with Assay beside its code, and where it lies: in a checkout and when installed."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).resolve().parent
FONTS = FOLDER / "fonts"
ICONS = FOLDER / "icons"
PRESETS = FOLDER / "presets"
SCENARIOS = FOLDER / "scenarios"
SHEETS = FOLDER / "sheets"
ENCODINGS = FOLDER / "encodings"
TEXTS = FOLDER / "texts"  # read by comparisons of quantizations
PARALLEL = FOLDER / "parallel"  # one text in many languages
TEMPLATES = FOLDER / "templates"
GLOSSARY = FOLDER / "glossary.yaml"
MEMORY_SPEEDS = FOLDER / "hardware" / "memory_speeds.yaml"  # as makers give them
CURATED_MODELS = FOLDER / "models" / "curated.yaml"
