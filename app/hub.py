"""The hub of a home: where downloads go, and the way that the settings name."""

from __future__ import annotations

import os
from pathlib import Path

from app.services import Services
from models.download.hub import Hub
from models.download.way import Way
from models.library.roots import hub_cache
from models.remote.tokens import KeyringTokens


def open_hub(services: Services) -> Hub:
    """Asks the gate of these services, and heeds their settings as they are at each act."""

    def way() -> Way:
        settings = services.settings.current
        return Way(settings.proxy, os.path.expanduser(settings.ca_file))

    cache = hub_cache(Path.home(), os.environ)
    return Hub(services.gate, cache, KeyringTokens(), way, os.environ)
