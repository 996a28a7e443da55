"""Making a smaller file: what each type would give, where it goes, and then comparing it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from app.context import AppContext
from app.jobs import Job
from app.model_choice import make_free_picker
from app.pages.quantization.foot import COLUMN_PX, Foot
from app.pages.quantization.made_card import MadeCard
from app.pages.quantization.make_place import MakePlace
from app.pages.quantization.targets import (
    MadeFile,
    MakeWish,
    Offer,
    Target,
    look_at,
    make,
)
from app.widgets.fitting_table import FittingTable
from app.widgets.parts import button, in_the_middle, row_of, scrolled, set_role, words
from app.widgets.rows_model import Column, FilteredRows, RowRole, RowsModel
from app.widgets.tokens import Tokens
from models.amounts import size_text
from models.errors import UserError

MOST_ROWS = 7
STARTER, USUAL = "starter", "Q4_K_M"
TITLE = "Make a smaller file"
ABOUT = (
    "A model file is written again with fewer bits a weight; the source stays as it is. The table "
    "tells what each type would really give, as the engine says before anything is written."
)
LOOKING = "Asking the engine what each type would give…"
WIDTHS = (130, 90, 96, 250, 300)

COLUMNS: tuple[Column[Target], ...] = (
    Column("Type", lambda t: t.name),
    Column("Size", lambda t: size_text(t.size_bytes) if t.size_bytes else "–",
           lambda t: t.size_bytes, is_number=True),
    Column("Bits a weight", lambda t: f"{t.bits_per_weight:.2f}" if t.bits_per_weight else "–",
           lambda t: t.bits_per_weight, is_number=True),
    Column("Real mix", lambda t: t.mix, tooltip=lambda t: t.mix),
    Column("Remark", lambda t: t.problem or t.remark, tooltip=lambda t: t.problem or t.remark),
)  # fmt: skip


class MakeTab(QWidget):
    """`compare_asked` carries two paths: a source and what was made of it."""

    failed = Signal(object)
    went_well = Signal()
    compare_asked = Signal(str, str)

    def __init__(self, context: AppContext) -> None:
        super().__init__()
        self._context = context
        self._offer: Offer | None = None
        self._looking: Job | None = None
        self.job: Job | None = None
        self.source = make_free_picker(context)
        self.about = words("", "small")
        self.rows = RowsModel[Target](COLUMNS, self)
        self._filtered = FilteredRows(self.rows, self)
        self.table = FittingTable("What it would become", self._filtered, WIDTHS, stretch=4,
                                  most=MOST_ROWS)  # fmt: skip
        self.all_types = QCheckBox()
        self.all_types.setAccessibleName("Show types that it would bear in name only")
        self.place = MakePlace(context.services.paths.converted_models)
        self.start = button("Make it", "primary", "Make the file")
        self.foot = Foot("Making a file", self.place.requantize, self.start)
        self.made = MadeCard()
        self._lay_out()
        self._connect_signals()
        self._show_offer()

    @property
    def is_busy(self) -> bool:
        return self.job is not None and self.job.is_running

    def activate(self) -> None:
        if self._looking is None:
            self.choose(self._context.current_model.model or STARTER)

    def choose(self, model: str) -> None:
        """Ask what can be made of a model."""
        self._offer = None
        self.source.set_current(model)
        self.about.setText(LOOKING)
        self._show_offer()
        library = self._context.services.library
        if self._looking is not None:
            self._looking.cancel()
        self._looking = job = self._context.jobs.start(lambda token: look_at(library, model, token))
        job.finished.connect(self._on_offer)
        job.failed.connect(self._on_no_offer)

    def wish(self) -> MakeWish | None:
        target = self._target()
        if self._offer is None or target is None:
            return None
        place = self.place
        return MakeWish(self._offer.entry, target, place.path, place.allows_requantizing)

    def make(self) -> None:
        wish, library = self.wish(), self._context.services.library
        if wish is None or self.is_busy:
            return
        self.went_well.emit()
        self.made.hide()
        self.job = job = self._context.jobs.start(
            lambda token: make(library, wish, token),
            f"Making {wish.path.name}",
            summary=lambda _made: f"{wish.path.name} is made.",
        )
        job.ended.connect(self._on_ended)  # first: the keyboard goes to what can be used again
        self.foot.show_running(job)
        self._enable(False)
        job.finished.connect(self._on_made)
        job.failed.connect(self.failed)

    def setTokens(self, tokens: Tokens) -> None:
        self._column.setMaximumWidth(tokens.px(COLUMN_PX))

    # ---- the source ------------------------------------------------------------------------

    def _on_offer(self, offer: Offer) -> None:
        if self.sender() is not self._looking:
            return
        self.went_well.emit()
        self._offer = offer
        self.source.set_current(offer.entry.model)
        self._show_offer()
        self.select(USUAL)

    def _on_no_offer(self, error: UserError) -> None:
        if self.sender() is self._looking:
            self.about.setText("")
            self.failed.emit(error)

    def _show_offer(self) -> None:
        offer = self._offer
        self._below.setVisible(offer is not None)
        self.foot.setVisible(offer is not None)
        if offer is None:
            return
        self.about.setText(_about(offer))
        n_named = sum(target.in_name_only for target in offer.targets)
        self.all_types.setText(f"Also the {n_named} types that it would bear in name only")
        self.all_types.setVisible(n_named > 0)
        self.rows.set_rows(offer.targets)
        self._filter()

    def _filter(self) -> None:
        """The ladder holds what deserves its name, and what cannot be made with the reason."""
        show_all = self.all_types.isChecked()
        self._filtered.keep(lambda target: show_all or not target.in_name_only)
        self.table.fit()
        self._on_choice()

    @property
    def shown(self) -> list[Target]:
        """The rows of the table as they stand now."""
        filtered = self._filtered
        return [filtered.index(row, 0).data(RowRole) for row in range(filtered.rowCount())]

    def select(self, name: str) -> None:
        """This type, or the first that can be made with fewer bits than eight."""
        targets = self.shown
        fit = [at for at, t in enumerate(targets) if t.name == name and not t.problem]
        fit += [at for at, t in enumerate(targets) if not t.problem and t.bits_per_weight < 8]
        self.table.selectRow(fit[0] if fit else 0)

    def _target(self) -> Target | None:
        rows = self.table.selectionModel().selectedRows()
        return rows[0].data(RowRole) if len(rows) == 1 else None

    def _on_choice(self) -> None:
        self.place.show_target(self._offer, self._target())

    def _on_changed(self) -> None:
        told, can = self.place.verdict()
        self.foot.said.setText(told)
        set_role(self.foot.said, "secondary" if can else "warning")
        self.start.setEnabled(can and not self.is_busy)

    # ---- making ----------------------------------------------------------------------------

    def _on_made(self, made: MadeFile) -> None:
        self.place.begin_again()
        self.made.show_made(made)
        self.made.compare.setFocus()

    def _on_ended(self) -> None:
        self._enable(True)

    def _stop(self) -> None:
        if self.job is not None:
            self.job.cancel()

    def _enable(self, on: bool) -> None:
        for widget in (self.source, self.table, self.all_types, self.place):
            widget.setEnabled(on)
        self._on_changed()

    # ---- building --------------------------------------------------------------------------

    def _lay_out(self) -> None:
        """From the outside in: Qt styles anew all that moves to another parent."""
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self._column, self._below = QWidget(), QWidget()
        area = scrolled(in_the_middle(self._column), TITLE)
        outer.addWidget(area, 1)
        outer.addWidget(self.foot)
        self.foot.stand_below(area)
        column = QVBoxLayout(self._column)
        column.setContentsMargins(24, 16, 24, 24)
        column.setSpacing(12)
        column.addWidget(words(TITLE, "title"))
        column.addWidget(words(ABOUT, "secondary"))
        column.addLayout(row_of(words("Source", "secondary", wrap=False), self.source, self.about,
                                stretch=2, spacing=12))  # fmt: skip
        column.addWidget(self.made)
        column.addWidget(self._below)
        column.addStretch(1)
        below = QVBoxLayout(self._below)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(12)
        below.addWidget(self.table)
        below.addWidget(self.all_types)
        below.addWidget(self.place)

    def _connect_signals(self) -> None:
        self.source.chosen.connect(self.choose)
        self.table.selectionModel().selectionChanged.connect(self._on_choice)
        self.table.failed.connect(self.failed)
        self.all_types.toggled.connect(self._filter)
        self.place.changed.connect(self._on_changed)
        self.start.clicked.connect(self.make)
        self.foot.task.stop_requested.connect(self._stop)
        self.made.compare_asked.connect(self.compare_asked)
        self.made.show_asked.connect(lambda path: self._context.navigation.open("models", path))


def _about(offer: Offer) -> str:
    entry = offer.entry
    kind = f"quantized already: {', '.join(offer.lossy)}" if offer.lossy else "full weights"
    return f"{size_text(entry.size_bytes)} · {kind}"
