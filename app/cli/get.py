"""`assay models get`: see what a repository of the hub has, and download from it."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app.cli.door import add_open_door
from app.cli.interrupts import interrupts
from app.cli.terminal import harmless
from app.hub import open_hub
from app.widgets.durations import time_left
from models.amounts import size_text
from models.cancel import CancelToken
from models.download.choices import Choice
from models.download.curated import curated_models
from models.download.hub import Hub
from models.download.offer import Offer
from models.download.pace import DownloadProgress
from models.download.repository import parse_repository
from models.errors import Cancelled, UserError
from models.fit import VERDICT_WORDS, Forecast
from models.hardware.memory import free_bytes
from models.library.library import Library
from models.long_work import result_of

if TYPE_CHECKING:
    from app.services import Services


def add_parser(actions: Any) -> None:
    parser: argparse.ArgumentParser = actions.add_parser(
        "get", help="download a model from the Hugging Face hub"
    )
    parser.add_argument(
        "repository", metavar="REPO", nargs="?", help="its name or address; none: a short list"
    )
    parser.add_argument(
        "choice", metavar="FILE", nargs="?", default="", help="a file or type, such as Q8_0"
    )
    parser.add_argument("--yes", action="store_true", help="download without asking")
    parser.add_argument(
        "--save-token", action="store_true", help="ask for an access token and keep it (keyring)"
    )
    add_open_door(parser)


def run(args: argparse.Namespace, services: Services) -> int:
    """Print to stdout, progress to stderr; UserError is left to the caller."""
    hub = open_hub(services)
    if args.save_token:
        hub.token.save(getpass.getpass("Access token: "))
        print("The access token is in the keyring.")
    if args.repository is None:
        if not args.save_token:
            _print_short_list()
        return 0
    with interrupts() as cancel:
        offer = result_of(hub.look(parse_repository(args.repository, hub.endpoint), cancel))
    forecasts = offer.forecasts(free_bytes())
    recommended = offer.recommended(forecasts)
    _print_offer(offer, forecasts, recommended)
    choice = _choice(offer, args.choice) if args.choice else recommended or offer.default
    if not args.yes and not _agrees(choice):  # one Ctrl-C ends the question
        print("Nothing was downloaded. Add --yes to download.")
        return 0
    with interrupts() as cancel:
        _download(hub, services.library, offer, choice, cancel)
    return 0


def _print_short_list() -> None:
    memory = free_bytes()
    for model in curated_models():
        fit, size = VERDICT_WORDS[model.verdict(memory)], f"about {model.size_bytes / 1e9:.1f} GB"
        print(f"{model.repo:48} {size:>13}  {fit}\n    {model.why} {model.licence}.")
    print("“assay models get REPO” shows the files of one.")


def _print_offer(
    offer: Offer, forecasts: Mapping[str, Forecast], recommended: Choice | None
) -> None:
    print(f"{harmless(offer.listing.repo)}  {harmless(offer.listing.licence)}")
    for choice in offer.choices:
        fit = VERDICT_WORDS[forecasts[choice.id].verdict]
        notes = "recommended" if choice == recommended else ""
        if choice.missing_parts:
            notes = "parts are missing at the hub"
        print(
            f"  {choice.size_name or '':9} {harmless(choice.quantization):10} "
            f"{size_text(choice.size_bytes):>9}  {fit:11} {harmless(choice.name)}  {notes}".rstrip()
        )
    if offer.dimensions is None:
        print("  Forecasts are rough: from the sizes of the files alone.")


def _choice(offer: Offer, wanted: str) -> Choice:
    """By file, name or type. Raises UserError where that names none or one that lacks parts."""
    for choice in offer.choices:
        names = (choice.name, choice.quantization, *(file.path for file in choice.files))
        if wanted.casefold() in (name.casefold() for name in names):
            if choice.missing_parts:
                raise UserError(f"{choice.name} lacks parts at the hub.", "Choose another one.")
            return choice
    there = ", ".join(choice.quantization or choice.name for choice in offer.choices)
    raise UserError(f"{offer.listing.repo} has no {wanted}.", f"It has {there}.")


def _agrees(choice: Choice) -> bool:
    if not sys.stdin.isatty():
        return False
    question = f"Download {harmless(choice.name)}, {size_text(choice.size_bytes)}? [y/N] "
    return input(question).strip().casefold() in ("y", "yes")


def _download(
    hub: Hub, library: Library, offer: Offer, choice: Choice, cancel: CancelToken
) -> None:
    steps = hub.download(offer, choice, cancel)
    try:
        while True:
            _show(next(steps))
    except StopIteration as end:
        print(f"{harmless(choice.name)} is here and checked: it is exactly what the hub lists.")
        library.welcome(end.value)
        print(harmless(str(end.value)))
    except Cancelled:
        print("\nStopped. What has arrived is kept; the same command goes on.", file=sys.stderr)
        raise
    finally:
        steps.close()


def _show(progress: DownloadProgress) -> None:
    if sys.stderr.isatty():
        left = "" if progress.time_left_s is None else f" · {time_left(progress.time_left_s)}"
        end = "\n" if progress.done == progress.total else ""
        print(f"\r\033[K{progress.detail}{left}", end=end, file=sys.stderr, flush=True)
