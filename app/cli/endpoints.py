"""`assay models endpoints`: the OpenAI-compatible servers that Assay knows."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.door import add_open_door
from app.cli.terminal import harmless
from models.errors import UserError

if TYPE_CHECKING:
    from app.services import Services
    from models.remote.servers import Server, Servers

_MOST_SHOWN = 8


def add_parser(commands: Any) -> None:
    """Below the `commands` of `assay models`."""
    parser = commands.add_parser("endpoints", help="servers that speak the OpenAI protocol")
    actions = parser.add_subparsers(dest="endpoints_action", required=True, metavar="ACTION")
    add = actions.add_parser("add", help="remember a server, or change one of that name")
    add.add_argument("name", metavar="NAME", help="its models are then endpoint:NAME/MODEL")
    add.add_argument("address", metavar="URL", help="such as http://127.0.0.1:1234/v1")
    add.add_argument(
        "--token-file", type=Path, metavar="FILE",
        help="its token; kept in the keyring of this system",
    )  # fmt: skip
    add_open_door(add)
    listing = actions.add_parser("list", help="every server that was added")
    listing.add_argument("--json", action="store_true", help="print one JSON object")
    remove = actions.add_parser("remove", help="forget a server and its token")
    remove.add_argument("name", metavar="NAME")


def run(args: argparse.Namespace, services: Services) -> int:
    """Print to stdout; UserError is left to the caller."""
    actions = {"add": _add, "list": _list, "remove": _remove}
    actions[args.endpoints_action](args, services.servers)
    return 0


def _add(args: argparse.Namespace, servers: Servers) -> None:
    token = _token(args.token_file) if args.token_file else ""
    server = servers.add(args.name, args.address, token)
    print(f"Added {server.name} at {server.address}.")
    try:
        names = [entry.name for entry in servers.ask(server).entries]
    except UserError as error:
        print(harmless(f"    It could not be asked yet: {error}"))
        return
    for name in names[:_MOST_SHOWN]:
        print(harmless(f"    {name}"))
    if len(names) > _MOST_SHOWN:
        print(f"    and {len(names) - _MOST_SHOWN} more; “assay models list” shows them all")
    if not names:
        print("    It answers, and has no model.")


def _token(path: Path) -> str:
    try:
        token = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            f"The token could not be read from {path}: {error}.", "Check the file."
        ) from error
    if not token or not token.isascii() or len(token.split()) != 1:
        raise UserError(f"{path} does not hold one token.", "Put the token in it and nothing else.")
    return token


def _list(args: argparse.Namespace, servers: Servers) -> None:
    added = _added(servers)
    if args.json:
        listed = [{"name": server.name, "address": server.address} for server in added]
        print(json.dumps({"endpoints": listed}, indent=2))
        return
    for server in added:
        print(f"{server.name:24} {server.address}")
    if not added:
        print("No server was added. “assay models endpoints add NAME URL” adds one.")


def _remove(args: argparse.Namespace, servers: Servers) -> None:
    if args.name not in [server.name for server in _added(servers)]:
        raise UserError(
            f"There is no server called “{args.name}”.",
            "“assay models endpoints list” shows which there are.",
        )
    servers.remove(args.name)
    print(f"{args.name} is forgotten, and its token with it.")


def _added(servers: Servers) -> tuple[Server, ...]:
    return tuple(server for server in servers.servers() if not server.is_ollama)
