"""`assay tokens --surprise`: how surprised models are at a text."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Generator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from app.cli.interrupts import interrupts
from app.cli.terminal import harmless
from app.cli.token_words import print_words
from labs.tokens.reading import Reading
from labs.tokens.surprise import Surprise, read
from labs.tokens.surprise_difference import Difference, context, difference
from labs.tokens.surprise_sheet import surprise_sheet
from labs.tokens.words import counted
from models.cancel import CancelToken
from models.engine.messages import Progress
from models.errors import UserError
from models.long_work import result_of

if TYPE_CHECKING:
    from app.services import Services

MOST_MODELS, _LARGEST = 2, 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--surprise", action="store_true",
        help="load the model, or two to compare, and tell in bits how surprised it is at each "
        "token",
    )  # fmt: skip


def run(
    args: argparse.Namespace, services: Services, names: Sequence[str], reading: Reading
) -> int:
    """Print to stdout; UserError is left to the caller."""
    if len(names) > MOST_MODELS:
        raise UserError(f"{len(names)} models cannot be compared here.", "Name one or two.")
    with interrupts() as cancel:
        readings = [_read(services, name, reading.text, cancel) for name in names]
    found = difference(*readings) if len(readings) == MOST_MODELS else None
    text = reading.text.encode()
    if args.json:
        print(result_of(surprise_sheet(readings, found, text)))
        return 0
    for note in reading.notes:
        print(note)
    for each in readings:
        _print(each, with_tokens=found is None)
    if found is not None:
        _print_difference(found, text)
    return 0


def _read(services: Services, name: str, text: str, cancel: CancelToken) -> Surprise:
    entry = services.library.resolve_to_run(name)
    settings = services.library.load_settings(entry)
    return _told(read(services.pool, services.tokenizers, entry, settings, text, cancel))


def _told(steps: Generator[object, None, Surprise]) -> Surprise:
    """Progress on one line of a terminal."""
    is_terminal = sys.stderr.isatty()
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            surprise: Surprise = end.value
            if is_terminal:
                print("\r\x1b[K", end="", file=sys.stderr)
            return surprise
        if is_terminal and isinstance(step, Progress) and step.phase == "prompt":
            words = f"\r{step.done:,} of {step.total:,} tokens"
            print(words, end="", file=sys.stderr, flush=True)


def _print(surprise: Surprise, *, with_tokens: bool) -> None:
    totals = surprise.totals
    print(surprise.model)
    for note in surprise.notes:
        print(f"    {note}")
    if totals.bits_per_byte is not None:
        print(
            f"    {totals.bits_per_byte:.4f} bits a byte, {totals.bits_per_token:.4f} bits a "
            f"token, perplexity {totals.perplexity:,.4f}, over {counted(totals.n, 'token')}"
        )
    if totals.n_broken:
        print(f"    {totals.n_broken:,} tokens after numbers that were none (NaN), left out")
    if with_tokens:
        print_words(len(surprise.tokens), partial(_word, surprise))


def _word(surprise: Surprise, index: int) -> str:
    bits, token = surprise.bits(index), surprise.cut[index]
    shown = _shown(token.text) or f"0x{token.raw.hex()}"
    return f"[{shown}]{'–' if bits is None else f'{bits:.1f}'}"


def _print_difference(found: Difference, text: bytes) -> None:
    if found.first_bits_per_byte is None or found.second_bits_per_byte is None:
        print("There is nothing that both predicted.")
        return
    how = "the same tokens" if found.has_same_tokens else "the smallest common stretches"
    change = found.second_bits_per_byte - found.first_bits_per_byte
    print(f"Second − first: {change:+.4f} bits a byte, over {how}. Largest differences, in bits:")
    for span in found.largest(_LARGEST):
        before, inner, after = (_shown(piece) for piece in context(text, span))
        print(f"    {span.difference:+8.2f}  …{before}[{inner}]{after}…")


def _shown(text: str) -> str:
    return harmless(text.replace("\n", "\\n").replace("\t", "\\t"))
