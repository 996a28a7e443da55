"""`assay tokens`: a text as the tokens of one or several tokenizers, and what languages cost."""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli import token_languages, token_parity, token_surprise
from app.cli.interrupts import interrupts
from app.cli.terminal import harmless
from app.cli.token_words import print_words
from labs.tokens.comparison import MOST_TOKENIZERS, Failure, Outcome, View, compare
from labs.tokens.reading import Reading, read_file, read_stream, read_text
from labs.tokens.words import counted, sentences
from models.errors import UserError
from models.long_work import result_of
from models.tokenizers.cut import KINDS
from models.tokenizers.source import find_source, told_apart

if TYPE_CHECKING:
    from app.services import Services

_USUAL = "starter"
_TEXT_SUFFIXES = (".txt", ".md", ".json", ".jsonl", ".csv", ".html", ".xml", ".py")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "text",
        metavar="TEXT|FILE",
        nargs="?",
        default="",
        help="the text, its file, or - for stdin",
    )
    parser.add_argument(
        "--model", action="append", metavar="M",
        help=f"up to {MOST_TOKENIZERS} of: starter, a name from the list, a path (GGUF, "
        "tokenizer.json, SentencePiece, .tiktoken), cl100k",
    )  # fmt: skip
    parser.add_argument(
        "--special", action="store_true",
        help="let text that spells a control token become one, as nothing a user types ever may",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    token_languages.add_arguments(parser)
    token_parity.add_arguments(parser)
    token_surprise.add_arguments(parser)


def run(args: argparse.Namespace, services: Services) -> int:
    """Print to stdout; UserError is left to the caller. Not 0 where a tokenizer failed."""
    names = args.model or [_USUAL]
    _refuse_unused(args)
    if args.languages:
        return token_languages.run(args, services, names)
    if args.same:
        reading = _read(args.text) if args.text else Reading("")
        return token_parity.run(args, services, names, reading)
    reading = _read(args.text)
    if args.surprise:
        return token_surprise.run(args, services, names, reading)
    sources = told_apart([find_source(services.library, name) for name in names])
    with interrupts() as cancel:
        work = compare(services.tokenizers, sources, reading.text, args.special, cancel)
        outcomes = result_of(work)
    failed = [outcome for outcome in outcomes if isinstance(outcome, Failure)]
    if len(outcomes) == 1 and failed:
        raise failed[0].error
    if args.json:
        print(json.dumps(_as_json(reading, outcomes), ensure_ascii=False, indent=1))
    else:
        _print(reading, outcomes)
    return 1 if failed else 0


def _refuse_unused(args: argparse.Namespace) -> None:
    """A flag that would do nothing is not passed over in silence."""
    if args.languages + args.same + args.surprise > 1:
        raise UserError("--languages, --same and --surprise exclude each other.", "Take one.")
    for flag, is_given in (("--speed", args.speed), ("--reference", args.reference)):
        if is_given and not args.languages:
            raise UserError(f"{flag} is for --languages only.", "Add --languages.")
    if args.languages and args.text:
        raise UserError("--languages brings a text of its own.", "Leave yours out.")
    if args.special and (args.languages or args.same or args.surprise):
        raise UserError("--special is for the tokens of a text only.", "Leave it out here.")


def _read(text: str) -> Reading:
    """Of a path that leads to no file: read as the text that it is, and said so."""
    if text == "-":
        reading = read_stream(sys.stdin.buffer, "The text from stdin")
    elif os.path.exists(text) and not os.path.isdir(text):
        reading = read_file(Path(text))
    else:
        reading = read_text(text)
        if what := _no_file(text):
            note = f"{what}: these are the tokens of its name."
            reading = replace(reading, notes=(*reading.notes, note))
    if not reading.text:
        raise UserError("There is no text.", "Give a text, or the path of a file.")
    return reading


def _no_file(text: str) -> str:
    """Why what looks like a path was not opened; "" where it looks like none."""
    path = Path(text)
    if len(text.split()) != 1:
        return ""
    if os.path.isdir(text):
        return f"{text} is a folder" if os.sep in text else ""
    is_far = path.is_absolute() and len(path.parts) > 2
    looks_so = is_far or path.suffix in _TEXT_SUFFIXES or text.startswith(("./", "../"))
    return f"There is no file {text}" if looks_so else ""


# ---- JSON ----------------------------------------------------------------------------------


def _as_json(reading: Reading, outcomes: tuple[Outcome, ...]) -> dict[str, Any]:
    tokenizers = [_view(o) if isinstance(o, View) else _failure(o) for o in outcomes]
    return {"notes": list(reading.notes), "tokenizers": tokenizers}


def _failure(outcome: Failure) -> dict[str, Any]:
    return {"name": outcome.source.name, "error": str(outcome.error)}


def _view(view: View) -> dict[str, Any]:
    return {
        "name": view.source.name,
        "family": view.facts.family,
        "n_vocabulary": view.facts.n_tokens,
        "notes": list(view.facts.notes),
        "measures": asdict(view.measures),
        "shared_cuts": view.shared_cuts,
        "tokens": [_token(view, index) for index in range(len(view.cut))],
    }


def _token(view: View, index: int) -> dict[str, Any]:
    token = view.cut[index]
    return {
        "id": token.token_id,
        "text": token.raw.decode("utf-8", "replace"),
        "bytes": token.raw.hex(),
        "start": token.start,
        "end": token.end,
        "kind": KINDS[token.kind] or "normal",
        "shares_character": token.shares,
    }


# ---- words ---------------------------------------------------------------------------------


def _print(reading: Reading, outcomes: tuple[Outcome, ...]) -> None:
    for note in reading.notes:
        print(note)
    for outcome in outcomes:
        if isinstance(outcome, Failure):
            print(f"{outcome.source.name}: {outcome.error}\n")
        else:
            _print_view(outcome)


def _print_view(view: View) -> None:
    print(f"{view.source.name}  ·  {view.facts.family}  ·  {view.facts.n_tokens:,} in all")
    for note in view.facts.notes:
        print(f"    {note}")
    print_words(len(view.cut), partial(_word, view))
    print(f"    {counted(view.measures.n_tokens, 'token')}")
    for line in sentences(view.measures):
        print(f"    {line}")
    if view.shared_cuts is not None:
        print(f"    {100 * view.shared_cuts:.0f} % of its cuts are cuts of the first one too")
    print()


def _word(view: View, index: int) -> str:
    token = view.cut[index]
    shown = harmless(token.text.replace("\n", "\\n").replace("\t", "\\t"))
    return f"[{shown or '0x' + token.raw.hex()}]{token.token_id}"
