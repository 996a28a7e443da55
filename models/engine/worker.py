"""The process that holds one model: `python -P -m models.engine.worker`.

Two threads. The reader parses lines, sets cancel flags and answers what needs the immutable
vocabulary only; the main thread alone touches weights and contexts. Stdin closing means stop.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from models.cancel import CancelToken
from models.engine.backend import Backend, Embeds, ReadsWindows, ScoresPrompts, TimesTokens
from models.engine.backends import backend_for
from models.engine.batcher import Batcher
from models.engine.messages import (
    Cancel,
    CloseContext,
    CompareWindow,
    DescribeVocabulary,
    Detokenize,
    Embed,
    Failed,
    Finished,
    Generate,
    GenerateMany,
    Load,
    OpenContext,
    Ping,
    Pong,
    ReadNext,
    ReadWindow,
    ScorePrompt,
    Text,
    TimeTokens,
    Tokenize,
    Unload,
)
from models.engine.wire import Wire
from models.errors import Cancelled, UserError
from models.network import host_of

MEMORY_HINT = "Close other programs, or ask for less at once."


class Flag(CancelToken):
    """A cancel token as backends know it."""

    @property
    def is_set(self) -> bool:
        return self.is_cancelled


class Worker:
    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._backend: Backend | None = None
        self._work: queue.SimpleQueue[tuple[int, Any]] = queue.SimpleQueue()
        self._flags: dict[int, Flag] = {}
        self._server = ""
        self._open_for = ""  # the user's act that lets this worker beyond loopback

    # ---- reader thread ----

    def read(self) -> None:
        for request_id, message in self._wire.requests():
            if isinstance(message, Cancel):
                if flag := self._flags.get(message.target):
                    flag.cancel()
            elif isinstance(message, Ping):
                self._wire.send(request_id, Pong())
            elif isinstance(message, Tokenize | Detokenize):
                self._answer(request_id, self._vocabulary_answer, message)
            else:
                self._flags[request_id] = Flag()
                self._work.put((request_id, message))
        os._exit(0)  # the window is gone; nothing here is worth a clean-up

    def _vocabulary_answer(self, _id: int, message: Tokenize | Detokenize) -> Any:
        if isinstance(message, Tokenize):
            return self._loaded.tokenize(message)
        return Text(self._loaded.detokenize(message.token_ids))

    # ---- main thread ----

    def run(self) -> None:
        while True:
            request_id, message = self._work.get()
            if isinstance(message, Unload):
                os._exit(0)
            if isinstance(message, Load) and message.connection:
                self._open_for = message.connection.open_for
                self._server = host_of(message.connection.address)
            self._answer(request_id, self._handle, message)
            self._flags.pop(request_id, None)

    def _handle(self, request_id: int, message: Any) -> Any:
        flag = self._flags[request_id]
        batcher = Batcher(lambda event: self._wire.send(request_id, event))
        match message:
            case Load():
                backend = backend_for(message.model)
                info = backend.load(message, batcher.emit, flag)
                self._backend = backend
                return info
            case OpenContext():
                return self._loaded.open_context(message)
            case CloseContext():
                self._loaded.close_context(message.context)
                return Finished()
            case Generate():
                try:
                    return self._loaded.generate(message, batcher.emit, flag)
                finally:
                    batcher.flush()  # what had come of a reply that failed is kept, too
            case GenerateMany():
                return self._loaded.generate_many(
                    message, lambda row: self._wire.send(request_id, row), flag
                )
            case ScorePrompt() if isinstance(self._loaded, ScoresPrompts):
                return self._loaded.score_prompt(message, batcher.emit, flag)
            case Embed() if isinstance(self._loaded, Embeds):
                return self._loaded.embed(message, flag)
            case ReadWindow() if isinstance(self._loaded, ReadsWindows):
                return self._loaded.read_window(message, flag)
            case CompareWindow() if isinstance(self._loaded, ReadsWindows):
                return self._loaded.compare_window(message, flag)
            case ReadNext() if isinstance(self._loaded, ReadsWindows):
                return self._loaded.read_next(message, batcher.emit, flag)
            case DescribeVocabulary() if isinstance(self._loaded, ReadsWindows):
                return self._loaded.describe_vocabulary()
            case TimeTokens() if isinstance(self._loaded, TimesTokens):
                return self._loaded.time_tokens(message, flag)
        raise UserError(f"The engine does not know the request {type(message).__name__}.")

    def _answer(self, request_id: int, handle: Callable[[int, Any], Any], message: Any) -> None:
        try:
            with self._way_out():
                answer = handle(request_id, message)
        except UserError as error:
            answer = Failed("user", error.message, error.hint)
        except Cancelled:
            answer = Failed("cancelled", "Stopped.")
        except MemoryError:
            answer = Failed("user", "The engine ran out of memory.", MEMORY_HINT)
        except Exception as error:  # noqa: BLE001 - the parent shows it as a bug with its traceback
            answer = Failed("bug", f"{type(error).__name__}: {error}", log=traceback.format_exc())
        self._wire.send(request_id, answer)

    def _way_out(self) -> AbstractContextManager[object]:
        """Open for this request where the user has let this model's server be reached."""
        if not self._open_for:
            return nullcontext()
        return self._wire.door.opened(self._open_for, self._server)

    @property
    def _loaded(self) -> Backend:
        if self._backend is None:
            raise UserError("No model is loaded in this engine.")
        return self._backend


def main() -> None:
    wire = Wire.of_process()
    worker = Worker(wire)
    wire.hello()
    threading.Thread(target=worker.read, name="reader", daemon=True).start()
    try:
        worker.run()
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
