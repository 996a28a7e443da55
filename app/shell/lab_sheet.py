"""The sheet of a guided lab beside the pages: it belongs to the lab and stays when they change."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QMenu, QWidget

from app.pages.page import Command
from app.shell.lab_veils import LabVeils
from app.widgets.turns import in_turns
from labs.lab_book.guided import GUIDED_LABS, GuidedLab, guided_lab, labs_of
from models.errors import UserError

if TYPE_CHECKING:
    from app.shell.lab_attempts import LabAttempts
    from app.shell.window import MainWindow
    from app.widgets.sheet.lab_drawer import LabDrawer


class LabSheet(QObject):
    """Made once for a window; the drawer when a sheet is first opened."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._context = window, window.context
        self.drawer: LabDrawer | None = None
        self.attempts: LabAttempts | None = None
        self._is_wanted = False  # opened, and not closed by hand
        self._veils = LabVeils(window)
        self._button = window.header.sheet_button
        self._button.clicked.connect(self._on_button)
        window.page_shown.connect(self._on_page)
        navigation = self._context.navigation
        navigation.sheet_requested.connect(self.open)
        navigation.sheet_closed.connect(self.close)

    @property
    def lab(self) -> GuidedLab | None:
        """The one whose sheet is open."""
        attempt = self.drawer.attempt if self.drawer is not None else None
        return attempt.sheet.lab if attempt is not None and self._is_wanted else None

    def open(self, lab_id: str) -> None:
        """Show a lab's sheet beside its page. Raises KeyError for one that is not there."""
        lab = guided_lab(lab_id)
        self._window.open(lab.page)
        in_turns(self, partial(self._fill, lab), self._reveal)

    def close(self) -> None:
        self._is_wanted = False
        self.show_as_wanted()

    def show_as_wanted(self) -> None:
        """Hidden while the window is shown to a room."""
        is_shown = self._is_wanted and not self._window.shows_to_room
        if self.drawer is not None:
            self.drawer.setVisible(is_shown)
        self._cover()
        self._button.setChecked(is_shown and self.lab in labs_of(self._window.front_id))

    def save(self) -> bool:
        """False where something typed cannot be saved."""
        return self.drawer is None or self.drawer.save()

    def commands(self) -> list[Command]:
        """What the palette offers on every page."""
        named = [Command(f"Lab sheet: {lab.title}", "", partial(self.open, lab.id), "Guided lab")
                 for lab in GUIDED_LABS]  # fmt: skip
        own = self.attempts.commands() if self.attempts is not None and self.lab else []
        if not labs_of(self._window.front_id):
            return [*own, *named]
        toggle = Command("Show or hide the lab sheet", "Ctrl+Shift+O", self._on_button)
        return [toggle, *own, *named]

    # ---- the drawer ------------------------------------------------------------------------

    def _fill(self, lab: GuidedLab) -> None:
        from labs.lab_book.attempt import sheet_of

        drawer, attempts = self._furnish()
        try:
            if drawer.attempt is None or drawer.attempt.sheet.lab != lab:
                attempts.show_latest(sheet_of(lab))
        except UserError as error:
            self._tell(error)
            return
        self._context.theme.hand_to(drawer)
        self._is_wanted = True

    def _reveal(self) -> None:
        self.show_as_wanted()
        self._open_page()
        if self.drawer is not None and self._is_wanted:
            self.drawer.focus_first()

    def _furnish(self) -> tuple[LabDrawer, LabAttempts]:
        if self.drawer is None or self.attempts is None:
            from app.shell.lab_attempts import LabAttempts
            from app.widgets.sheet.lab_drawer import LabDrawer

            self.drawer = made = LabDrawer()
            self.attempts = attempts = LabAttempts(self._context, made)
            attempts.failed.connect(self._tell)
            made.closed.connect(self.close)
            made.page_asked.connect(self._open_page)
            made.menu_asked.connect(lambda: self._popup(made.menu_button, attempts.menu()))
            made.keep_asked.connect(self._keep)
            made.hand_in_asked.connect(attempts.ask_hand_in)
            made.state_changed.connect(self._cover)
            self._veils.sheet_asked.connect(made.focus_first)
            self._veils.shown_anyway.connect(made.show_anyway)
            self._window.page_area.take(made)
        return self.drawer, self.attempts

    def _keep(self, name: str) -> None:
        """Ask the pages of the lab for what they show; the text goes beside the answers."""
        drawer, lab = self.drawer, self.lab
        if drawer is None or lab is None or drawer.attempt is None:
            return
        made = {each.name: each.make
                for page in lab.pages for each in self._window.page(page).artifacts()}  # fmt: skip
        try:
            if name not in made:
                raise UserError("The page has nothing of this name to keep.")
            text = made[name]()
        except UserError as error:
            drawer.show_nothing(name, error)
            return
        if isinstance(text, str):
            drawer.keep(name, text)
            return
        attempt = drawer.attempt
        job = self._context.jobs.start(lambda _token: text)
        job.finished.connect(lambda built: drawer.keep(name, built, attempt))
        job.failed.connect(partial(drawer.show_nothing, name))

    def _cover(self) -> None:
        """While the sheet is open and its predictions are not locked, their numbers are hidden."""
        drawer, lab = self.drawer, self.lab
        is_shown = lab is not None and not self._window.shows_to_room
        self._veils.cover(lab if drawer is not None and is_shown and drawer.is_veiled else None)

    def _open_page(self) -> None:
        """Where the work is done. Before the predictions are locked it is covered there."""
        if self.drawer is not None and self.lab is not None:
            self._window.open(self.lab.page, self.lab.target)

    def _tell(self, error: UserError) -> None:
        if self._window.front is not None:
            self._window.front.show_error(error)

    # ---- the button in the header ----------------------------------------------------------

    def _on_page(self, page: str) -> None:
        self._button.setVisible(bool(labs_of(page)))
        self.show_as_wanted()

    def _on_button(self) -> None:
        """Opens the one sheet of the page or offers its several; closes one that is open."""
        labs = labs_of(self._window.front_id)
        self._button.setChecked(False)
        if self.lab in labs:
            self.close()
        elif len(labs) == 1:
            self.open(labs[0].id)
        elif labs:
            menu = QMenu(self._button)
            for lab in labs:
                menu.addAction(lab.title).triggered.connect(
                    lambda _checked, chosen=lab.id: self.open(chosen)
                )
            self._popup(self._button, menu)

    def _popup(self, under: QWidget, menu: QMenu) -> None:
        menu.aboutToHide.connect(menu.deleteLater)
        corner = under.mapToGlobal(QPoint(under.width(), under.height()))
        menu.popup(corner - QPoint(menu.sizeHint().width(), 0))
