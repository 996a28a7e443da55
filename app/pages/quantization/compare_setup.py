"""What to compare: a base, other files of the same model, and a text to read."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.context import AppContext
from app.jobs import Job
from app.model_choice import make_free_picker
from app.pages.quantization import work
from app.pages.quantization.foot import Foot
from app.pages.quantization.member_list import MemberList, about_member
from app.pages.quantization.text_choice import WINDOW_TOKENS, TextChoice
from app.widgets.durations import duration
from app.widgets.parts import button, card, row_of, words
from labs.quantization.estimate import Estimate, Weights, estimate
from labs.quantization.family import Member
from labs.quantization.kept import KeptRow
from labs.quantization.pace import slow_sentence
from models.errors import UserError

TITLE = "What do fewer bits cost?"
ABOUT = (
    "Several files of one model read the same text, window by window. Each is told by how far its "
    "probabilities lie from the base's, and by size, memory and speed on this machine."
)
LOOKING = "Looking for files of the same model…"
CHOOSE = "Tick what the base is compared with."


class CompareSetup(QWidget):
    """`start_asked` carries what is Asked; `failed` a UserError."""

    start_asked = Signal(object)
    stop_asked = Signal()
    make_asked = Signal()
    failed = Signal(object)
    went_well = Signal()

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._job: Job | None = None
        self._wanted: tuple[str, ...] = ()  # paths to tick once their family is known
        self._kept: tuple[KeptRow, ...] = ()
        self.base = make_free_picker(context)
        self.about_base = words("", "small")
        self.remark = words("", "warning")
        self.against = words("Compare with", "secondary", wrap=False)
        self.members = MemberList()
        self.slow = words("", "warning")
        self.texts = TextChoice()
        self.start = button("Compare", "primary", "Start the comparison")
        self.make = button("Make a smaller file…", "link")
        self.foot = Foot("Comparing", self.make, self.start)  # shown below, where it stays in sight
        self._lay_out()
        self.base.chosen.connect(self.choose)
        self.members.changed.connect(self._on_changed)
        self.texts.changed.connect(self._on_changed)
        self.start.clicked.connect(self._on_start)
        self.make.clicked.connect(self.make_asked)
        self.foot.task.stop_requested.connect(self.stop_asked)
        self._on_changed()

    @property
    def is_empty(self) -> bool:
        """Nothing was looked for yet."""
        return self._job is None and not self.members.members

    def choose(self, base: str, others: tuple[str, ...] = (), *, free: bool = False) -> None:
        """Look for files of a model and offer them; `others` are paths to tick. With `free` the
        file with most bits becomes the base."""
        self._wanted = others
        self.base.set_current(base)
        self.about_base.setText(LOOKING)
        self.remark.hide()
        self.members.show_members(())
        self._look_for(base, free=free)
        self._on_changed()

    def refresh(self) -> None:
        """Files may have come since; what is ticked stays."""
        base = self.members.base
        if base is not None and (self._job is None or not self._job.is_running):
            self._look_for(base.entry.model)

    def show_kept(self, rows: tuple[KeptRow, ...]) -> None:
        """What earlier comparisons took tells how long the next one will."""
        self._kept = rows
        self._on_changed()

    def show_running(self, job: Job) -> None:
        self.foot.show_running(job)
        self._enable(False)
        job.ended.connect(self._on_ended)

    # ---- inside ----------------------------------------------------------------------------

    def _look_for(self, base: str, *, free: bool = False) -> None:
        library = self._context.services.library
        if self._job is not None:
            self._job.cancel()
        self._job = job = self._context.jobs.start(
            lambda token: work.find_family(library, base, token, choose_base=free)
        )
        job.finished.connect(self._on_family)
        job.failed.connect(self._on_no_family)

    def _on_ended(self) -> None:
        self._enable(True)

    def _enable(self, on: bool) -> None:
        for widget in (self.base, self.members, self.texts):
            widget.setEnabled(on)

    def _on_family(self, members: tuple[Member, ...]) -> None:
        if self.sender() is not self._job or members == self.members.members:
            return
        self.went_well.emit()
        if self.members.members:  # only looked at again
            self._wanted = self.members.chosen
        base = members[0]
        self.base.set_current(base.entry.model)
        self.about_base.setText(about_member(base))
        self.remark.setText(base.remark)
        self.remark.setVisible(bool(base.remark))
        self.members.show_members(members, self._wanted)
        self._context.theme.hand_to(self.members)
        self._on_changed()

    def _on_no_family(self, error: UserError) -> None:
        if self.sender() is self._job:
            self.about_base.setText("")
            self.failed.emit(error)

    def _on_changed(self) -> None:
        base, chosen = self.members.base, self.members.chosen
        self.start.setEnabled(bool(chosen))
        for widget in (self.against, self.members):
            widget.setVisible(base is not None)
        if base is None:
            self._show_slow(())
            self.foot.said.setText("")
            return
        named = {str(member.entry.path): member for member in self.members.members}
        found = [base, *(named.get(path, base) for path in chosen)]
        self._show_slow(found)
        models = [Weights(each.kind, each.mix.n_weights, each.entry.size_bytes, each.is_slow)
                  for each in found]  # fmt: skip
        speed = self.texts.with_speed.isChecked()
        n_asked, n_there = self.texts.n_windows, self.texts.n_there
        n_windows = min(n_asked, n_there)
        takes = estimate(models, n_windows, WINDOW_TOKENS, self._kept, with_speed=speed)
        short = f"The text has about {n_there:,} windows. " if n_there < n_asked else ""
        self.foot.said.setText(f"{short}{takes_text(takes)}" if chosen else CHOOSE)

    def _show_slow(self, found: Sequence[Member]) -> None:
        slow = list(dict.fromkeys(each.entry.name for each in found if each.is_slow))
        self.slow.setText(slow_sentence(slow))
        self.slow.setVisible(bool(slow))

    def _on_start(self) -> None:
        base, texts = self.members.base, self.texts
        if base is not None:
            names = (str(base.entry.path), *self.members.chosen)
            self.start_asked.emit(work.Asked(
                names, texts.kinds, texts.own_path, texts.n_windows, WINDOW_TOKENS,
                texts.with_speed.isChecked(),
            ))  # fmt: skip

    def _lay_out(self) -> None:
        frame, inside = card(spacing=12)
        base_row = row_of(words("Base", "secondary", wrap=False), self.base, self.about_base,
                          stretch=2, spacing=12)  # fmt: skip
        inside.addLayout(base_row)
        inside.addWidget(self.remark)
        inside.addWidget(self.against)
        inside.addWidget(self.members)
        inside.addWidget(self.slow)
        second, below = card(spacing=12)
        below.addWidget(self.texts)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        title = words(TITLE, "title")
        column.addWidget(title)
        column.addWidget(words(ABOUT, "secondary"))
        column.addWidget(frame)
        column.addWidget(second)


def takes_text(found: Estimate | None) -> str:
    if found is None:
        return "How long it takes is not known: nothing like it was compared here yet."
    how = "a guess, until one has run here" if found.is_rough else "by earlier ones here"
    return f"Takes about {duration(max(1.0, found.seconds))}, {how}."
