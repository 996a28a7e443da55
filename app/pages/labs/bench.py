"""A bench: a view of the Labs page beside the labs, which may send the user on to a set-up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.context import AppContext
from labs.experiments.experiment import Time


@dataclass(frozen=True)
class Errand:
    """A set-up to open with these values; with `starts` its run begins once it is sized. `advice`
    is shown in it."""

    experiment: str
    set_path: Path | None = None
    time: Time = "class"
    options: Mapping[str, Any] = field(default_factory=dict)
    starts: bool = False
    advice: str = ""


class BenchView(QWidget):
    """`set_up_asked` carries an Errand, `failed` a UserError."""

    left = Signal()
    set_up_asked = Signal(object)
    failed = Signal(object)

    def begin(self) -> None:
        """The view has come to the front."""

    def open_target(self, target: str) -> None:
        """Another page asks for something of this bench; what, the bench says."""


@dataclass(frozen=True)
class Bench:
    """`about` says on its card what it takes, `verb` stands on the card's button; `sheet` names a
    file in assets/sheets."""

    id: str
    title: str
    summary: str
    about: str
    verb: str
    make: Callable[[AppContext], BenchView]
    sheet: str = ""
