"""`assay compare`: what quantizing a model costs, measured on this machine."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Generator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.interrupts import interrupts
from labs.quantization.comparison import Compared, Comparison
from labs.quantization.document import Record, document_of
from labs.quantization.family import member_of
from labs.quantization.kept import keep
from labs.quantization.pace import is_slow, slow_sentence
from labs.quantization.recording import record
from labs.quantization.session import Wish
from labs.quantization.table import notes_of, table_of
from labs.quantization.texts import bundled_texts, text_of
from labs.quantization.variant import Variant, variants_of
from labs.telemetry.words import caveats_of
from labs.telemetry.workers import watch_of
from models.engine.messages import Progress
from models.errors import Cancelled, UserError
from models.hardware.memory import free_bytes
from models.hardware.sampler import Sampler

if TYPE_CHECKING:
    from app.services import Services

COMPLETE, FAILED, PARTIAL = 0, 1, 130
NOTHING = "Stopped before all had read the first window: there is nothing to show or to keep."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Reads the same text with two or more files of one model and says how far each is from "
        "BASE: divergence, perplexity, the same likeliest token, size, memory and speed, each with "
        "its error. A name may end in the types of the attention cache: starter@q8_0, or "
        "starter@f16/q8_0 for keys and values. All are loaded with the settings saved for BASE. "
        "Ctrl-C keeps what is there (exit code 130), and a model that fails on the way takes "
        "nothing away either (exit code 1). Each comparison is kept and can be opened on the "
        "Quantization page."
    )
    parser.add_argument("base", metavar="BASE", help="the reference, best in full weights")
    parser.add_argument("others", nargs="+", metavar="OTHER", help="other files of the same model")
    parser.add_argument("--windows", type=int, default=20, metavar="N",
                        help="pieces of text to read (20)")  # fmt: skip
    parser.add_argument("--window-tokens", type=int, default=512, metavar="N",
                        help="tokens a piece; the second half is scored (512)")  # fmt: skip
    parser.add_argument("--text", type=Path, metavar="FILE",
                        help="a text of your own; otherwise prose, code and dialogue")  # fmt: skip
    parser.add_argument("--no-speed", action="store_true",
                        help="do not measure how fast each writes")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--tokens", action="store_true",
                        help="with --json, also what was said of each token")  # fmt: skip


def run(args: argparse.Namespace, services: Services) -> int:
    """The table on stdout, progress on stderr; UserError is left to the caller."""
    if args.tokens and not args.json:
        raise UserError("What was said of each token is part of the JSON alone.",
                        "Ask for both: --json --tokens.")  # fmt: skip
    library = services.library
    texts = (text_of(args.text),) if args.text else bundled_texts()
    words = (args.base, *args.others)
    variants = variants_of(words, library.resolve_to_run, library.load_settings)
    wish = Wish(variants, texts, args.windows, args.window_tokens, not args.no_speed)
    if slow := slow_sentence(_slow(variants)):
        print(slow, file=sys.stderr)
    with interrupts() as cancel, closing(Sampler()) as sampler:
        watch = watch_of(services.pool, sampler)
        sampler.start()
        try:
            made = _follow(record(wish, library, services.pool, free_bytes(), cancel, watch))
        except Cancelled:
            print(NOTHING, file=sys.stderr)
            return PARTIAL
    comparison = made.comparison
    if args.json:
        told = document_of(made, with_tokens=args.tokens)
        print(json.dumps(told, indent=2, allow_nan=False))
    else:
        print(table_of(comparison))
        for note in notes_of(comparison):
            print(f"\n{note}")
        for _, caveat in caveats_of(watch.summary()):
            print(f"\n{caveat}")
    _keep(services, made)
    return _code(comparison)


def _slow(variants: Sequence[Variant]) -> list[str]:
    """The names of those that take very long."""
    gpu_layers = variants[0].settings.gpu_layers
    return [each.label for each in variants if each.entry.format == "mlx"
            and is_slow(member_of(each.entry).kind, gpu_layers)]  # fmt: skip


def _code(made: Comparison) -> int:
    """As other commands have it where something failed; what is there was printed all the same."""
    if made.is_stopped:
        return PARTIAL
    return FAILED if made.ended_by or made.speed_problem else COMPLETE


def _keep(services: Services, made: Record) -> None:
    """The numbers are on the screen: where they cannot be kept, that is no failure."""
    try:
        path = keep(services.paths.comparisons, made)
    except UserError as error:
        print(error, file=sys.stderr)
    else:
        print(f"Kept as {path}", file=sys.stderr)


def _follow(work: Generator[Any, None, Record]) -> Record:
    shown = sys.stderr.isatty()
    while True:
        try:
            event = next(work)
        except StopIteration as end:
            result: Record = end.value
            if shown:
                print("\r\x1b[K", end="", file=sys.stderr)
            return result
        if shown:
            print(f"\r\x1b[K{_step(event)}", end="", file=sys.stderr, flush=True)


def _step(event: Any) -> str:
    if isinstance(event, Compared):
        if not event.label:
            return "Measuring how fast each writes"
        return f"Window {event.done + 1} of {event.total}: {event.label}"
    if isinstance(event, Progress):
        return f"Loading {event.done / 10:.0f} %"
    return str(event.detail)
