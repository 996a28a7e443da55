"""Fills the full hash of a model file into its replies, once it has been computed behind."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from PySide6.QtCore import QObject

from app.context import AppContext
from labs.chat.conversation import Provenance
from models.cancel import CancelToken


class FullHash(QObject):
    """One computation a file and run."""

    def __init__(self, context: AppContext, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._begun: set[str] = set()

    def wanted_for(self, provenance: Provenance | None) -> None:
        """Start computing when the reply has a fingerprint but no full hash."""
        if provenance is None or provenance.sha256 or not provenance.fingerprint:
            return
        if provenance.fingerprint in self._begun:
            return
        self._begun.add(provenance.fingerprint)
        services = self._context.services

        def work(_cancel: CancelToken) -> Generator[Any, None, None]:
            entry = services.library.resolve(provenance.model_path)
            sha256 = yield from services.library.sha256(entry)
            services.chats.set_sha256(provenance.fingerprint, sha256)

        self._context.jobs.start(
            work, f"Reading the identity of {provenance.model_name}", close_on_cancel=True
        )
