"""The process that reads one tokenizer: `python -P -m models.tokenizers.child`.

A vocabulary can be hostile, and a long text takes seconds: native code that fails, or does not
come back, ends this process and not the window.
"""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any

from models.engine.codec import MESSAGE_TYPES, message_types
from models.engine.messages import Failed, Tokenized
from models.engine.prompt_tokens import tokenize_parts
from models.engine.wire import Wire
from models.errors import UserError
from models.tokenizers import messages
from models.tokenizers.cut import Cut, CutDone, packed
from models.tokenizers.cutting import NOTHING, cut, whole_vocabulary
from models.tokenizers.messages import (
    CutParts,
    CutsDone,
    CutText,
    CutTexts,
    Facts,
    ListTokens,
    OpenTokenizer,
    TokenList,
    TraceWord,
)
from models.tokenizers.opened import Tokenizer, open_tokenizer
from models.tokenizers.tracing import trace

KNOWN = {**MESSAGE_TYPES, **message_types(messages)}


def main() -> None:
    wire = Wire.of_process(KNOWN)
    wire.hello()
    desk = Desk()
    for request_id, request in wire.requests():
        wire.send(request_id, desk.answer(request))


class Desk:
    """Holds the one tokenizer of this process."""

    _tokenizer: Tokenizer

    def answer(self, request: Any) -> Any:
        try:
            return self._handle(request)
        except UserError as error:
            return Failed("user", error.message, error.hint)
        except MemoryError:
            return Failed("user", "This text takes more memory than there is.", "Take a part.")
        except Exception as error:  # noqa: BLE001 - the parent shows it as a bug with its traceback
            return Failed("bug", f"{type(error).__name__}: {error}", log=traceback.format_exc())

    def _handle(self, request: Any) -> Any:
        match request:
            case OpenTokenizer():
                self._tokenizer = open_tokenizer(request.kind, Path(request.path))
                return _facts(self._tokenizer)
            case CutText():
                made = cut(request.text, self._tokenizer, request.parse_special)
                return carried(made, request.beside)
            case CutTexts():
                return _cuts(request, self._tokenizer)
            case ListTokens():
                return TokenList(packed(whole_vocabulary(self._tokenizer)))
            case CutParts():
                tokens = tokenize_parts(request.parts, self._tokenizer.vocabulary)
                return Tokenized(len(tokens), tuple(tokens))
            case TraceWord():
                return trace(request.word, self._tokenizer)
        raise TypeError(f"not a request: {request!r}")


def carried(made: Cut, beside: str) -> CutDone:
    """Where the file cannot be written (no room, or nobody waits any more), the message takes
    longer."""
    if beside:
        try:
            with open(beside, "wb") as file:
                return packed(made, file)
        except OSError:
            pass
    return packed(made)


def _cuts(request: CutTexts, tokenizer: Tokenizer) -> CutsDone:
    if request.kind:
        tokenizer = open_tokenizer(request.kind, Path(request.path))
    cuts, problems = [], []
    for text in request.texts:
        made, problem = NOTHING, ""
        try:
            made = cut(text, tokenizer, request.parse_special, framed=request.framed)
        except UserError as error:
            problem = str(error)
        cuts.append(packed(made))
        problems.append(problem)
    return CutsDone(tuple(cuts), tuple(problems))


def _facts(tokenizer: Tokenizer) -> Facts:
    return Facts(
        tokenizer.family,
        tokenizer.n_tokens,
        tokenizer.vocabulary.bos_text,
        tokenizer.eos_text,
        tokenizer.chat_template,
        tokenizer.notes,
    )


if __name__ == "__main__":
    main()
