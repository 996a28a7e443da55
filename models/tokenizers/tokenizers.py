"""Asks tokenizers: each in a process of its own, kept for the next question."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from models.amounts import size_text
from models.cancel import CancelToken
from models.engine.codec import MESSAGE_TYPES, message_types
from models.engine.messages import Failed, Part, PromptToken, Tokenized
from models.engine.process import Child, Ended
from models.errors import UserError
from models.network import Attempt
from models.tokenizers import messages
from models.tokenizers.cut import Cut, CutDone, unpacked
from models.tokenizers.messages import (
    CutParts,
    CutText,
    Facts,
    OpenTokenizer,
    Trace,
    TraceWord,
)
from models.tokenizers.source import Source

CHILD = "models.tokenizers.child"
PROCESS_NAME = "Tokenizer"
KNOWN = {**MESSAGE_TYPES, **message_types(messages)}
MAX_TEXT_BYTES = 4 << 20  # a letter repeated so often takes seconds; ten times more, a minute
LIMIT_S = 60.0
ROOM = 4  # processes kept, each some 100 MB
_LOOK_EVERY_S = 0.05
_PATIENCE_S = 2.0  # a question given up may end by itself within this time


@dataclass
class _Reader:
    """A process with its tokenizer, and how many questions it has before it."""

    child: Child
    facts: Facts
    stamp: tuple[int, int]
    users: int = 0
    last_used_s: float = 0.0


class Tokenizers:
    """Safe from any thread. A process is started at the first question, ended when `ROOM` others
    were asked since, and started again when its file has changed."""

    def __init__(self, on_attempt: Callable[[Attempt], None] = lambda attempt: None) -> None:
        self._on_attempt = on_attempt
        self._lock = threading.Lock()
        self._opening = threading.Lock()
        self._readers: dict[Source, _Reader] = {}

    def facts(self, source: Source, cancel: CancelToken) -> Generator[str, None, Facts]:
        """What it is. Raises UserError where it cannot be read."""
        yield f"Reading the tokenizer of {source.name}"
        with self._reader(source, cancel) as reader:
            return reader.facts

    def cut(
        self, source: Source, text: str, parse_special: bool, cancel: CancelToken
    ) -> Generator[str, None, Cut]:
        """The text's tokens; `parse_special` lets text that spells a control token become one.

        Raises UserError where the tokenizer cannot be read, the text is too long or takes more
        than a minute; EngineDied where native code failed; Cancelled.
        """
        _refuse_too_long(text)
        yield f"Cutting the text with {source.name}"
        with self._reader(source, cancel) as reader:
            done = self._ask(source, reader.child, CutText(text, parse_special), cancel)
        assert isinstance(done, CutDone)
        return unpacked(done)

    def cut_parts(
        self, source: Source, parts: Sequence[Part], cancel: CancelToken
    ) -> Generator[str, None, tuple[PromptToken, ...]]:
        """The tokens of a prompt in parts, as a model is given it."""
        _refuse_too_long("".join(part.text for part in parts))
        yield f"Cutting the prompt with {source.name}"
        with self._reader(source, cancel) as reader:
            done = self._ask(source, reader.child, CutParts(tuple(parts)), cancel)
        assert isinstance(done, Tokenized)
        return done.tokens

    def trace(self, source: Source, word: str, cancel: CancelToken) -> Generator[str, None, Trace]:
        """The merges that make tokens of a word. Raises UserError where they are not traced."""
        yield f"Following the merges of {source.name}"
        with self._reader(source, cancel) as reader:
            done = self._ask(source, reader.child, TraceWord(word), cancel)
        assert isinstance(done, Trace)
        return done

    def close(self) -> None:
        with self._lock:
            readers, self._readers = list(self._readers.values()), {}
        for reader in readers:
            reader.child.kill()
            reader.child.close()

    # ---- inside ----------------------------------------------------------------------------

    @contextmanager
    def _reader(self, source: Source, cancel: CancelToken) -> Iterator[_Reader]:
        with self._opening:  # two questions to one tokenizer start one process
            reader = self._kept(source) or self._open(source, cancel)
        try:
            yield reader
        finally:
            with self._lock:
                reader.users -= 1
                reader.last_used_s = time.monotonic()
            self._make_room()

    def _kept(self, source: Source) -> _Reader | None:
        stamp = source.stamp
        with self._lock:
            reader = self._readers.get(source)
            if reader is not None and reader.stamp == stamp and not reader.child.has_ended:
                reader.users += 1
                return reader
        self._drop(source)
        return None

    def _open(self, source: Source, cancel: CancelToken) -> _Reader:
        stamp = source.stamp
        child = Child(CHILD, known=KNOWN, on_attempt=self._tell)
        try:
            child.wait_for_hello()
            facts = self._ask(source, child, OpenTokenizer(source.kind, source.path), cancel)
        except BaseException:
            child.kill()
            child.close()
            raise
        assert isinstance(facts, Facts)
        reader = _Reader(child, facts, stamp, users=1)
        with self._lock:
            self._readers[source] = reader
        return reader

    def _ask(self, source: Source, child: Child, request: Any, cancel: CancelToken) -> Any:
        request_id, answers = child.send(request)
        began_s = time.monotonic()
        try:
            while True:
                try:
                    return _checked(answers.get(timeout=_LOOK_EVERY_S), child)
                except queue.Empty:
                    pass
                taken_s = time.monotonic() - began_s
                if taken_s > LIMIT_S or (cancel.is_cancelled and taken_s > _PATIENCE_S):
                    child.kill()
                cancel.raise_if_cancelled()
                if taken_s > LIMIT_S:
                    raise UserError(
                        f"{source.name} took longer than {LIMIT_S:.0f} s and was stopped.",
                        "Take a shorter text.",
                    )
        finally:
            child.forget(request_id)

    def _make_room(self) -> None:
        with self._lock:
            idle = [s for s, reader in self._readers.items() if not reader.users]
            idle.sort(key=lambda source: self._readers[source].last_used_s)
            leaving = idle[: max(0, len(self._readers) - ROOM)]
        for source in leaving:
            self._drop(source)

    def _drop(self, source: Source) -> None:
        with self._lock:
            reader = self._readers.pop(source, None)
        if reader is not None:
            reader.child.kill()
            reader.child.close()

    def _tell(self, attempt: Attempt) -> None:
        self._on_attempt(replace(attempt, process=PROCESS_NAME))


def _refuse_too_long(text: str) -> None:
    n_bytes = len(text.encode("utf-8", "replace"))
    if n_bytes > MAX_TEXT_BYTES:
        raise UserError(
            f"This text has {size_text(n_bytes)}; at most {size_text(MAX_TEXT_BYTES)} are cut at "
            "once.",
            "Take a part of it.",
        )


def _checked(answer: Any, child: Child) -> Any:
    if isinstance(answer, Ended):
        raise child.exit().error()
    if isinstance(answer, Failed):
        if answer.kind == "user":
            raise UserError(answer.message, answer.hint)
        raise RuntimeError(f"{answer.message}\n{answer.log}")
    return answer
