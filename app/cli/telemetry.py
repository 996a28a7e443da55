"""`assay telemetry`: what every sensor of this machine says now, and why some say nothing."""

from __future__ import annotations

import argparse
import json
import threading
import time
from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from app.cli.interrupts import interrupts
from models.amounts import size_text
from models.errors import UserError
from models.hardware import machine
from models.hardware.catalog import Entry, entries
from models.hardware.export import as_json
from models.hardware.reading import Reading
from models.hardware.sensors import Sensors

if TYPE_CHECKING:
    from app.services import Services

BETWEEN_S = 0.5  # loads and rates need two readings
LEAST_WATCH_S, MOST_WATCH_S = 0.1, 24 * 3600


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Reads every sensor of this machine twice, half a second apart, and says what it found. "
        "A sensor that cannot be read says why. Nothing is estimated."
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--watch", type=float, metavar="SECONDS",
                        help="go on, a line of JSON every SECONDS, until Ctrl-C")  # fmt: skip


def run(args: argparse.Namespace, services: Services) -> int:
    if args.watch is not None and not LEAST_WATCH_S <= args.watch <= MOST_WATCH_S:
        raise UserError("--watch needs a time from 0.1 seconds to a day.", "Try --watch 0.5.")
    with closing(Sensors(folder=services.paths.data)) as sensors:
        if args.watch is not None:
            return _watch(sensors, args.watch)
        sensors.read()
        time.sleep(BETWEEN_S)
        reading = sensors.read()
    if args.json:
        told = {"machine": asdict(machine.describe()), **as_json(reading)}
        print(json.dumps(told, indent=2, ensure_ascii=False, allow_nan=False))
    else:
        print(f"{machine.describe()}\n")
        print(_table(reading))
    return 0


def _watch(sensors: Sensors, interval_s: float) -> int:
    stopped = threading.Event()
    with interrupts() as cancel:
        cancel.on_set(stopped.set)
        sensors.read()
        while not stopped.wait(interval_s):
            line = json.dumps(as_json(sensors.read()), ensure_ascii=False, allow_nan=False)
            print(line, flush=True)
    return 0


def _table(reading: Reading) -> str:
    """What can be read first, each with its unit; then what cannot, with the reason."""
    told = list(entries(reading))
    width = max(len(entry.name) for entry in told)
    readable = [f"{e.name:{width}}  {_amount(e)}" for e in told if e.measured.value is not None]
    silent = [f"{e.name:{width}}  {e.measured.reason}" for e in told if e.measured.value is None]
    if reading.battery_percent.value is not None:
        source = "the battery" if reading.on_battery else "the mains"
        readable.append(f"{'Power comes from':{width}}  {source}")
    parts = ["\n".join(readable)]
    if silent:
        parts.append("\n".join(["Cannot be read:", *silent]))
    return "\n\n".join(parts)


def _amount(entry: Entry) -> str:
    value: Any = entry.measured.value
    if entry.unit in ("B", "B/s"):
        return size_text(round(value)) + entry.unit[1:]
    return f"{value:.4g} {entry.unit}".strip()
