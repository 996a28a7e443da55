"""32 weights of a real tensor on their way to codes, as each type that their rows allow."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from app.context import AppContext
from app.jobs import Job
from app.pages.quantization.block_choice import BlockChoice
from app.pages.quantization.block_sides import BlockSides
from app.pages.quantization.block_work import Opened, open_file
from app.widgets.parts import scrolled, words
from app.widgets.turns import in_turns
from labs.quantization.one_block import (
    Loss,
    as_csv,
    loss_of,
    source_sentence,
    tensor_loss,
)
from models.errors import UserError
from models.quantize.block_messages import TensorMeasured
from models.quantize.blocks import Coded, Span, layout_of, measure, read_span, types_for

USUAL_TYPE = "Q4_0"
READ_AFTER_MS = 60  # each reading is a process: not one for every tensor that is passed by
AT_ONCE_WEIGHTS = 4_000_000  # a tensor up to this size is measured without being asked
PURPOSE = (
    "Quantizing cuts a tensor into blocks, gives each block a scale, and keeps a small integer for "
    "every weight. Here is one block on its way, as llama.cpp itself does it."
)


class BlockTab(QWidget):
    """Looks at a file when it comes to the front."""

    failed = Signal(object)
    went_well = Signal()

    def __init__(self, context: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._is_open = False
        self._span: Span | None = None
        self._type = USUAL_TYPE
        self.shown = 0  # the block on show, while another is being read
        self._job: Job | None = None
        self._soon = QTimer(self, interval=READ_AFTER_MS, singleShot=True)
        self._measuring: Job | None = None
        self._losses: dict[str, Loss] = {}
        self._damage = ""  # what measuring found wrong with the tensor
        self.choice = BlockChoice(context)
        self.source, self.message = words(PURPOSE, "secondary"), words("", "warning")
        self._lay_out()

    def complete(self) -> QScrollArea:
        """All that is drawn, made when the rest stands: both at once would be felt."""
        self.sides = BlockSides()
        self._body = scrolled(self.sides, "The block and its types")
        self._body.hide()
        self._column.insertWidget(self._column.count() - 1, self._body, 1)
        self.sides.fill()
        self.types, self.view = self.sides.types, self.sides.view
        self._connect_signals()
        return self._body

    # ---- what the page asks ------------------------------------------------------------------

    def activate(self) -> None:
        if not self._is_open and self._job is None:
            self.open(self._context.current_model.model or "starter")

    def as_text(self) -> str:
        """The block on show. Raises UserError while there is none."""
        row, coded = self.choice.row, self._coded()
        if row is None or coded is None or self._span is None:
            raise UserError("No block is shown yet.", "Choose a file and a tensor first.")
        return as_csv(row, self.shown, self._span.weights(self.shown), coded)

    def open(self, model: str) -> None:
        """A file by its name or path."""
        self._stop_reading()
        self._stop_measuring()
        self._show_nothing(model)
        services = self._context.services
        self._job = self._context.jobs.start(lambda _token: open_file(services, model))
        self._job.finished.connect(self._on_opened)
        self._job.failed.connect(self._on_failed)

    def measure(self) -> None:
        row = self.choice.row
        if row is None or row.problem:
            return
        self._stop_measuring()
        types = [layout.name for layout in types_for(row.place)]
        self._measuring = self._context.jobs.start(
            lambda token: measure(row, types, token), f"Measuring {row.place.name}"
        )
        self._measuring.progress.connect(self._on_measured)
        self._measuring.failed.connect(self._on_failed)
        self._measuring.ended.connect(self._show_measuring)
        self._show_measuring()

    # ---- jobs --------------------------------------------------------------------------------

    def _on_opened(self, opened: Opened) -> None:
        if self.sender() is self._job:
            self._job, self._is_open = None, True
            self.went_well.emit()
            self.choice.show_tensors(opened.tensors, opened.first)
            self._on_tensor()

    def _on_tensor(self) -> None:
        row = self.choice.row
        self._stop_reading()
        self._stop_measuring()
        self._losses, self._span, self._damage = {}, None, ""
        self._body.hide()
        if row is None:
            return
        self._say(row.problem)
        self.source.setText("" if row.problem else source_sentence(row))
        self.source.setVisible(not row.problem)
        layouts = () if row.problem else types_for(row.place)
        self.types.show_types({each.name: each.bits_per_weight for each in layouts})
        self.choice.show_tensor(row, [each.name for each in layouts], self._type)
        if not row.problem:
            self._read()
        self._show_measuring()

    def _read(self) -> None:
        """The block that is chosen, from what was read already or by a job."""
        row, block = self.choice.row, self.choice.block.value()
        self._stop_reading()
        if row is None or row.problem:
            return
        if self._span is not None and self._span.holds(row.place, block):
            self._show()
        else:
            self._soon.start()

    def _start_reading(self) -> None:
        row, block = self.choice.row, self.choice.block.value()
        if row is not None:
            self._job = self._context.jobs.start(lambda token: read_span(row, block, token))
            self._job.finished.connect(self._on_read)
            self._job.failed.connect(self._on_failed)

    def _on_read(self, span: Span) -> None:
        if self.sender() is self._job:
            is_first = self._span is None
            self._job, self._span = None, span
            self._show()
            if is_first and span.place.n_weights <= AT_ONCE_WEIGHTS:
                self.measure()

    def _on_failed(self, error: UserError) -> None:
        if self.sender() is self._job:
            self._job = None
            self._body.hide()
        elif self.sender() is not self._measuring:
            return  # of what was chosen before
        self._say(str(error))

    def _on_measured(self, told: object) -> None:
        if self.sender() is self._measuring and isinstance(told, TensorMeasured):
            self._losses[layout_of(told.type_id).name] = tensor_loss(told)
            self.types.show_tensor(self._losses)
            if told.n_not_finite:
                self._damage = (f"{told.n_not_finite:,} weights are no number and count nowhere: "
                                "the file is damaged.")  # fmt: skip
                self._say(self._damage)

    def _stop_reading(self) -> None:
        """What was chosen before comes too late."""
        self._soon.stop()
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _stop_measuring(self) -> None:
        if self._measuring is not None:
            self._measuring.cancel()
            self._measuring = None

    # ---- what is shown -----------------------------------------------------------------------

    def _show_nothing(self, model: str) -> None:
        """While a file is being read, or where it cannot be."""
        self._is_open, self._span, self._losses = False, None, {}
        self._body.hide()
        self.choice.show_file(model)
        self.types.show_types({})
        self.source.setText(PURPOSE)
        self.source.show()
        self._say("")
        self._show_measuring()

    def _show(self) -> None:
        assert self._span is not None
        self._say(self._damage)  # and no more that another block could not be read
        self.shown = self.choice.block.value()
        values, coded = self._span.weights(self.shown), self._span.coded(self.shown)
        self.types.show_block({name: loss_of(values, each) for name, each in coded.items()})
        if self._type not in coded:
            self._type = USUAL_TYPE
        self.types.choose(self._type)
        self.view.show_block(values, coded[self._type])
        if self._body.isHidden():  # laid out and drawn in turns of their own
            self.types.hide()
            in_turns(self, self._show_body, self.types.show)

    def _show_body(self) -> None:
        self._body.setVisible(self._span is not None)

    def _on_type(self, name: str) -> None:
        self._type = name
        self.choice.show_kind(name)
        coded = self._coded()
        if coded is not None and self._span is not None:
            self.view.show_block(self._span.weights(self.shown), coded)

    def _say(self, sentence: str) -> None:
        self.message.setText(sentence)
        self.message.setVisible(bool(sentence))

    def _show_measuring(self) -> None:
        is_running = self._measuring is not None and self._measuring.is_running
        self.sides.show_measuring(self.choice.row, self._losses, is_running=is_running)

    def _coded(self) -> Coded | None:
        return self._span.coded(self.shown).get(self._type) if self._span else None

    # ---- building ----------------------------------------------------------------------------

    def _connect_signals(self) -> None:
        self._soon.timeout.connect(self._start_reading)
        self.choice.file_chosen.connect(self.open)
        self.choice.tensor_chosen.connect(self._on_tensor)
        self.choice.block_chosen.connect(self._read)
        self.choice.kind_chosen.connect(self.types.choose)
        self.types.type_chosen.connect(self._on_type)
        self.types.failed.connect(self.failed)
        self.sides.measure_asked.connect(self.measure)
        self.sides.stop_asked.connect(self._stop_measuring)

    def _lay_out(self) -> None:
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(24, 16, 24, 0)
        self._column.setSpacing(10)
        for widget in (self.choice, self.source, self.message):
            self._column.addWidget(widget)
        self._column.addStretch(0)
        self.message.hide()
