"""`assay chat`: one turn on the command line, streaming, saving nothing unless asked."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from app.cli.door import add_open_door
from app.cli.interrupts import interrupts
from app.cli.terminal import harmless
from labs.chat.conversation import ChatOptions, Message
from labs.chat.identity import identity_of
from labs.chat.store import ChatStore
from labs.chat.turn import Started, reply
from models.cancel import CancelToken
from models.engine.messages import Delta, Progress, Sampling
from models.errors import UserError
from models.library.entry import ModelEntry

if TYPE_CHECKING:
    from app.services import Services

FAILED, INTERRUPTED = 1, 130


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", metavar="TEXT", help="what to ask; - reads it from the input")
    parser.add_argument(
        "--model", default="starter", metavar="M",
        help="starter, a name from “assay models list” (ollama:NAME too), a path, or sim:NAME",
    )  # fmt: skip
    parser.add_argument("--seed", type=int, default=-1, metavar="N", help="−1 draws one")
    parser.add_argument("--max-tokens", type=int, default=-1, metavar="N", help="longest reply")
    parser.add_argument("--temperature", type=float, metavar="T", help="0 is always the likeliest")
    parser.add_argument("--system", default="", metavar="S", help="the system prompt")
    parser.add_argument("--json", action="store_true", help="print one JSON object at the end")
    parser.add_argument("--save", action="store_true", help="keep the chat with the others")
    add_open_door(parser)


def run(args: argparse.Namespace, services: Services) -> int:
    """Print the reply to stdout; UserError is left to the caller."""
    question = _from_input() if args.text == "-" else args.text
    if not question.strip():
        raise UserError("There is nothing to ask.", 'Write the question: assay chat "Hello".')
    options = _options(args)
    entry = services.library.resolve_to_run(args.model)
    with _store(services, args.save) as store, interrupts() as cancel:
        message = _turn(services, store, entry, options, question, cancel, args.json)
    if args.json:
        print(json.dumps(_as_json(message, saved=args.save), indent=2))
    else:
        print()
    return _closing_word(message)


def _from_input() -> str:
    return sys.stdin.read() if sys.stdin else ""


def _options(args: argparse.Namespace) -> ChatOptions:
    sampling = replace(Sampling(), seed=args.seed)
    if args.temperature is not None:
        if not 0 <= args.temperature <= 10:
            raise UserError("The temperature must lie between 0 and 10.", "Try 0.8.")
        sampling = replace(sampling, temperature=args.temperature)
    if args.max_tokens == 0 or args.max_tokens < -1:
        raise UserError("--max-tokens must be 1 or more.", "Leave it out for no limit.")
    return ChatOptions(args.system, sampling, args.max_tokens)


@contextmanager
def _store(services: Services, save: bool) -> Iterator[ChatStore]:
    """The user's chats with `save`, otherwise one that is gone afterwards."""
    if save:
        if services.problems:
            raise services.problems[0]
        yield services.chats
        return
    store = ChatStore(None)
    try:
        yield store
    finally:
        store.close()


def _turn(
    services: Services,
    store: ChatStore,
    entry: ModelEntry,
    options: ChatOptions,
    question: str,
    cancel: CancelToken,
    quiet: bool,
) -> Message:
    chat = store.create_chat(options, entry.model)
    asked = store.add_message(chat.id, None, "user", question)
    identity = identity_of(services.library, entry)
    leasing = services.lease(entry, holder="assay chat", cancel=cancel)
    with _follow(leasing, quiet) as lease:
        steps = reply(
            store, lease.engine, services.sandbox, chat.id,
            parent_id=asked.id, cancel=cancel, identity=identity,
        )  # fmt: skip
        message: Message = _follow(steps, quiet)
    return message


def _follow(steps: Generator[Any, None, Any], quiet: bool) -> Any:
    """Run long work to its end, or to where its output is no longer read."""
    with closing(steps):
        while True:
            try:
                event = next(steps)
            except StopIteration as end:
                return end.value
            _show(event, quiet)


def _show(event: Any, quiet: bool) -> None:
    """Text on stdout, the rest on a terminal's stderr."""
    if isinstance(event, Delta) and not quiet:
        print(harmless(event.text), end="", flush=True)
    elif isinstance(event, Progress) and sys.stderr.isatty():
        _show_progress(event)
    elif isinstance(event, Started):
        for note in event.notes:
            print(f"assay: {note}", file=sys.stderr)


def _show_progress(event: Progress) -> None:
    what = "Loading the model" if event.phase == "load" else "Reading the question"
    done = event.done >= event.total
    share = "" if done else f"{what}: {100 * event.done // max(1, event.total)} %"
    print(f"\r\x1b[K{share}", end="", file=sys.stderr, flush=True)


def _closing_word(message: Message) -> int:
    """Say what went wrong and choose the exit code."""
    if message.state == "stopped":
        return INTERRUPTED
    if message.error:
        print(f"assay: {message.error}", file=sys.stderr)
        return FAILED
    return 0


def _as_json(message: Message, saved: bool) -> dict[str, Any]:
    record = message.provenance
    return {
        "text": message.text,
        "state": message.state,
        "error": message.error,
        "chat_id": message.chat_id if saved else None,
        "prompt_tokens": record.prompt_tokens if record else 0,
        "cached_tokens": record.cached_tokens if record else 0,
        "reply_tokens": record.reply_tokens if record else 0,
        "time_to_first_token_s": record.time_to_first_token_s if record else None,
        "tokens_per_second": record.tokens_per_second if record else None,
        "stop_reason": record.stop_reason if record else "",
        "provenance": asdict(record) if record else None,
    }
