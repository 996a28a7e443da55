"""The line at the foot of the window: the engine at the left, the machine at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QWidget

from app.network_state import NetworkState
from app.widgets.icons import make_icon
from app.widgets.tokens import Tokens

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from app.activity import Activity
    from app.shell.readings import Meter
    from app.widgets.sparkline import Sparkline
    from models.hardware.reading import Reading

HEIGHT = 28
MOST_NAME_PX = 320


class Segment(QToolButton):
    """A clickable piece of the strip, optionally with a line of its last values."""

    def __init__(self, name: str, line: Sparkline | None = None) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setProperty("line", line is not None)
        self._peak = 0.0
        self._line = line
        if line is not None:
            line.setParent(self)

    def show_meter(self, meter: Meter) -> None:
        self.setText(f"{meter.name} {meter.words}")
        self.setToolTip(f"{meter.name}: {meter.words}. Click for all sensors.")
        self.setAccessibleDescription(meter.words)
        if self._line is not None:
            self._add_to_line(self._line, meter)

    def _add_to_line(self, line: Sparkline, meter: Meter) -> None:
        if meter.share is not None:
            line.add(meter.share)
        elif meter.amount is not None:
            self._peak = max(self._peak, meter.amount)
            line.add(meter.amount / self._peak if self._peak else 0.0)

    def setTokens(self, tokens: Tokens) -> None:
        if self._line is not None:
            self._line.setTokens(tokens)
            self._line.resize(self._line.sizeHint())
        self.setFixedHeight(tokens.px(HEIGHT - 4))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._line is not None:
            self._line.move(
                self.width() - self._line.width() - 6, (self.height() - self._line.height()) // 2
            )


class StatusStrip(QFrame):
    """Every piece leads somewhere: signals name what was clicked."""

    model_clicked = Signal()
    chat_clicked = Signal()
    tasks_clicked = Signal()
    machine_clicked = Signal()
    sealed_clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("strip")
        self.setAccessibleName("Status")
        self._tokens = Tokens()
        self._engine_state = ""
        self._engine_words = ("", "")
        self._network = NetworkState(True)
        self.engine = Segment("Engine")
        self.speed = Segment("Speed")
        self.context = Segment("Context")
        self.tasks = Segment("Tasks")
        self.sealed = Segment("Network")
        self._last_meter = self.context
        self.meters: dict[str, Segment] = {}
        self._readable: dict[str, bool] = {}
        self._lay_out()
        self._connect_signals()
        self.show_engine("", "", "Opening…")
        self.show_tasks(0)
        self.show_network(NetworkState(True))

    def show_engine(self, model: str, state: str, words: str) -> None:
        """`state` is "", or one of starting, loading, ready, busy, stopped, crashed."""
        self._engine_state = state
        self._engine_words = (model, words)
        self._write_engine()
        said = " ".join(filter(None, (model, words)))
        self.engine.setToolTip(f"{said}. Click for all models.")
        self.engine.setAccessibleDescription(said)
        self._show_dot()

    def _write_engine(self) -> None:
        """A very long name must not make the window wider."""
        model, words = self._engine_words
        room = self._tokens.px(MOST_NAME_PX)
        name = self.engine.fontMetrics().elidedText(model, Qt.TextElideMode.ElideMiddle, room)
        said = " ".join(filter(None, (name, words)))
        self.engine.setText(said.replace("&", "&&"))  # a single & marks a key on a button

    def show_activity(self, activity: Activity) -> None:
        speed, used, size = (
            activity.tokens_per_second,
            activity.context_used,
            activity.context_size,
        )
        self.speed.setVisible(speed is not None)
        if speed is not None:
            self.speed.setText(f"{speed:,.{0 if speed >= 10 else 1}f} tokens/s")
            self.speed.setToolTip("Speed of the last reply, in tokens a second")
        self.context.setVisible(used is not None and size is not None)
        if used is not None and size:
            self.context.setText(f"Context {used:,} of {size:,}")
            self.context.setToolTip(f"{used / size:.0%} of the context is in use")
        self._fit()

    def show_tasks(self, count: int) -> None:
        self.tasks.setText("1 task" if count == 1 else f"{count} tasks" if count else "Tasks")
        self.tasks.setToolTip("What is running in the background")

    def show_network(self, state: NetworkState) -> None:
        """Whether anything may leave this machine, and whether something has now."""
        self._network = state
        self.sealed.setText("Sealed" if state.is_shut else "Open")
        self.sealed.setToolTip(f"{state.sentence} Click for every connection asked for.")
        self.sealed.setAccessibleDescription(f"{self.sealed.text()}. {state.sentence}")
        self._draw_lock()
        self._fit()

    def show_reading(self, reading: Reading) -> None:
        from app.shell.readings import meters_of

        for meter in meters_of(reading):
            if meter.id not in self.meters:
                self._add_meter(meter)
            self.meters[meter.id].show_meter(meter)
            self._readable[meter.id] = meter.is_readable
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def setTokens(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self.setFixedHeight(tokens.px(HEIGHT))
        size = tokens.px(14)
        for button in (self.tasks, self.sealed):
            button.setIconSize(QSize(size, size))
        self.tasks.setIcon(make_icon("list-checks", tokens.text_secondary, size))
        self._draw_lock()
        self.engine.setIconSize(QSize(tokens.px(10), tokens.px(10)))
        self._write_engine()
        self._show_dot()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(2)
        for button in (self.engine, self.speed, self.context):
            row.addWidget(button)
        row.addStretch(1)
        self._meter_row = QHBoxLayout()
        self._meter_row.setSpacing(2)
        row.addLayout(self._meter_row)
        row.addWidget(self.tasks)
        row.addWidget(self.sealed)
        self.speed.hide()
        self.context.hide()

    def _add_meter(self, meter: Meter) -> None:
        from app.widgets.sparkline import Sparkline

        segment = Segment(meter.name, Sparkline())
        segment.setTokens(self._tokens)
        segment.clicked.connect(self.machine_clicked)
        self.meters[meter.id] = segment
        self._meter_row.addWidget(segment)
        QWidget.setTabOrder(self._last_meter, segment)
        self._last_meter = segment

    def _draw_lock(self) -> None:
        tokens, is_shut = self._tokens, self._network.is_shut
        icon, colour = ("lock-simple", tokens.text_secondary) if is_shut else (
            "lock-simple-open", tokens.warning
        )  # fmt: skip
        self.sealed.setIcon(make_icon(icon, colour, tokens.px(14)))

    def _show_dot(self) -> None:
        if not self._engine_state:
            self.engine.setIcon(QIcon())
            return
        from app.widgets.state_dot import dot_icon

        self.engine.setIcon(dot_icon(self._tokens, self._engine_state))

    def _fit(self) -> None:
        """Show the sensors there is room for; the first of them matter most."""
        fixed = (self.engine, self.speed, self.context, self.tasks, self.sealed)
        used = sum(part.sizeHint().width() + 4 for part in fixed if not part.isHidden())
        room = self.width() - used - 24
        for meter_id, segment in self.meters.items():
            if self._readable[meter_id]:
                room -= segment.sizeHint().width() + 4
            segment.setVisible(self._readable[meter_id] and room >= 0)

    def _connect_signals(self) -> None:
        self.engine.clicked.connect(self.model_clicked)
        self.speed.clicked.connect(self.chat_clicked)
        self.context.clicked.connect(self.chat_clicked)
        self.tasks.clicked.connect(self.tasks_clicked)
        self.sealed.clicked.connect(self.sealed_clicked)
