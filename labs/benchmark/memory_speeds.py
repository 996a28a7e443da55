"""How fast memory is: measured here and kept, or as the maker of a device gives it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

import assets
from labs.chat.records import from_dict
from models.errors import UserError
from models.hardware.bandwidth import Bandwidth
from models.whole_files import write_whole

OWN_FILE = "memory_speeds.yaml"
KEPT_FILE = "bandwidth.json"


@dataclass(frozen=True)
class DeviceSpeed:
    """From the maker, not measured."""

    device: str
    bytes_per_s: float
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class KeptBandwidth:
    """What was measured, when, and on which processor."""

    bandwidth: Bandwidth
    measured_at: str
    processor: str


def device_speeds(own_folder: Path | None = None) -> tuple[DeviceSpeed, ...]:
    """The user's own table first, then the one that ships. Raises UserError for a faulty one."""
    own = own_folder / OWN_FILE if own_folder else None
    found = _read(own) if own and own.is_file() else ()
    known = {speed.device for speed in found}
    return (*found, *(s for s in _read(assets.MEMORY_SPEEDS) if s.device not in known))


def _read(path: Path) -> tuple[DeviceSpeed, ...]:
    try:
        rows = yaml.safe_load(path.read_text(encoding="utf-8")) or []
        return tuple(_speed(row) for row in rows)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, yaml.YAMLError) as error:
        raise UserError(
            f"The table of memory speeds {path} cannot be read: {error}.",
            "Each line needs a device and gb_per_s, as in assets/hardware/memory_speeds.yaml.",
        ) from error


def _speed(row: Mapping[str, Any]) -> DeviceSpeed:
    speed = float(row["gb_per_s"])
    if not 0 < speed < 1e6:
        raise ValueError(f"{speed} GB a second is no memory speed")
    return DeviceSpeed(str(row["device"]), speed * 1e9, tuple(map(str, row.get("names", ()))))


def speed_of(device: str, speeds: Sequence[DeviceSpeed]) -> DeviceSpeed | None:
    """The one whose name ends the system's word for the device: a laptop's "RTX 4090 Laptop GPU"
    is another card than the "RTX 4090"."""
    named = (speed for speed in speeds if any(device.endswith(name) for name in speed.names))
    return next(named, None)


def keep_bandwidth(folder: Path, bandwidth: Bandwidth, processor: str) -> KeptBandwidth:
    """Raises UserError when it cannot be written."""
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    kept = KeptBandwidth(bandwidth, now, processor)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(_place(folder), json.dumps(asdict(kept), indent=1) + "\n")
    except OSError as error:
        raise UserError(
            f"The memory speed could not be kept in {folder}: {error.strerror or error}.",
            "It counts until Assay is closed; make room on the disk.",
        ) from error
    return kept


def kept_bandwidth(folder: Path, processor: str) -> KeptBandwidth | None:
    """The last one of this processor; None where there is none, or what is there is damaged: it is
    measured again in ten seconds."""
    try:
        kept = from_dict(KeptBandwidth, json.loads(_place(folder).read_text(encoding="utf-8")))
        usable = kept.processor == processor and kept.bandwidth.bytes_per_s > 0
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    return kept if usable else None


def _place(folder: Path) -> Path:
    """Hidden from the list of benchmarks."""
    return folder / f".{KEPT_FILE}"
