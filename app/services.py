"""What the window and the command line stand on, built once. Knows no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.paths import Paths
from app.settings import SettingsStore

if TYPE_CHECKING:
    from labs.chat.store import ChatStore
    from models.engine.pool import Pool
    from models.engine.sandbox import Sandbox

    from models.library.library import Library


@dataclass(frozen=True)
class Services:
    """The long-lived objects without a window."""

    paths: Paths
    settings: SettingsStore
    library: Library
    pool: Pool
    sandbox: Sandbox
    chats: ChatStore

    def close(self) -> None:
        """End worker processes and close files."""
        self.pool.close()
        self.chats.close()
