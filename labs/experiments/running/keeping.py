"""What a run has on disk already, and the one way to add to it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from types import TracebackType
from typing import Any

from labs.experiments.record.run_folder import PROMPTS, TRIALS, RunFolder
from labs.experiments.record.trials import LineWriter, TrialRecord, to_line
from labs.experiments.running.events import EventLog
from labs.experiments.running.prompts import Prompt


class Keeper:
    """Writes trials, prompts and events of a run. A context manager.

    Raises NotKept where the disk refuses.
    """

    def __init__(self, folder: RunFolder, now: Callable[[], datetime]) -> None:
        self._finished = {(record.model, record.key) for record in folder.trials()}
        self._counts = Counter(model for model, _ in self._finished)
        self._known_prompts = set(folder.prompts())
        with ExitStack() as stack:
            self._log = EventLog(folder, now)
            stack.callback(self._log.close)
            self._trials = stack.enter_context(LineWriter(folder.file(TRIALS)))
            self._prompts = stack.enter_context(LineWriter(folder.file(PROMPTS)))
            self._stack = stack.pop_all()

    @property
    def n_finished(self) -> int:
        return len(self._finished)

    def count(self, model: str) -> int:
        """Finished trials of one model."""
        return self._counts[model]

    def has(self, model: str, key: str) -> bool:
        return (model, key) in self._finished

    def trial(self, record: TrialRecord) -> None:
        self._trials.write([to_line(record)])
        self._finished.add((record.model, record.key))
        self._counts[record.model] += 1

    def prompt(self, prompt: Prompt) -> None:
        """The exact bytes of a prompt, once."""
        if prompt.hash in self._known_prompts:
            return
        parts = [
            {"text": p.text, "origin": p.origin, "control": p.control}
            | ({"role": p.role} if p.role else {})
            for p in prompt.parts
        ]
        line = json.dumps({"hash": prompt.hash, "parts": parts}, ensure_ascii=False)
        self._prompts.write([line.encode() + b"\n"])
        self._known_prompts.add(prompt.hash)

    def event(self, kind: str, **details: Any) -> None:
        """Something that happened after the trials that are finished now."""
        self._log.write(kind, self.n_finished, **details)

    def __enter__(self) -> Keeper:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._stack.close()
