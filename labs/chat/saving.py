"""Saves a reply while it grows: often enough that a killed window loses half a second of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from labs.chat.conversation import Message, MessageState, Provenance
from labs.chat.store import ChatStore
from models.engine.messages import Delta, TokenData
from models.errors import UserError

SAVE_EVERY_S = 0.4


class ReplySaver:
    """Collects what arrives for one reply. `monotonic` gives seconds.

    After a failed save the reply goes on in memory; the last save tries once more, and
    `problem` says in a sentence what is not on disk.
    """

    def __init__(
        self,
        store: ChatStore,
        message: Message,
        tokens: Sequence[TokenData],
        monotonic: Callable[[], float],
    ) -> None:
        self._store = store
        self._message = message
        self._texts = [message.text]
        self._unsaved_tokens = list(tokens)
        self._monotonic = monotonic
        self._saved_at = monotonic()
        self.problem = ""

    @property
    def text(self) -> str:
        return "".join(self._texts)

    def add(self, delta: Delta) -> None:
        """Take in what arrived; saves at most every `SAVE_EVERY_S` seconds."""
        self._texts.append(delta.text)
        self._unsaved_tokens.extend(delta.tokens)
        if not self.problem and self._monotonic() - self._saved_at >= SAVE_EVERY_S:
            self._message = replace(self._message, text=self.text)
            self._save()

    def finish(self, state: MessageState, error: str, provenance: Provenance) -> Message:
        """The ended reply, saved where that is possible."""
        self._message = replace(
            self._message, text=self.text, state=state, error=error, provenance=provenance
        )
        self._save()
        if self.problem:
            unsaved = f"This reply is not saved. {self.problem}"
            self._message = replace(self._message, error=f"{error} {unsaved}".strip())
        return self._message

    def _save(self) -> None:
        try:
            self._store.save_reply(self._message, self._unsaved_tokens)
        except UserError as error:
            self.problem = str(error)
        else:
            self.problem = ""
            self._unsaved_tokens.clear()
            self._saved_at = self._monotonic()
