"""`assay serve`: models for other programs, until Ctrl-C."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from app.cli.interrupts import interrupts
from app.cli.terminal import harmless
from models.cancel import CancelToken
from models.engine.messages import Progress
from models.engine.pool import Waiting
from models.errors import UserError
from models.long_work import result_of

if TYPE_CHECKING:
    from app.services import Services
    from models.library.entry import ModelEntry
    from models.serving.access import Access
    from models.serving.server import Server


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Answers other programs on this machine as OpenAI's API does, until Ctrl-C. They need the "
        "address and the token, which is taken from --token-file or ASSAY_TOKEN, or else made and "
        "shown once."
    )
    parser.add_argument("--port", type=int, metavar="N", help="4517 where nothing is said")
    parser.add_argument("--token-file", type=Path, metavar="F", help="a file that holds the token")
    parser.add_argument("--model", metavar="M", help="serve this model only, and load it now")
    parser.add_argument("--allow-origin", action="append", default=[], metavar="URL",
                        help="let pages in, such as those of http://localhost:3000")  # fmt: skip
    parser.add_argument("--quiet", action="store_true", help="write no line for each request")


def run(args: argparse.Namespace, services: Services) -> int:
    """Serve until Ctrl-C; UserError is left to the caller."""
    from models.serving.access import Access, given_token, new_token
    from models.serving.server import serving

    given = given_token(args.token_file, os.environ)
    access = Access(given or new_token(), tuple(map(_origin, args.allow_origin)))
    entry = services.library.resolve_to_run(args.model) if args.model else None
    with interrupts() as cancel:
        if entry:
            _load(services, entry, cancel)
        else:
            result_of(services.library.scan())
        server = _server(args, services, access, entry)
        with closing(serving(server, cancel)) as running:
            next(running)
            _introduce(server, access.token if not given else "", entry)
            result_of(running)
    say("Stopped.")
    return 0


def _server(
    args: argparse.Namespace, services: Services, access: Access, entry: ModelEntry | None
) -> Server:
    from app.crash import CrashLog
    from models.serving.served_models import ServedModels
    from models.serving.server import DEFAULT_PORT, Server

    crashes = CrashLog(services.paths.crashes)
    return Server(
        ServedModels(services.library, services.pool, entry, servers=services.servers),
        services.sandbox,
        access,
        port=DEFAULT_PORT if args.port is None else args.port,
        log=(lambda line: None) if args.quiet else say,
        on_bug=lambda error: say(f"Something went wrong inside Assay: {crashes.keep_bug(error)}"),
    )


def _load(services: Services, entry: ModelEntry, cancel: CancelToken) -> None:
    """Read the model before the first request, and the weights stay until the end."""
    shown = sys.stderr.isatty()
    leasing = services.lease(entry, holder="assay serve", cancel=cancel)
    while True:
        try:
            event = next(leasing)
        except StopIteration as end:
            end.value.release()
            if shown:
                print("\r\x1b[K", end="", file=sys.stderr)
            return
        if shown and isinstance(event, Progress | Waiting):
            share = event.done * 100 // max(1, event.total) if isinstance(event, Progress) else 0
            print(f"\r\x1b[KLoading {harmless(entry.name)}: {share} %", end="", file=sys.stderr)


def _introduce(server: Server, made_token: str, entry: ModelEntry | None) -> None:
    """The token goes to stdout once, and only where nobody has it yet."""
    print(f"Address: {server.address}")
    if made_token:
        print(f"Token:   {made_token}")
    print(harmless(f"Model:   {entry.name if entry else 'any of “assay models list”'}"), flush=True)
    say("Programs on this machine can ask now. Ctrl-C ends it.")


def _origin(url: str) -> str:
    """As browsers send it: scheme, host and port alone."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise UserError(f"“{url}” is no address of a page.", "Try http://localhost:3000.")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
