"""`--open-door`: lets one command out while Assay is sealed."""

from __future__ import annotations

import argparse

from app.settings_file import SettingsStore
from models.network import Door, Gate

HINT = "Add --open-door to let this one command out."


def add_open_door(parser: argparse.ArgumentParser) -> None:
    """For every command that may have to leave this machine."""
    parser.add_argument(
        "--open-door",
        action="store_true",
        help="let this one command out, although Assay is sealed",
    )


def command_gate(options: argparse.Namespace, door: Door, settings: SettingsStore) -> Gate:
    """Sealed as the settings say, but for a command that the user started with --open-door."""
    is_open = getattr(options, "open_door", False)
    return Gate(door, lambda: settings.current.sealed and not is_open, HINT)
