"""`assay`: without arguments the window, with a command the command line."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from models.network import Door, install_door

# The file of each command in app/cli, and what it is for.
COMMANDS = {
    "chat": "one question, one reply",
    "models": "list, inspect, add, remove and download models",
    "run": "run an experiment, or go on with it",
    "check": "check run folders, as of a whole class",
    "replay": "ask the prompts of a run again and compare",
    "compare": "what a quantization costs: divergence, perplexity, speed",
    "bench": "how fast a model reads and writes on this machine",
    "quantize": "write a GGUF file again with fewer bits",
    "tokens": "a text as the tokens of one or several tokenizers",
    "telemetry": "what every sensor of this machine says",
    "serve": "answer other programs as OpenAI's API does",
    "doctor": "check whether this machine is ready",
    "demo": "one chat turn, its record and a picture",
}
COMMAND_FAILED, NO_DISPLAY, INTERRUPTED = 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run Assay; returns the exit code."""
    door = install_door()
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words:
        return _open_window(door, None)
    if words[0] == "--setup-status":
        return _open_window(door, _parser(()).parse_args(words).setup_status)
    from app.cli.output import writing

    return writing(lambda: _command(words, door))


def _command(words: Sequence[str], door: Door) -> int:
    options = _parser(() if words[0] == "--version" else words).parse_args(words)
    if getattr(options, "run", None) is not None:
        return _run_command(options, door)
    return _open_window(door, options.setup_status)


def _open_window(door: Door, setup_status: Path | None) -> int:
    from app.display import can_open_windows

    if not can_open_windows():
        print(
            "There is no display here, so no window can be shown. "
            'Try: assay chat "Hello", or assay demo.',
            file=sys.stderr,
        )
        return NO_DISPLAY

    from app.shell.start import run_window

    return run_window(door, setup_status)


def _parser(words: Sequence[str]) -> argparse.ArgumentParser:
    """With `words` the commands too; only the one that is asked for is imported."""
    parser = argparse.ArgumentParser(
        prog="assay", description="A desktop lab for local language models."
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    parser.add_argument("--setup-status", type=Path, metavar="FILE", help=argparse.SUPPRESS)
    if words:
        commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command")
        for name, summary in COMMANDS.items():
            if name not in words:
                commands.add_parser(name, help=summary)
                continue
            group = import_module(f"app.cli.{name}")
            command = commands.add_parser(name, help=summary)
            group.add_arguments(command)
            command.set_defaults(run=group.run)
    return parser


class _Version(argparse.Action):
    """Looks the version up only when asked."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from app.crash import version

        print(f"assay {version()}")
        parser.exit()


def _run_command(options: argparse.Namespace, door: Door) -> int:
    """Run one command; failures are a sentence, never a traceback."""
    from app.cli.door import command_gate
    from app.cli.output import OutputError
    from app.cli.terminal import harmless
    from app.paths import find_paths
    from app.services import open_services
    from app.settings_file import SettingsStore
    from models.errors import Cancelled, UserError

    try:
        paths = find_paths()
        settings = SettingsStore(paths.settings_file)
        services = open_services(paths, settings, command_gate(options, door, settings))
        try:
            return int(options.run(options, services))
        finally:
            services.close()
    except UserError as error:
        print(harmless(f"assay: {error}"), file=sys.stderr)  # it may quote a server
        return COMMAND_FAILED
    except (Cancelled, KeyboardInterrupt):
        return INTERRUPTED
    except OutputError:
        raise
    except Exception as bug:  # noqa: BLE001 - a command ends with a sentence, the rest is in the log
        return _report(bug)


def _report(bug: Exception) -> int:
    from app.cli.terminal import harmless
    from app.crash import CrashLog
    from app.paths import find_paths

    first_line = harmless(f"{type(bug).__name__}: {bug}".splitlines()[0])
    try:
        kept = f"The report is in {CrashLog(find_paths().crashes).keep_bug(bug)}"
    except OSError as error:
        kept = f"No report could be written ({error.strerror or error})"
    print(
        f"assay: something went wrong inside Assay ({first_line}). {kept}; nothing was sent.",
        file=sys.stderr,
    )
    return COMMAND_FAILED


if __name__ == "__main__":
    sys.exit(main())
