"""Which models are served, and the lease of one for a request."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import closing

from models.cancel import CancelToken
from models.engine.messages import Progress
from models.engine.pool import Lease, Pool, Waiting
from models.errors import UserError
from models.library.entry import ModelEntry
from models.library.library import Library
from models.network import Sealed
from models.remote.servers import Servers
from models.serving.failures import BAD_REQUEST, FORBIDDEN, NOT_FOUND, UNAVAILABLE, ApiError

HOLDER = "the server for other programs"
PATIENCE_S = 10.0
RETRY_S = 30
LONGEST_NAME = 1000


class ServedModels:
    """All models of the library, or `only` one. A model is loaded when it is asked for."""

    def __init__(
        self,
        library: Library,
        pool: Pool,
        only: ModelEntry | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        servers: Servers | None = None,
    ) -> None:
        self._library = library
        self._pool = pool
        self._only = only
        self._monotonic = monotonic
        self._servers = servers
        self._known: dict[str, ModelEntry] = {}

    def entries(self) -> tuple[ModelEntry, ...]:
        if self._only:
            return (self._only,)
        return tuple(entry for entry in self._library.entries() if entry.can_run)

    def entry(self, name: str) -> ModelEntry:
        """By the name of the list, its id, its path, "starter" or "sim:NAME"; "" is the one
        model that is served or loaded. No other place on this disk is looked at for a program
        that asks. Raises ApiError."""
        known = self._known.get(name)
        if known and self._pool.info(known.model):
            return known  # looking at its file again would cost milliseconds
        self._known[name] = self._find(name or self._usual())
        return self._known[name]

    def _find(self, name: str) -> ModelEntry:
        if len(name) > LONGEST_NAME:
            raise _unknown(f"No model has a name of more than {LONGEST_NAME:,} characters.")
        if self._servers and not self._servers.find(name):
            self._permit(name)  # its server may be asked for it
        try:
            entry = self._library.resolve_to_run(name, listed=True)
        except UserError as error:
            raise _unknown(str(error)) from error
        if self._only and entry.model != self._only.model:
            raise _unknown(f"This server runs {self._only.name} only, not {entry.name}.")
        return entry

    def _permit(self, model: str) -> None:
        """Raises ApiError for a model beyond this machine while Assay is sealed, though the user
        may have let it out for an act of their own."""
        try:
            if self._servers:
                self._servers.permit_program(model)
        except Sealed as error:
            raise _sealed(error) from error

    def _usual(self) -> str:
        loaded = [status.model for status in self._pool.status() if self._pool.info(status.model)]
        if self._only:
            return self._only.model
        if loaded:
            return loaded[0]
        raise ApiError(
            BAD_REQUEST, "The request names no model. GET /v1/models lists them.",
            parameter="model",
        )  # fmt: skip

    def lease(
        self, name: str, cancel: CancelToken
    ) -> Generator[Progress | Waiting, None, tuple[ModelEntry, Lease]]:
        """Load it if need be. Who waits for a task that has the model for itself is told so
        after ten seconds, as an ApiError; so is who asks for a model that must not be reached."""
        entry = self.entry(name)
        self._permit(entry.model)
        settings = self._library.load_settings(entry)
        leasing = self._pool.lease(entry.model, settings, holder=HOLDER, cancel=cancel)
        waited_since: float | None = None
        with closing(leasing):
            while True:
                try:
                    event = next(leasing)
                except StopIteration as end:
                    lease: Lease = end.value
                    return entry, lease
                now = self._monotonic()
                waited_since = (waited_since or now) if isinstance(event, Waiting) else None
                if isinstance(event, Waiting) and now - (waited_since or now) > PATIENCE_S:
                    raise _held(entry, event)
                yield event


def _unknown(sentence: str) -> ApiError:
    return ApiError(NOT_FOUND, sentence, parameter="model", code="model_not_found")


def _sealed(error: Sealed) -> ApiError:
    hint = "Programs may use it only while sealed mode is off."
    return ApiError(FORBIDDEN, f"{error.message} {hint}", code="sealed")


def _held(entry: ModelEntry, waiting: Waiting) -> ApiError:
    return ApiError(
        UNAVAILABLE, f"{entry.name} waits for {waiting.holder}. Try again later.",
        code="model_busy", retry_after_s=RETRY_S,
    )  # fmt: skip
