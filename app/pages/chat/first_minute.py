"""Which models a new user is offered, and what is said about the one that would answer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from app.context import AppContext
from app.pages.chat.empty_state import EmptyState, OfferedModel
from models.library.entry import ModelEntry
from models.starter import STARTER_BADGE

OFFERED = 4


def badge_of(entry: ModelEntry | None) -> str:
    return STARTER_BADGE if entry is not None and entry.is_starter else ""


def offered_models(entries: Sequence[ModelEntry], chosen: str) -> list[OfferedModel]:
    """Models that other apps left here come first, the starter last; nothing to offer once the
    user has chosen one of them."""
    usable = [entry for entry in entries if entry.can_run and entry.is_local]
    current = next((entry for entry in usable if entry.model == chosen), None)
    if chosen.startswith("sim:") or (current is not None and not current.is_starter):
        return []
    others = [entry for entry in usable if entry.model != chosen]
    others.sort(key=lambda entry: entry.is_starter)
    return [
        OfferedModel(entry.model, entry.name, STARTER_BADGE if entry.is_starter else entry.source)
        for entry in others[:OFFERED]
    ]


def show_first_minute(empty: EmptyState, context: AppContext) -> None:
    """Who would answer, and who else could."""
    entries, model = context.services.library.entries(), context.current_model.model
    entry = next((entry for entry in entries if entry.model == model), None)
    name = entry.name if entry else Path(model).stem
    empty.show_model(name, badge_of(entry), context.services.servers.runs_beyond(model))
    empty.offer(offered_models(entries, model))
