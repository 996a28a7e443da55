"""Ties a model picker to the library, the current model and the Models page."""

from __future__ import annotations

from collections.abc import Generator

from app.context import AppContext
from app.widgets.model_picker import ModelPicker
from app.widgets.model_rows import ModelRow
from models.cancel import CancelToken
from models.fit import forecast
from models.hardware.memory import MemoryFree, free_bytes
from models.library.entry import ModelEntry
from models.library.library import Library


def make_model_picker(context: AppContext) -> ModelPicker:
    """A picker for the header of a page: choosing makes a model the current one."""
    picker = make_free_picker(context)
    picker.chosen.connect(context.current_model.choose)
    context.current_model.changed.connect(picker.set_current)
    picker.set_current(context.current_model.model)
    return picker


def make_free_picker(context: AppContext) -> ModelPicker:
    """A picker that looks for models when it is opened; what a choice means is left open."""
    picker = ModelPicker()
    library = context.services.library

    def look() -> None:
        job = context.jobs.start(lambda token: find_rows(library, token))
        # Methods of the picker: when it is gone, nobody is told any more.
        job.progress.connect(picker.set_rows)
        job.finished.connect(picker.set_rows)
        job.failed.connect(context.notices.error)

    picker.opening.connect(look)
    picker.manage_asked.connect(lambda: context.navigation.open("models"))
    return picker


def find_rows(
    library: Library, token: CancelToken
) -> Generator[tuple[ModelRow, ...], None, tuple[ModelRow, ...]]:
    """What is known at once, then what a fresh look finds; headers are completed elsewhere."""
    memory = free_bytes()
    yield rows_of(library, memory)
    steps = library.scan()
    try:
        for step in steps:
            token.raise_if_cancelled()
            if step.phase != "files":
                break
    finally:
        steps.close()
    return rows_of(library, memory)


def rows_of(library: Library, memory: MemoryFree) -> tuple[ModelRow, ...]:
    """Every model with its forecast under its own load settings, simulated ones last."""

    def row(entry: ModelEntry) -> ModelRow:
        if entry.problem or not entry.is_local:
            return ModelRow(entry)
        return ModelRow(entry, forecast(entry, library.load_settings(entry), memory).verdict)

    return tuple(row(entry) for entry in (*library.entries(), *library.simulated()))
