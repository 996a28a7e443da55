"""The files that can be compared with a base, to tick, and smaller attention caches of it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from app.widgets.elided_label import ElidedLabel
from app.widgets.parts import clear, row_of, words
from labs.quantization.family import Member
from labs.quantization.naming import short_labels
from models.amounts import size_text
from models.library.type_mix import mix_text

CACHES = ("q8_0", "q5_1", "q5_0", "q4_1", "q4_0")
ALONE = (
    "No other file of this model is on this machine. Make one under “Make”, or get one on the "
    "Models page."
)
CACHE_WORDS = "Or the base with a smaller attention cache"


class MemberList(QWidget):
    """`changed` comes with each tick."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.members: tuple[Member, ...] = ()
        self.files: list[QCheckBox] = []
        self.caches = [_box(name, f"Attention cache as {name}") for name in CACHES]
        self._column = QVBoxLayout()
        self._column.setSpacing(6)
        self._cache_words = words(CACHE_WORDS, "secondary", wrap=False)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(8)
        outer.addLayout(self._column)
        outer.addWidget(self._cache_words)
        outer.addLayout(row_of(*self.caches, stretch=-1, spacing=12))
        for box in self.caches:
            box.toggled.connect(self.changed)
        self.show_members(())

    def show_members(self, members: Sequence[Member], ticked: Sequence[str] = ()) -> None:
        """The base first; `ticked` are paths. Where nothing is, the first file with fewer bits than
        the base, or the first of all."""
        self.members = tuple(members)
        clear(self._column)
        self.files = []
        labels = short_labels([member.entry.name for member in members])
        for label, member in list(zip(labels, members, strict=True))[1:]:
            self._add(label, member, str(member.entry.path) in ticked)
        if not self.files and members:
            self._column.addWidget(words(ALONE, "secondary"))
        has_caches = bool(members) and members[0].entry.format == "gguf"
        for widget in (self._cache_words, *self.caches):
            widget.setVisible(has_caches)
        for box in self.caches:  # what was ticked for another base
            box.setChecked(has_caches and box.isChecked())
        if self.files and not self.chosen:
            self.files[self._first_smaller()].setChecked(True)

    def _first_smaller(self) -> int:
        base, *others = (member.mix.bits_per_weight for member in self.members)
        return next((at for at, bits in enumerate(others) if bits < base), 0)

    @property
    def base(self) -> Member | None:
        return self.members[0] if self.members else None

    @property
    def chosen(self) -> tuple[str, ...]:
        """The paths of the files that are ticked, and the base with a cache: "PATH@q8_0"."""
        if self.base is None:
            return ()
        paths = [str(member.entry.path) for member in self.members]
        files = [path for path, box in zip(paths[1:], self.files, strict=True) if box.isChecked()]
        caches = [f"{paths[0]}@{box.text()}" for box in self.caches if box.isChecked()]
        return (*files, *caches)

    def _add(self, label: str, member: Member, is_ticked: bool) -> None:
        box = _box(label, f"Compare {member.entry.name}")
        box.setToolTip(str(member.entry.path))
        box.setChecked(is_ticked)
        box.toggled.connect(self.changed)
        self.files.append(box)
        line = QWidget()
        row = row_of(box, ElidedLabel(about_member(member), "small"), stretch=1, spacing=12)
        row.setContentsMargins(0, 0, 0, 0)
        line.setLayout(row)
        self._column.addWidget(line)
        if member.remark:
            self._column.addWidget(words(member.remark, "warning"))


def about_member(member: Member) -> str:
    """ "98.4 MB · 5.74 bits a weight · Q4_1 78.9 %, Q8_0 21.0 %"."""
    size = size_text(member.entry.size_bytes)
    return f"{size} · {member.mix.bits_per_weight:.2f} bits a weight · {mix_text(member.mix)}"


def _box(text: str, name: str) -> QCheckBox:
    box = QCheckBox(text)
    box.setAccessibleName(name)
    return box
