"""A checkout of the tests' own and commands that are written down instead of run."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path

from setup.commands import Command, CommandError, Commands
from setup.places import Places
from setup.report import Report
from setup.run import SetupRun
from setup.stamps import Stamps
from setup.system import System

Effect = Callable[[list[str]], None]


class WrittenCommands(Commands):
    """`effects` are done when their word stands in a command; `failing` commands fail;
    `outputs` are what short programs print, by their first word's file name."""

    def __init__(self, places: Places) -> None:
        super().__init__(places.root, places.logs, places.stop_request)
        self.places = places
        self.commands: list[list[str]] = []
        self.environments: list[Mapping[str, str]] = []
        self.effects: dict[str, Effect] = {}
        self.failing: set[str] = set()
        self.outputs: dict[str, str | None] = {}

    def run(
        self,
        command: Command,
        log: str,
        failure: str,
        on_line: Callable[[str], None] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        words = [str(word) for word in command]
        self.commands.append(words)
        self.environments.append(environment or {})
        if log in self.failing:
            raise CommandError(failure, self.places.logs / f"{log}.log", ("the last line",))
        if log in self.effects:
            self.effects[log](words)

    def output(self, command: Command) -> str | None:
        return self.outputs.get(Path(str(command[0])).name, "")

    def did(self, word: str) -> int:
        """How many commands had this word."""
        return sum(word in words for words in self.commands)


def setup_run(root: Path, system: System | None = None) -> tuple[SetupRun, WrittenCommands]:
    """A set-up at `root` with the files every checkout has."""
    (root / "constraints.txt").write_text("llama-cpp-python==0.3.36\n", encoding="utf-8")
    (root / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    places = Places(root)
    commands = WrittenCommands(places)
    commands.outputs |= {"nvcc": None, "nvidia-smi": None}
    report = Report(places.status, out=io.StringIO())
    return SetupRun(
        places, commands, report, Stamps(places.stamps), system or System("apt")
    ), commands
