"""The application's style sheet, written from the tokens."""

from __future__ import annotations

from string import Template

from app.widgets.tokens import Tokens
from assets import ICONS

# Roles are set with widget.setProperty("role", …):
#   labels   title, heading, secondary, small, mono, badge, good, warning, danger
#   buttons  primary, quiet, danger, icon, link, menu  frames  card, well, page, choice
_BASE = """
QWidget { color: $text; }
QWidget[role="page"], QStackedWidget { background: $window; }
QToolTip {
    background: $surface; color: $text; border: 1px solid $border; border-radius: 6px;
    padding: 4px 8px;
}
QLabel { background: transparent; }
QLabel[role="title"] { font-size: ${title_px}px; font-weight: 600; }
QLabel[role="heading"] { font-size: ${heading_px}px; font-weight: 600; }
QLabel[role="secondary"] { color: $text_secondary; }
QLabel[role="small"] { color: $text_secondary; font-size: ${small_px}px; }
QLabel[role="mono"], QPlainTextEdit[role="mono"], QTextEdit[role="mono"], QLineEdit[role="mono"] {
    font-family: "$mono_family"; font-size: ${mono_px}px;
}
QLabel[role="good"] { color: $good; }
QLabel[role="warning"] { color: $warning; }
QLabel[role="danger"] { color: $danger; }
QLabel[role="badge"] {
    background: $accent_soft; color: $accent_text; border-radius: 6px; padding: 1px 7px;
    font-size: ${small_px}px; font-weight: 500;
}
QLabel[role="badge"][tone="neutral"] { background: $sunken; color: $text_secondary; }
QLabel[role="badge"][tone="good"] { background: $good_soft; color: $good; }
QLabel[role="badge"][tone="warning"] { background: $warning_soft; color: $warning; }
QLabel[role="badge"][tone="danger"] { background: $danger_soft; color: $danger; }
QFrame[role="card"], QWidget[role="card"] {
    background: $surface; border: 1px solid $hairline; border-radius: 8px;
}
QFrame[role="well"], QWidget[role="well"] { background: $sunken; border-radius: 8px; }
QFrame[role="choice"] {
    background: $surface; border: 1px solid $hairline; border-radius: 8px;
}
QFrame[role="choice"]:hover { background: $hover; }
QFrame[role="choice"]:focus { border-color: $accent; }
QFrame[role="hairline"] { background: $hairline; border: none; max-height: 1px; min-height: 1px; }
QFrame[role="hairline-vertical"] {
    background: $hairline; border: none; max-width: 1px; min-width: 1px;
}
"""

_BUTTONS = """
QPushButton {
    background: $surface; border: 1px solid $border; border-radius: 6px;
    padding: 0 ${pad_px}px; min-height: ${control_px}px; font-weight: 500;
}
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $sunken; }
QPushButton:focus { border: 1px solid $accent; outline: none; }
QPushButton:checked { background: $accent_soft; color: $accent_text; border-color: $accent_soft; }
QPushButton:disabled { color: $text_disabled; background: $sunken; border-color: $hairline; }
QPushButton[role="primary"] { background: $accent; color: $on_accent; border-color: $accent; }
QPushButton[role="primary"]:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton[role="primary"]:focus { border: 2px solid $accent_text; }
QPushButton[role="primary"]:disabled {
    background: $sunken; color: $text_disabled; border-color: $hairline;
}
QPushButton[role="danger"] { color: $danger; }
QPushButton[role="danger"]:hover { background: $danger_soft; border-color: $danger; }
QPushButton[role="quiet"] { background: transparent; border-color: transparent; }
QPushButton[role="quiet"]:hover { background: $hover; }
QPushButton[role="quiet"]:focus { border-color: $accent; }
QPushButton[role="link"] {
    background: transparent; border: 1px solid transparent; color: $accent_text;
    padding: 0 4px; text-align: left;
}
QPushButton[role="link"]:hover { text-decoration: underline; }
QPushButton[role="link"]:disabled, QPushButton[role="quiet"]:disabled {
    background: transparent; border-color: transparent; color: $text_disabled;
}
QPushButton[role="link"]:focus { border-color: $accent; }
QPushButton::menu-indicator {
    image: url("$controls/caret-down.svg"); width: 12px; height: 12px;
    subcontrol-origin: padding; subcontrol-position: center right; right: 10px;
}
QPushButton[role="menu"] { padding-right: 28px; }
QToolButton {
    background: transparent; border: 1px solid transparent; border-radius: 6px; padding: 4px;
}
QToolButton:hover { background: $hover; }
QToolButton:pressed, QToolButton:checked { background: $accent_soft; }
QToolButton:focus { border-color: $accent; }
QToolButton::menu-indicator { image: none; }
"""

_INPUTS = """
QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox, QComboBox {
    background: $surface; border: 1px solid $border; border-radius: 6px;
    selection-background-color: $selection; selection-color: $text;
}
QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox {
    min-height: ${control_px}px; padding: 0 8px;
}
QPlainTextEdit, QTextEdit { padding: 4px; }
QPlainTextEdit[role="locked"] { background: $sunken; border-color: $hairline; }
QTextBrowser { background: transparent; border: none; padding: 0; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus,
QComboBox:focus, QComboBox:on { border: 1px solid $accent; }
QTextBrowser:focus { border: none; }
QLineEdit:disabled, QPlainTextEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled,
QComboBox:disabled { color: $text_disabled; background: $sunken; border-color: $hairline; }
QComboBox { combobox-popup: 0; }  /* a list below it, not a menu of the system's over it */
QComboBox { padding: 0 10px; }  /* a line edit has two pixels of its own */
QComboBox:editable { padding: 0 8px; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox::down-arrow { image: url("$controls/caret-down.svg"); width: 12px; height: 12px; }
QComboBox QAbstractItemView {
    background: $surface; border: 1px solid $border; border-radius: 6px; padding: 4px;
    outline: none;
}
QComboBox QAbstractItemView::item {
    min-height: ${control_px}px; padding: 0 8px; border-radius: 4px;
}
QSpinBox::up-button, QDoubleSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::down-button {
    border: none; width: 20px; background: transparent;
}
QSpinBox::up-button:hover, QDoubleSpinBox::up-button:hover, QSpinBox::down-button:hover,
QDoubleSpinBox::down-button:hover { background: $hover; border-radius: 4px; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow {
    image: url("$controls/caret-up.svg"); width: 10px; height: 10px;
}
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow {
    image: url("$controls/caret-down.svg"); width: 10px; height: 10px;
}
QAbstractSpinBox QLineEdit {
    border: none; background: transparent; padding: 0; min-height: 0;
}
QSpinBox, QDoubleSpinBox { max-height: ${control_px}px; }  /* or it asks for three pixels more */
QCheckBox, QRadioButton { spacing: 8px; background: transparent; }
QCheckBox::indicator, QRadioButton::indicator {
    width: ${indicator_px}px; height: ${indicator_px}px;
    border: 1px solid $border; background: $surface;
}
QCheckBox::indicator { border-radius: 4px; }
QRadioButton::indicator { border-radius: ${radio_px}px; }
QCheckBox::indicator:hover, QRadioButton::indicator:hover { border-color: $accent; }
QCheckBox::indicator:focus, QRadioButton::indicator:focus { border: 2px solid $accent; }
QCheckBox::indicator:checked {
    background: $accent; border-color: $accent; image: url("$controls/check.svg");
}
QRadioButton::indicator:checked {  /* as large as the others, or Qt draws no circle */
    border: 5px solid $accent; width: ${radio_dot_px}px; height: ${radio_dot_px}px;
}
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled {
    background: $sunken; border-color: $hairline;
}
QCheckBox::indicator:checked:disabled {
    background: $text_disabled; border-color: $text_disabled;
}
QRadioButton::indicator:checked:disabled { border-color: $text_disabled; }
/* The ring lies around the whole: a chosen indicator is full of the accent itself. */
QCheckBox, QRadioButton { border: 1px solid transparent; border-radius: 6px; padding: 2px; }
QCheckBox:focus, QRadioButton:focus { outline: none; border-color: $accent; }
QCheckBox:disabled, QRadioButton:disabled { color: $text_disabled; }
QRadioButton[role="bare"] { spacing: 0; }  /* its words stand beside it and wrap */
QSlider::groove:horizontal { height: 4px; border-radius: 2px; background: $hairline; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 2px; }
QSlider::handle:horizontal {
    width: 14px; height: 14px; margin: -6px 0; border-radius: 8px;
    background: $knob; border: 1px solid $border;
}
QSlider::handle:horizontal:disabled { background: $border; border-color: $border; }
QSlider::handle:horizontal:hover, QSlider::handle:horizontal:focus { border: 2px solid $accent; }
QProgressBar {
    background: $hairline; border: none; border-radius: 2px; min-height: 4px; max-height: 4px;
    text-align: center; color: transparent;
}
QProgressBar::chunk { background: $accent; border-radius: 2px; }
"""

_VIEWS = """
QAbstractItemView {
    background: $surface; border: 1px solid $hairline; border-radius: 8px; outline: none;
    alternate-background-color: $window; gridline-color: $hairline;
    selection-background-color: $accent_soft; selection-color: $text;
}
QAbstractItemView::item { padding: 4px 8px; border: none; }
QAbstractItemView::item:hover { background: $hover; }
QAbstractItemView::item:selected { background: $accent_soft; color: $text; }
QTableView:focus { border-color: $accent; }
/* Qt draws cells 3px further in than headers: so both begin at the same place. */
QTableView::item { padding: 4px 5px; border-bottom: 1px solid $hairline; }
QHeaderView { background: transparent; border: none; }
QHeaderView::section {
    background: $surface; color: $text_secondary; border: none;
    border-bottom: 1px solid $hairline; padding: 6px 8px; font-size: ${small_px}px;
    font-weight: 500;
}
QHeaderView::section:first { border-top-left-radius: 7px; }
QHeaderView::section:last { border-top-right-radius: 7px; }
QHeaderView::section:only-one { border-top-left-radius: 7px; border-top-right-radius: 7px; }
QHeaderView::section:hover { color: $text; }
QHeaderView::up-arrow { image: url("$controls/caret-up.svg"); width: 10px; height: 10px; }
QHeaderView::down-arrow { image: url("$controls/caret-down.svg"); width: 10px; height: 10px; }
QTableCornerButton::section { background: $surface; border: none; }
QTabWidget::pane { border: none; border-top: 1px solid $hairline; }
QTabWidget::tab-bar { left: 12px; }  /* so that the first word begins where the title does */
QTabWidget[role="beside"]::tab-bar { left: 4px; }  /* a narrower margin beside a list */
QTabBar { qproperty-drawBase: 0; }
QTabBar::tear { width: 0; }
QTabBar::scroller { width: 48px; }
QTabBar QToolButton { background: $window; border-radius: 0; padding: 0; }
QTabBar QToolButton::left-arrow { image: url("$controls/caret-left.svg"); }
QTabBar QToolButton::right-arrow { image: url("$controls/caret-right.svg"); }
QTabBar::tab {
    padding: 6px 12px; color: $text_secondary; border: none;
    border-bottom: 2px solid transparent;
}
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; border-bottom: 2px solid $accent; }
QTabBar::tab:selected:focus { color: $accent_text; background: $accent_soft; }
QScrollArea, QScrollArea > QWidget > QWidget[role="page"] { background: transparent; }
QScrollArea { border: none; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 2px; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 2px; }
QScrollBar::handle { background: $border; border-radius: 3px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: $text_disabled; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSplitter::handle { background: $hairline; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QSplitter::handle:hover { background: $accent; }
QMenu {
    background: $surface; border: 1px solid $border; border-radius: 8px; padding: 4px;
}
QMenu::item { padding: 6px 24px 6px 12px; border-radius: 5px; background: transparent; }
QMenu::item:selected { background: $accent_soft; }
QMenu::item:disabled { color: $text_disabled; }
QMenu::separator { height: 1px; background: $hairline; margin: 4px 8px; }
"""

_SHELL = """
#window { background: $window; }
#navigation { background: $sidebar; border-right: 1px solid $hairline; }
#navigation QToolButton {
    color: $text_secondary; font-size: ${navigation_px}px; font-weight: 500;
    padding: 6px 0; border-radius: 8px; border: 1px solid transparent;
}
#strip QToolButton { qproperty-toolButtonStyle: ToolButtonTextBesideIcon; }
#navigation QToolButton:hover { background: $hover; color: $text; }
#navigation QToolButton:checked { background: $accent_soft; color: $accent_text; }
#navigation QToolButton:focus { border-color: $accent; }
#header { background: $window; border-bottom: 1px solid $hairline; }
#strip { background: $sidebar; border-top: 1px solid $hairline; }
#strip QToolButton {
    font-size: ${strip_px}px; color: $text_secondary; padding: 0 6px; border-radius: 4px;
}
#strip QToolButton[line="true"] { padding-right: ${line_px}px; }
#strip QToolButton:hover { background: $hover; color: $text; }
#error-bar { background: $danger_soft; border-bottom: 1px solid $hairline; }
#error-bar[level="question"] { background: $accent_soft; }
#error-bar QPlainTextEdit { background: $surface; }
#find-bar { background: $window; border-bottom: 1px solid $hairline; }
#error-message { font-weight: 600; }
#error-hint { color: $text; }
#popover, #palette { background: $surface; border: 1px solid $border; border-radius: 10px; }
#palette QLineEdit {
    border: none; border-bottom: 1px solid $hairline; border-radius: 0; background: transparent;
    font-size: ${palette_px}px; min-height: ${palette_height_px}px; padding: 0 12px;
}
#palette QListView { border: none; background: transparent; }
#notice { background: $surface; border: 1px solid $border; border-radius: 8px; }
#notice[level="error"] { background: $danger_soft; border-color: $danger; }
#notice[level="warning"] { background: $warning_soft; border-color: $warning; }
#notice[level="success"] { background: $good_soft; border-color: $good; }
"""

_SHEET = Template(_BASE + _BUTTONS + _INPUTS + _VIEWS + _SHELL)


def style_sheet(tokens: Tokens) -> str:
    """Style for every kind of control; lengths follow the text size."""
    lengths = {
        "text_px": tokens.text_px,
        "small_px": tokens.small_px,
        "title_px": tokens.title_px,
        "heading_px": tokens.px(15),
        "mono_px": tokens.px(12),
        "control_px": tokens.px(28),
        "pad_px": tokens.px(12),
        "indicator_px": tokens.px(15),
        "radio_px": tokens.px(15) // 2 + 1,
        "radio_dot_px": tokens.px(15) - 8,
        "navigation_px": tokens.px(11),
        "strip_px": tokens.px(11.5),
        "line_px": tokens.px(40) + 12,
        "palette_px": tokens.px(16),
        "palette_height_px": tokens.px(44),
        "knob": tokens.text if tokens.dark else tokens.surface,  # the groove is nearly black there
        "controls": (ICONS / "controls").as_posix(),
    }
    return _SHEET.substitute({**vars(tokens), **lengths})
