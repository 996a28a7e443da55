"""A traced word, held against what the tokenizer itself makes of it."""

from __future__ import annotations

from models.errors import UserError
from models.tokenizers.merges import MAX_WORD_BYTES, traced
from models.tokenizers.messages import Trace, TraceStep
from models.tokenizers.opened import Tokenizer


def trace(word: str, tokenizer: Tokenizer) -> Trace:
    """Raises UserError for a family that is not traced, a text that is no single word, and
    wherever the trace would end in other tokens than the tokenizer's."""
    if tokenizer.merges is None:
        raise UserError(
            f"{tokenizer.family} is not traced: only BPE joins pairs by rank.",
            "Choose a tokenizer of that family.",
        )
    raw = word.encode("utf-8", "replace")
    if len(raw) > MAX_WORD_BYTES:
        raise UserError(f"A word of at most {MAX_WORD_BYTES} bytes is traced.", "Write one word.")
    merges = tokenizer.merges()
    steps = traced(raw, merges.rank)
    begin = tuple(bytes((byte,)) for byte in raw)
    ids = tokenizer.vocabulary.encode(word, False, False)
    real = tuple(map(tokenizer.vocabulary.piece, ids))
    end = steps[-1].pieces if steps else begin
    # A token that its merges do not make can only have been taken whole.
    whole = real == (raw,) and (merges.takes_whole or end != real)
    if end != real and not whole:
        raise UserError(
            "This is not one word to the tokenizer: it cuts a text into words first, and joins "
            "nothing across their edges.",
            "Write one word, with the blank in front of it where it has one.",
        )
    return Trace(
        tuple(piece.hex() for piece in begin),
        tuple(TraceStep(s.rank, s.place, tuple(p.hex() for p in s.pieces)) for s in steps),
        whole,
    )
