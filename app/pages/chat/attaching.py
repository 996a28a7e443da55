"""Takes the files that are given to the composer along with a message."""

from __future__ import annotations

from pathlib import Path

from app.context import AppContext
from app.widgets.composer import Composer
from labs.chat.attachments import read_attachment
from models.errors import UserError

MOST_TOLD = 4  # the others are counted


class Attaching:
    """What cannot go along is refused in a sentence below the text; the others go all the same."""

    def __init__(self, context: AppContext, composer: Composer) -> None:
        self._context, self._composer = context, composer

    def take(self, paths: list[str]) -> None:
        refusals = []
        for path in paths:
            try:
                attachment = read_attachment(Path(path), sees_images=self._has_projector)
                self._composer.add_attachment(attachment)
            except UserError as refusal:
                refusals.append(str(refusal))
        left = len(refusals) - MOST_TOLD
        more = [f"{left} more cannot be attached either."] if left > 0 else []
        self._composer.say("\n".join([*refusals[:MOST_TOLD], *more]))

    @property
    def _has_projector(self) -> bool:
        model = self._context.current_model.model
        entry = self._context.services.library.find(model)
        return entry is not None and entry.projector_path is not None
