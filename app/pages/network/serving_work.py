"""Serving models to other programs, as a task that runs until it is stopped."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.cancel import CancelToken
from models.errors import UserError
from models.remote.tokens import Tokens

if TYPE_CHECKING:
    from app.services import Services
    from models.serving.access import Access

KEPT_AS = "serving"  # the token's name in the keyring


@dataclass(frozen=True)
class Serving:
    """How the server stands. `is_kept`: the token is in the keyring and stays the same."""

    address: str
    access: Access
    is_kept: bool
    running: int = 0
    waiting: int = 0
    served: int = 0

    @property
    def message(self) -> str:
        """For the row among the tasks."""
        now = f"{self.running} now, " if self.running else ""
        waiting = f"{self.waiting} waiting, " if self.waiting else ""
        return f"{now}{waiting}{self.served:,} answered at {self.address}"


def serve(
    services: Services,
    tokens: Tokens,
    cancel: CancelToken,
    on_bug: Callable[[Exception], None],
) -> Generator[Serving, None, None]:
    """Serve every model of the list until cancelled; yields Serving after each change."""
    from models.serving.access import Access
    from models.serving.served_models import ServedModels
    from models.serving.server import Server, first_free_port, serving

    token, is_kept = _token(tokens)
    access = Access(token)
    models = ServedModels(services.library, services.pool, servers=services.servers)
    server = Server(models, services.sandbox, access, port=first_free_port(), on_bug=on_bug)
    for status in serving(server, cancel):
        yield Serving(
            server.address, access, is_kept, status.running, status.waiting, status.served
        )


def renew(tokens: Tokens) -> tuple[str, bool]:
    """Another token, and whether the keyring keeps it: without one it holds for this run."""
    from models.serving.access import new_token

    token = new_token()
    try:
        tokens.write(KEPT_AS, token)
    except UserError:
        return token, False
    return token, True


def _token(tokens: Tokens) -> tuple[str, bool]:
    try:
        kept = tokens.read(KEPT_AS)
    except UserError:
        kept = ""
    return (kept, True) if kept else renew(tokens)
