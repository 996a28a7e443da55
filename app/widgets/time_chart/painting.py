"""Draws one chart over time with whatever painter it is given: screen, picture or SVG."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from app.widgets.fonts import text_font
from app.widgets.time_chart.row_strip import paint_rows, rows_height
from app.widgets.time_chart.series import BAND_WORDS, BandKind, Rows, Series, Span
from app.widgets.time_chart.shown import Shown
from app.widgets.time_chart.stroke import stroke
from app.widgets.tokens import Tokens

# Which of the categories' colours each kind has.
BAND_COLOURS: dict[BandKind, int] = {"prompt": 5, "generation": 1, "mixed": 3}
TITLE_PX, LINE_PX, AXIS_PX, LEFT_PX, RIGHT_PX = 22, 20, 18, 62, 6
ROWS_GAP_PX = 6
AXIS_TEXT_PX = 11
STEP_PX = 2.0  # values closer than this are drawn as one


class ChartPainter:
    """One drawing: where each part lies, and how it is drawn."""

    def __init__(self, painter: QPainter, tokens: Tokens, shown: Shown, area: QRectF) -> None:
        self._painter, self._tokens, self._shown = painter, tokens, shown
        self._area = area
        self._top = shown.top
        self._fonts: dict[tuple[float, int], tuple[QFont, QFontMetricsF]] = {}
        self.plot, self.strip = regions(tokens, shown, area)

    def paint(self) -> None:
        self.paint_marks()
        self.paint_words()

    def paint_words(self) -> None:
        """What changes with the pointer: it, and the numbers at it."""
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_cursor()
        self._paint_head()
        self._paint_values()
        self._paint_times()

    def paint_marks(self) -> None:
        """What stays while the pointer moves: axis, bands, rows and lines."""
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_bands()
        self._paint_grid()
        if self._shown.rows is not None:
            self._paint_rows(self._shown.rows)
        self._painter.save()
        self._painter.setClipRect(self.plot.adjusted(0, -1, 1, 1))
        for place in reversed(range(len(self._shown.series))):
            self._paint_series(self._shown.series[place], place)
        self._painter.restore()

    # ---- words -------------------------------------------------------------------------------

    def _paint_head(self) -> None:
        """The title, the range at the right, and the note where values take the next line."""
        tokens, shown = self._tokens, self._shown
        line = QRectF(self._area.left(), self._area.top(), self._area.width(), tokens.px(TITLE_PX))
        width = self._text(line, shown.range_words, 12, tokens.text_secondary, right=True)
        line.setRight(line.right() - width - tokens.px(8))
        line.setLeft(line.left() + self._text(line, shown.title, 13, tokens.text, 600))
        if len(shown.series) > 1:
            self._paint_note(line.adjusted(tokens.px(10), 0, 0, 0))

    def _paint_values(self) -> None:
        """Each line's sample, name and value, from left to right as far as there is room."""
        tokens = self._tokens
        top = self._area.top() + tokens.px(TITLE_PX)
        line = QRectF(self._area.left(), top, self._area.width(), tokens.px(LINE_PX))
        several = len(self._shown.series) > 1
        for place, series in enumerate(self._shown.series):
            if line.width() < tokens.px(40):
                return
            if several:
                line.setLeft(self._sample(line, place))
                line.setLeft(line.left() + self._text(line, series.name, 12, tokens.text_secondary))
                line.setLeft(line.left() + tokens.px(5))
            width = self._text(line, self._shown.told(series), 13, tokens.text, 500)
            line.setLeft(line.left() + width + tokens.px(14))
        if not several:
            self._paint_note(line)

    def _paint_note(self, line: QRectF) -> None:
        is_of_now = self._shown.age_s is None  # what it says is no number of the past
        if is_of_now and line.width() > self._tokens.px(50):
            self._text(line, self._shown.note, 12, self._tokens.text_secondary)

    def _sample(self, line: QRectF, place: int) -> float:
        """A piece of the line itself; returns where the name begins."""
        middle, end = line.center().y(), line.left() + self._tokens.px(16)
        ends = [QPointF(line.left(), middle), QPointF(end, middle)]
        stroke(self._painter, ends, self._colour(place), place)
        return end + self._tokens.px(5)

    def _paint_times(self) -> None:
        tokens, shown = self._tokens, self._shown
        line = QRectF(self.plot.left(), self._area.bottom() - tokens.px(AXIS_PX),
                      self.plot.width(), tokens.px(AXIS_PX))  # fmt: skip
        colour = tokens.text_secondary
        left = self._text(line, shown.time_words(0.0), AXIS_TEXT_PX, colour)
        right = self._text(line, shown.time_words(1.0), AXIS_TEXT_PX, colour, right=True)
        middle = line.adjusted(left + 10, 0, -right - 10, 0)
        if shown.bands:
            self._paint_band_legend(middle)
        elif middle.width() > tokens.px(120):
            self._text(line, shown.time_words(0.5), AXIS_TEXT_PX, colour, centre=True)

    def _paint_band_legend(self, line: QRectF) -> None:
        tokens = self._tokens
        kinds = [kind for kind in BAND_WORDS if any(b.kind == kind for b in self._shown.bands)]
        said = dict(BAND_WORDS)
        if (under := self._shown.band_at_moment()) is not None:
            kinds = [under.kind]
            said[under.kind] += f": {under.label}" if under.label else ""
        for kind in kinds:
            if line.width() < tokens.px(50):
                return
            swatch = QRectF(
                line.left(), line.center().y() - tokens.px(4), tokens.px(10), tokens.px(8)
            )
            self._painter.fillRect(swatch, self._band_colour(kind, 0.75))
            line.setLeft(swatch.right() + tokens.px(5))
            width = self._text(line, said[kind], AXIS_TEXT_PX, tokens.text_secondary)
            line.setLeft(line.left() + width + tokens.px(12))

    def _text(
        self, line: QRectF, text: str, px: float, colour: str, weight: int = 400,
        *, right: bool = False, centre: bool = False,
    ) -> float:  # fmt: skip
        """Draw text in a line, cut at its end; returns its width."""
        font, metrics = self._font(px, weight)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0.0, line.width()))
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        side = Qt.AlignmentFlag.AlignHCenter if centre else side
        self._painter.setFont(font)
        self._painter.setPen(QColor(colour))
        self._painter.drawText(line, side | Qt.AlignmentFlag.AlignVCenter, shown)
        return metrics.horizontalAdvance(shown)

    def _font(self, px: float, weight: int) -> tuple[QFont, QFontMetricsF]:
        if (px, weight) not in self._fonts:
            font = text_font(self._tokens, px, weight=weight)
            self._fonts[px, weight] = (font, QFontMetricsF(font))
        return self._fonts[px, weight]

    # ---- marks -------------------------------------------------------------------------------

    def _paint_grid(self) -> None:
        tokens = self._tokens
        half = tokens.px(8)
        for share in (0.0, 0.5, 1.0):
            y = self.plot.bottom() - share * self.plot.height()
            self._painter.setPen(QPen(QColor(tokens.hairline), 1))
            self._painter.drawLine(QPointF(self.plot.left(), y), QPointF(self.plot.right(), y))
            label = QRectF(
                self._area.left(), y - half, self.plot.left() - self._area.left() - 6, 2 * half
            )
            words = self._shown.unit.marked(share * self._top)
            self._text(label, words, AXIS_TEXT_PX, tokens.text_secondary, right=True)

    def _paint_bands(self) -> None:
        """A tint behind the curves, with a bar along the top so that it is no matter of colour."""
        px, painter, top = self._tokens.px, self._painter, self.plot.top()
        tall: dict[BandKind, int] = {"prompt": px(5), "generation": px(3), "mixed": px(8)}
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)
        for kind, places in self._places_of_bands().items():
            bars = [QRectF(each.left(), top, each.width(), tall[kind]) for each in places]
            for rects, alpha in ((places, 0.16), (bars, 0.75)):
                painter.setBrush(self._band_colour(kind, alpha))
                painter.drawRects(rects)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _places_of_bands(self) -> dict[BandKind, list[QRectF]]:
        """Bands of one kind without a pixel between them are one rectangle: each costs time."""
        first, last = self.plot.left(), self.plot.right()
        spans: dict[BandKind, list[tuple[float, float]]] = {}
        for band in self._shown.bands:
            left, right = max(self._x(band.start_s), first), self._x(band.end_s)
            if right <= first or left >= last:
                continue
            right = min(max(right, left + 1), last)
            known = spans.setdefault(band.kind, [])
            if known and left - known[-1][1] < 1:
                left, before = known.pop()
                right = max(right, before)
            known.append((left, right))
        top, height = self.plot.top(), self.plot.height()
        return {
            kind: [QRectF(left, top, right - left, height) for left, right in known]
            for kind, known in spans.items()
        }

    def _paint_series(self, series: Series, place: int) -> None:
        """The mean of each step as the line, and a tint from least to most."""
        shown, colour, left = self._shown, self._colour(place), self.plot.left()
        x_scale = self.plot.width() / (shown.end_s - shown.start_s)
        for piece in series.pieces(shown.start_s, shown.end_s, STEP_PX / x_scale):
            xs = [left + (span.time_s - shown.start_s) * x_scale for span in piece]
            self._tint(piece, xs, colour)
            ys = self._ys([span.mean for span in piece])
            line = [QPointF(x, y) for x, y in zip(xs, ys, strict=True)]
            if len(line) > 1:
                stroke(self._painter, line, colour, place)
            else:
                self._painter.setPen(QPen(colour, 1.5))
                self._painter.drawEllipse(line[0], 1.0, 1.0)

    def _tint(self, piece: list[Span], xs: list[float], colour: QColor) -> None:
        tint = QColor(colour)
        tint.setAlphaF(0.25)
        tops = self._ys([span.high for span in piece])
        feet = self._ys([span.low for span in piece])
        bars = [
            QRectF(before, top, x - before, foot - top)
            for before, x, top, foot in zip(xs, xs[1:], tops[1:], feet[1:], strict=False)
            if foot > top
        ]
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(tint)
        self._painter.drawRects(bars)
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _paint_rows(self, rows: Rows) -> None:
        if rows.count:
            ends = self._x(rows.times[0]), self._x(rows.times[-1])
            paint_rows(self._painter, self._tokens, rows, self.strip, *ends)
            side = self.plot.left() - self._area.left() - 6
            label = QRectF(self._area.left(), self.strip.top(), side, self.strip.height())
            self._text(label, rows.name, AXIS_TEXT_PX, self._tokens.text_secondary, right=True)

    def _paint_cursor(self) -> None:
        shown = self._shown
        if shown.age_s is None:
            return
        x = self._x(shown.moment_s)
        foot = self.plot.bottom() if shown.rows is None else self.strip.bottom()
        self._painter.setPen(QPen(QColor(self._tokens.text_secondary), 1))
        self._painter.drawLine(QPointF(x, self.plot.top()), QPointF(x, foot))
        self._painter.setPen(Qt.PenStyle.NoPen)
        for place, series in enumerate(shown.series):
            value = series.at(shown.moment_s)
            if value is not None:
                self._painter.setBrush(self._colour(place))
                self._painter.drawEllipse(QPointF(x, self._ys([value])[0]), 3, 3)
        self._painter.setBrush(Qt.BrushStyle.NoBrush)

    # ---- places and colours ------------------------------------------------------------------

    def _x(self, time_s: float) -> float:
        span = self._shown.end_s - self._shown.start_s
        return self.plot.left() + (time_s - self._shown.start_s) / span * self.plot.width()

    def _ys(self, values: Sequence[float]) -> list[float]:
        """Heights, for many at once; what is beyond the axis ends just above it."""
        bottom, scale, most = self.plot.bottom(), self.plot.height() / self._top, 1.05 * self._top
        return [bottom - (value if value < most else most) * scale for value in values]

    def _colour(self, place: int) -> QColor:
        tokens = self._tokens
        alone = len(self._shown.series) == 1
        return QColor(
            tokens.accent_text if alone else tokens.categories[place % len(tokens.categories)]
        )

    def _band_colour(self, kind: BandKind, alpha: float) -> QColor:
        colour = QColor(self._tokens.categories[BAND_COLOURS[kind]])
        colour.setAlphaF(alpha)
        return colour


def regions(tokens: Tokens, shown: Shown, area: QRectF) -> tuple[QRectF, QRectF]:
    """Where the curves lie, and below them the rows of cores."""
    px = tokens.px
    head, foot = px(TITLE_PX) + px(LINE_PX) + px(8), px(AXIS_PX) + px(2)
    plot = area.adjusted(px(LEFT_PX), head, -px(RIGHT_PX), -foot)
    tall = rows_height(tokens, shown.rows)
    strip = QRectF(plot.left(), plot.bottom() - tall, plot.width(), tall)
    if tall:
        plot.setBottom(strip.top() - px(ROWS_GAP_PX))
    return plot, strip
