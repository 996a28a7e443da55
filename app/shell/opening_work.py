"""The work that begins once the window is on the screen."""

from __future__ import annotations

import os
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

from app.context import AppContext
from app.jobs import Job
from app.notices import Notice
from app.setup_status import follow
from app.shell.opening_notices import tell_of_failure
from app.shell.pages import LatePage, PageEntry
from models.cancel import CancelToken
from models.library.entry import ModelEntry
from models.library.make_entry import gone
from models.starter import starter_path


def look_for_models(context: AppContext) -> Job:
    """Bring the list of models up to date; what a killed window left half-made goes first."""

    def work(_cancel: CancelToken) -> Generator[Any, None, tuple[ModelEntry, ...]]:
        from models.drafts import sweep

        sweep(context.services.paths.converted_models)
        return (yield from context.services.library.scan())

    job = context.jobs.start(
        work,
        "Looking for models",
        close_on_cancel=True,
        summary=lambda entries: f"{len(entries)} models found.",
    )
    job.failed.connect(lambda error: context.notices.error(error, key="models"))
    return job


def begin(context: AppContext) -> None:
    """Bring the list of models up to date, then load the model to start with."""
    look_for_models(context).ended.connect(lambda: choose_first_model(context))


def read_pages(context: AppContext, pages: Sequence[PageEntry]) -> None:
    """Import what pages stand on while nobody waits for it: at the first look at Tokens or Models
    that would take a tenth of a second."""

    def work(_cancel: CancelToken) -> Generator[str, None, None]:
        for page in pages:
            yield page.title
            if isinstance(page.build, LatePage):
                page.build.read()

    context.jobs.start(work, close_on_cancel=True)


def add_models(context: AppContext, paths: Sequence[Path]) -> None:
    """Link dropped files and folders in place, and show the first of them."""
    library = context.services.library

    def work(_cancel: CancelToken) -> Generator[str, None, ModelEntry]:
        yield "Reading"
        found = [library.add(path)[0] for path in paths]
        return found[0]

    job = context.jobs.start(work, "Adding models")
    job.finished.connect(lambda entry: context.navigation.open("models", entry.id))
    job.failed.connect(lambda error: context.notices.error(error, key="models"))


def open_in_labs(context: AppContext, paths: Sequence[Path]) -> None:
    """Hand-ins and folders of runs, wherever they were dropped."""
    from app.runs.run_links import target_of_files  # nobody needs it before

    context.navigation.open("labs", target_of_files(paths))


def choose_first_model(context: AppContext) -> None:
    """The model used last, where its file is still there, else the starter; then load it."""
    model = context.current_model.model
    is_gone = os.path.isabs(model) and not os.path.exists(model)
    if is_gone:
        words = "The model you used last is not there any more."
        context.notices.info(words, gone(Path(model)), key="last model")
    if is_gone or not model:
        starter = starter_path()
        context.current_model.choose(str(starter) if starter else "")
    if context.current_model.model and context.services.settings.current.load_last_model:
        load(context, context.current_model.model)


def load(context: AppContext, model: str) -> None:
    """Bring a model into memory and let go of it: the next request finds it ready."""
    services = context.services

    def work(cancel: CancelToken) -> Generator[Any, None, None]:
        entry = services.library.resolve_to_run(model)
        lease = yield from services.lease(entry, holder="opening", cancel=cancel)
        lease.release()

    job = context.jobs.start(work, "Loading the model")
    job.failed.connect(
        lambda error: tell_of_failure(context, error, "load", lambda: load(context, model))
    )


def follow_setup(context: AppContext, status_file: Path) -> None:
    """Show the preparation of the engine as a task; look for models again when it is done."""
    context.notices.info(
        "The engine is being prepared.",
        "You can look around meanwhile; Tasks below shows how far it is.",
        key="setup",
    )
    job = context.jobs.start(
        lambda cancel: follow(status_file, cancel),
        "Preparing the engine",
        summary=lambda status: status.message,
    )
    job.finished.connect(lambda _status: _on_prepared(context))
    job.failed.connect(lambda error: context.notices.error(error, key="setup"))
    job.cancelled.connect(lambda: context.notices.withdraw("setup"))


def _on_prepared(context: AppContext) -> None:
    context.notices.show(Notice("The engine is ready.", level="success", key="setup"))
    begin(context)


def unload_idle(context: AppContext) -> None:
    """Let go of models that nobody asked for a while; ending a worker takes a moment."""
    pool = context.services.pool

    def work(_cancel: CancelToken) -> Generator[str, None, None]:
        yield "Unloading"
        pool.unload_idle(context.services.settings.current.idle_unload_min * 60.0)

    context.jobs.start(work)
