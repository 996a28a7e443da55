"""Asks tokenizers: each in a process of its own, kept for the next question."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Any, TypeVar

from models.amounts import size_text
from models.cancel import CancelToken
from models.drafts import sweep
from models.engine.codec import MESSAGE_TYPES, message_types
from models.engine.messages import Part, PromptToken, Tokenized
from models.engine.process import Child
from models.errors import Cancelled, UserError
from models.network import Attempt
from models.tokenizers import messages
from models.tokenizers.cut import Cut, CutDone, unpacked
from models.tokenizers.messages import (
    CutParts,
    CutsDone,
    CutText,
    CutTexts,
    Facts,
    ListTokens,
    TokenList,
    Trace,
    TraceWord,
)
from models.tokenizers.reader import Reader, Stopped
from models.tokenizers.source import Source

CHILD = "models.tokenizers.child"
PROCESS_NAME = "Tokenizer"
KNOWN = {**MESSAGE_TYPES, **message_types(messages)}
MAX_TEXT_BYTES = 4 << 20  # a letter repeated so often takes seconds; ten times more, a minute
ROOM = 4  # processes kept, each some 100 MB
_LOOK_EVERY_S = 0.05
_LONG_LETTERS = 50_000
_COLUMNS = "assay-columns-"
Answer = TypeVar("Answer")


class Tokenizers:
    """Safe from any thread. A process is started at the first question, ended when `ROOM` others
    were asked since, and started again when its file has changed. Closed, it answers every
    question with Cancelled."""

    def __init__(self, on_attempt: Callable[[Attempt], None] = lambda attempt: None) -> None:
        self._on_attempt = on_attempt
        self._lock = threading.Lock()
        self._opening = threading.Lock()
        self._readers: dict[Source, Reader] = {}
        self._closed = False

    def facts(self, source: Source, cancel: CancelToken) -> Generator[str, None, Facts]:
        """What it is. Raises UserError where it cannot be read."""
        yield f"Reading the tokenizer of {source.name}"
        return self._answer(source, lambda reader: reader.facts, cancel)

    def cut(
        self, source: Source, text: str, parse_special: bool, cancel: CancelToken
    ) -> Generator[str, None, Cut]:
        """The text's tokens; `parse_special` lets text that spells a control token become one.

        Raises UserError where the tokenizer cannot be read, the text is too long or takes more
        than a minute; EngineDied where native code failed; Cancelled.
        """
        _refuse_too_long(text)
        yield f"Cutting the text with {source.name}"
        with _file_beside(text) as beside:
            done = self._ask(source, CutText(text, parse_special, beside), cancel)
            assert isinstance(done, CutDone)
            return _unpacked(done, beside)

    def cut_many(
        self,
        source: Source,
        texts: Sequence[str],
        cancel: CancelToken,
        *,
        parse_special: bool = False,
        framed: bool = False,
        instead: tuple[str, Path] | None = None,
    ) -> Generator[str, None, tuple[Cut | UserError, ...]]:
        """One cut a text, or why there is none. `framed`: with what a prompt begins and ends with.
        `instead` is the kind and path of another file that is opened for this one question.

        Raises what `cut` raises, and UserError where that file cannot be read.
        """
        _refuse_too_long("".join(texts))
        yield f"Cutting {len(texts)} texts with {source.name}"
        kind, path = instead or ("", "")
        request = CutTexts(tuple(texts), parse_special, framed, kind, str(path))
        done = self._ask(source, request, cancel)
        assert isinstance(done, CutsDone)
        return tuple(
            UserError(problem) if problem else unpacked(cut)
            for cut, problem in zip(done.cuts, done.problems, strict=True)
        )

    def vocabulary(
        self, source: Source, cancel: CancelToken
    ) -> Generator[str, None, dict[int, tuple[bytes, str]]]:
        """Every token by number: its bytes, and a letter of `cut.KINDS`."""
        yield f"Reading the vocabulary of {source.name}"
        done = self._ask(source, ListTokens(), cancel)
        assert isinstance(done, TokenList)
        cut = unpacked(done.tokens)
        return {number: (piece, cut.kinds[number]) for number, piece in cut.pieces.items()}

    def cut_parts(
        self, source: Source, parts: Sequence[Part], cancel: CancelToken
    ) -> Generator[str, None, tuple[PromptToken, ...]]:
        """The tokens of a prompt in parts, as a model is given it."""
        _refuse_too_long("".join(part.text for part in parts))
        yield f"Cutting the prompt with {source.name}"
        done = self._ask(source, CutParts(tuple(parts)), cancel)
        assert isinstance(done, Tokenized)
        return done.tokens

    def trace(self, source: Source, word: str, cancel: CancelToken) -> Generator[str, None, Trace]:
        """The merges that make tokens of a word. Raises UserError where they are not traced."""
        yield f"Following the merges of {source.name}"
        done = self._ask(source, TraceWord(word), cancel)
        assert isinstance(done, Trace)
        return done

    def close(self) -> None:
        with self._lock:
            self._closed = True
            readers, self._readers = list(self._readers.values()), {}
        for reader in readers:
            reader.end()

    # ---- inside ----------------------------------------------------------------------------

    def _ask(self, source: Source, request: Any, cancel: CancelToken) -> Any:
        return self._answer(source, lambda reader: reader.ask(request, cancel), cancel)

    def _answer(
        self, source: Source, question: Callable[[Reader], Answer], cancel: CancelToken
    ) -> Answer:
        while True:
            try:
                with self._reader(source, cancel) as reader:
                    return question(reader)
            except Stopped:  # for another's sake: the next process answers
                cancel.raise_if_cancelled()

    @contextmanager
    def _reader(self, source: Source, cancel: CancelToken) -> Iterator[Reader]:
        with self._turn_to_open(cancel):
            reader = self._kept(source) or self._open(source, cancel)
        try:
            yield reader
        finally:
            with self._lock:
                reader.users -= 1
                reader.last_used_s = time.monotonic()
            self._make_room()

    @contextmanager
    def _turn_to_open(self, cancel: CancelToken) -> Iterator[None]:
        """Two questions to one tokenizer start one process."""
        while not self._opening.acquire(timeout=_LOOK_EVERY_S):
            cancel.raise_if_cancelled()
        try:
            yield
        finally:
            self._opening.release()

    def _kept(self, source: Source) -> Reader | None:
        stamp = source.stamp
        with self._lock:
            reader = self._readers.get(source)
            if reader is None:
                return None
            if reader.stamp == stamp and not reader.has_ended:
                reader.users += 1
                return reader
            del self._readers[source]
        reader.end()
        return None

    def _open(self, source: Source, cancel: CancelToken) -> Reader:
        stamp = source.stamp
        reader = Reader(Child(CHILD, known=KNOWN, on_attempt=self._tell), source, stamp)
        try:
            with self._lock:
                self._refuse_when_closed()
                self._readers[source] = reader  # so that `close` finds it while it opens
            reader.open(cancel)
        except BaseException:
            with self._lock:
                self._readers.pop(source, None)
            reader.end()
            self._refuse_when_closed()
            raise
        return reader

    def _refuse_when_closed(self) -> None:
        if self._closed:
            raise Cancelled

    def _make_room(self) -> None:
        with self._lock:
            idle = [source for source, reader in self._readers.items() if not reader.users]
            idle.sort(key=lambda source: self._readers[source].last_used_s)
            n_leaving = max(0, len(self._readers) - ROOM)
            leaving = [self._readers.pop(source) for source in idle[:n_leaving]]
        for reader in leaving:
            reader.end()

    def _tell(self, attempt: Attempt) -> None:
        self._on_attempt(replace(attempt, process=PROCESS_NAME))


@contextmanager
def _file_beside(text: str) -> Iterator[str]:
    """A file for the columns of a long text while it is asked for; "" where none can be had."""
    with ExitStack() as stack:
        beside = ""
        if len(text) > _LONG_LETTERS:
            with suppress(OSError):
                folder = stack.enter_context(_folder_of_process())
                beside = str(Path(folder, "columns"))
        yield beside


def _folder_of_process() -> TemporaryDirectory[str]:
    """Named as a draft, so that the next program finds what a killed one has left."""
    sweep(Path(gettempdir()), _COLUMNS)
    return TemporaryDirectory(
        prefix=f".{_COLUMNS}", suffix=f".{os.getpid()}.partial", ignore_cleanup_errors=True
    )


def _unpacked(done: CutDone, beside: str) -> Cut:
    if not os.path.isfile(beside):
        return unpacked(done)
    with open(beside, "rb") as file:
        return unpacked(done, file)


def _refuse_too_long(text: str) -> None:
    n_bytes = len(text.encode("utf-8", "replace"))
    if n_bytes > MAX_TEXT_BYTES:
        raise UserError(
            f"This text has {size_text(n_bytes)}; at most {size_text(MAX_TEXT_BYTES)} are cut at "
            "once.",
            "Take a part of it.",
        )
