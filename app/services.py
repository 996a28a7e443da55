"""What the window and the command line stand on, built once. Knows no Qt."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.paths import Paths
from app.settings_file import SettingsStore
from models.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Generator
    from datetime import datetime

    from app.settings import Settings
    from labs.chat.store import ChatStore
    from models.cancel import CancelToken
    from models.engine.messages import LoadSettings, Progress
    from models.engine.pool import Lease, Pool, Waiting
    from models.engine.sandbox import Sandbox
    from models.library.entry import ModelEntry
    from models.library.library import Library
    from models.network import Gate
    from models.remote.servers import Servers
    from models.tokenizers.tokenizers import Tokenizers

MOST_LOADED = 8  # a process each, also for models that take no memory of their own


@dataclass(frozen=True)
class Services:
    """The long-lived objects without a window."""

    paths: Paths
    settings: SettingsStore
    library: Library
    servers: Servers
    pool: Pool
    sandbox: Sandbox
    chats: ChatStore
    gate: Gate  # asked before anything leaves this machine
    tokenizers: Tokenizers
    problems: tuple[UserError, ...] = ()  # what the user should read before going on

    def lease(
        self, entry: ModelEntry, *, holder: str, cancel: CancelToken | None = None
    ) -> Generator[Progress | Waiting, None, Lease]:
        """Lease a model as its own settings say; see Pool.lease."""
        settings = self.library.load_settings(entry)
        return self.pool.lease(entry.model, settings, holder=holder, cancel=cancel)

    def close(self) -> None:
        """End worker processes and close files."""
        self.pool.close()
        self.sandbox.close()
        self.tokenizers.close()
        self.chats.close()


def open_services(
    paths: Paths, settings: SettingsStore | None = None, gate: Gate | None = None
) -> Services:
    """Open everything in one home; `gate` is the one of this process's door. A chat file that
    cannot be used is left as it is: chats of this run are then kept in memory only, and `problems`
    says so."""
    from labs.chat.store import ChatStore
    from models.engine.pool import Pool
    from models.engine.sandbox import Sandbox
    from models.library.library import Library
    from models.library.peaks import note_peaks
    from models.library.roots import default_roots
    from models.network import Door, Gate
    from models.remote.servers import Servers
    from models.starter import starter_place
    from models.tokenizers.tokenizers import Tokenizers

    settings = settings or SettingsStore(paths.settings_file)
    gate = gate or Gate(Door(), lambda: settings.current.sealed)
    _shut_when_sealed(settings, gate)
    servers = Servers(paths.servers, os.environ, gate=gate)
    library = Library(
        paths.model_index,
        default_roots(Path.home(), os.environ, sys.platform),
        [Path(folder) for folder in settings.current.model_folders],
        starter=starter_place(),
        records_path=paths.model_records,
        servers=servers,
    )
    problems: tuple[UserError, ...] = ()
    try:
        chats = ChatStore(paths.chats_file)
    except UserError as error:
        chats = ChatStore(None)
        error.hint = f"{error.hint} Chats of this run are not saved.".strip()
        problems = (error,)
    pool = Pool(
        fits=lambda model, load, resident: (
            len(resident) < MOST_LOADED and fits_now(library, model, load)
        ),
        connect=servers.connection,
        on_attempt=gate.ledger.add,
    )
    gate.when_shut(pool.cut_off)
    servers.when_changed(pool.retire)
    pool.subscribe(lambda: note_peaks(library, pool.status()))
    sandbox = Sandbox(on_attempt=gate.ledger.add)
    tokenizers = Tokenizers(on_attempt=gate.ledger.add)
    return Services(
        paths, settings, library, servers, pool, sandbox, chats, gate, tokenizers, problems
    )


def _shut_when_sealed(settings: SettingsStore, gate: Gate) -> None:
    """What is out there when the user seals Assay comes back."""
    was_sealed = settings.current.sealed

    def on_change(changed: Settings) -> None:
        nonlocal was_sealed
        if changed.sealed and not was_sealed:
            gate.shut()
        was_sealed = changed.sealed

    settings.subscribe(on_change)


def replace_damaged_chats(services: Services, now: datetime) -> Path:
    """Set the chat file aside and go on in a new one, with the chats of this run; where the old
    one is kept. Raises UserError when files cannot be moved or written."""
    from labs.chat.database import set_aside

    kept = set_aside(services.paths.chats_file, now)
    services.chats.move_into(services.paths.chats_file)
    return kept


def fits_now(library: Library, model: str, settings: LoadSettings) -> bool:
    """Whether `model` fits into the memory that is free beside what is loaded already."""
    from models.fit import beyond_of, forecast
    from models.hardware.memory import free_bytes

    entry, memory = library.resolve(model), free_bytes()
    if not entry.is_local:
        return True
    beyond = beyond_of(entry, library.measured_peaks(entry), memory)
    return forecast(entry, settings, memory, beyond_bytes=beyond).verdict == "fits"
