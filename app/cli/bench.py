"""`assay bench`: how fast a model reads and writes on this machine."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from app.cli.door import add_open_door
from app.cli.interrupts import interrupts
from labs.benchmark.kept import complete, document_of, keep
from labs.benchmark.results import Benchmark
from labs.benchmark.session import Means, Step
from labs.benchmark.session import run as run_session
from labs.benchmark.wish import N_READ, N_WRITTEN, REPETITIONS, Subject, Wish
from labs.benchmark.words import heading, notes, table
from models.errors import UserError
from models.hardware.memory import free_bytes
from models.hardware.sampler import Sampler

if TYPE_CHECKING:
    from app.services import Services

COMPLETE, FAILED, PARTIAL = 0, 1, 130


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Measures how fast a model reads a prompt and writes a reply, as llama-bench does (random "
        "tokens, no tokenizer, no sampling), and beside it the same model as one chats with it. "
        "All settings take turns, repetitions during which other programs kept the processor busy "
        "are marked, and the result is kept. Ctrl-C keeps what is there."
    )
    parser.add_argument("--model", action="append", metavar="M",
                        help="starter, a listed name, or a path; several take turns")  # fmt: skip
    parser.add_argument("-p", "--n-prompt", type=int, default=N_READ, metavar="N",
                        help=f"tokens to read ({N_READ}); 0 for none")  # fmt: skip
    parser.add_argument("-n", "--n-gen", type=int, default=N_WRITTEN, metavar="N",
                        help=f"tokens to write ({N_WRITTEN}); 0 for none")  # fmt: skip
    parser.add_argument("--depth", type=int, default=0, metavar="N",
                        help="tokens that the cache holds before (0)")  # fmt: skip
    parser.add_argument("-r", "--repetitions", type=int, default=REPETITIONS, metavar="N",
                        help=f"after one that warms up ({REPETITIONS})")  # fmt: skip
    parser.add_argument("-t", "--threads", type=_numbers, default=(), metavar="1,2,4",
                        help="numbers of threads to compare")  # fmt: skip
    parser.add_argument("--gpu-layers", type=_numbers, default=(), metavar="0,16,-1",
                        help="layers on the graphics processor to compare; -1 is all")  # fmt: skip
    parser.add_argument("--flash-attention", choices=("auto", "on", "off"),
                        help="if not as the model is loaded")  # fmt: skip
    parser.add_argument("--batch", type=int, default=0, metavar="N",
                        help="tokens read at once, if not as the model is loaded")  # fmt: skip
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the random tokens (1)")
    parser.add_argument("--no-chat", action="store_true", help="do not measure it as chatted")
    parser.add_argument("--no-keep", action="store_true", help="do not keep the result")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    add_open_door(parser)


def _numbers(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(word) for word in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no list of numbers such as 1,2,4") from None


def run(args: argparse.Namespace, services: Services) -> int:
    """The table on stdout, progress on stderr; UserError is left to the caller."""
    wish = _wish(args, services)
    with interrupts() as cancel, _sampler() as readings:
        means = Means(services.pool, services.sandbox, free_bytes(), readings)
        found = _follow(run_session(wish, means, cancel))
    found = tuple(complete(each, services.library) for each in found)
    kept = [] if args.no_keep else _keep(found, services)
    if args.json:
        documents = [document_of(each) | {"notes": list(notes(each))} for each in found]
        print(json.dumps({"benchmarks": documents, "kept": kept}, indent=2, allow_nan=False))
    else:
        _print(found, kept)
    return _code(found)


def _wish(args: argparse.Namespace, services: Services) -> Wish:
    library = services.library
    entries = [library.resolve_to_run(name) for name in args.model or ["starter"]]
    return Wish(
        tuple(Subject(entry, library.load_settings(entry)) for entry in entries),
        args.n_prompt, args.n_gen, args.depth, args.repetitions, args.threads, args.gpu_layers,
        args.flash_attention, args.batch, args.seed, not args.no_chat,
    )  # fmt: skip


@contextmanager
def _sampler() -> Iterator[Sampler]:
    """Reads the sensors while it lasts."""
    with closing(Sampler()) as sampler:
        sampler.start()
        yield sampler


def _follow(work: Generator[Any, None, tuple[Benchmark, ...]]) -> tuple[Benchmark, ...]:
    shown = sys.stderr.isatty()
    while True:
        try:
            event = next(work)
        except StopIteration as end:
            result: tuple[Benchmark, ...] = end.value
            if shown:
                print("\r\x1b[K", end="", file=sys.stderr)
            return result
        if shown:
            print(f"\r\x1b[K{_words(event)}", end="", file=sys.stderr, flush=True)


def _words(event: Any) -> str:
    if isinstance(event, Step):
        return f"{event.done + 1} of {event.total}: {event.detail}"
    return str(event.detail)


def _keep(found: Sequence[Benchmark], services: Services) -> list[str]:
    """Where they lie; a result that cannot be kept is shown all the same."""
    try:
        return [str(keep(services.paths.benchmarks, each)) for each in found if each.has_readings]
    except UserError as error:
        print(f"assay: {error}", file=sys.stderr)
        return []


def _print(found: Sequence[Benchmark], kept: Sequence[str]) -> None:
    for benchmark in found:
        print("\n\n".join(filter(None, (heading(benchmark), table(benchmark)))))
        for note in notes(benchmark):
            print(f"\n{note}")
        print()
    for path in kept:
        print(f"Kept in {path}")


def _code(found: Sequence[Benchmark]) -> int:
    if any(each.problem for each in found):
        return FAILED
    return PARTIAL if any(each.is_partial for each in found) else COMPLETE
