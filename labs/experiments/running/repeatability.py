"""The repeatability check within a run: made once for a model, and kept in the manifest."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from labs.experiments.design import THOUGHT_TOKENS, Trial
from labs.experiments.record.manifest import note_certificate, save
from labs.experiments.running.asker import Asker
from labs.experiments.running.certificate import UNCHECKED, Certificate, Comparison, certify
from labs.experiments.running.events import Phase
from labs.experiments.running.run_task import RunTask
from models.engine.messages import RowMode, RowResult
from models.errors import EngineDied

MOST_CRASHES = 2


@dataclass
class Repeatability:
    """Of one model. A pause ends the check, which begins anew after it."""

    task: RunTask
    manifest: dict[str, Any]
    _crashes: int = 0

    def certificate(self, entry: dict[str, Any], asker: Asker) -> Generator[Any, None, Certificate]:
        """`entry` is what the manifest holds of the model; what was found is written into it.
        Raises PauseAsked and EngineDied."""
        if "certificate" in entry:
            kept = entry["certificate"]
            comparisons = tuple(Comparison(**each) for each in kept["comparisons"])
            return Certificate(entry["mode"], comparisons, kept["thinks"], kept["sentence"])
        yield Phase(asker.model, "Checking repeatability")
        made = UNCHECKED if self._crashes >= MOST_CRASHES else (yield from self._certify(asker))
        note_certificate(entry, made, THOUGHT_TOKENS if made.thinks else 0)
        save(self.task.folder, self.manifest)
        return made

    def _certify(self, asker: Asker) -> Generator[Any, None, Certificate]:
        plan, wanted = self.task.plan, self.task.plan.mode
        try:
            return (yield from certify(
                self.task.design, self.task.experiment.scorer,
                lambda trials, mode: self._read(asker, trials, mode), wanted,  # type: ignore[arg-type]
                plan.seed, served=asker.engine.info.capabilities.own_template,
            ))  # fmt: skip
        except EngineDied:
            self._crashes += 1
            raise

    def _read(
        self, asker: Asker, trials: Sequence[Trial], mode: RowMode
    ) -> Generator[object, None, list[RowResult]]:
        """All rows in the order of `trials`, nothing kept."""
        found: dict[str, RowResult] = {}
        with closing(asker.ask(trials, mode)) as rows:
            for trial, row in rows:
                found[trial.key] = row
                self.task.pause.raise_if_paused()
                yield Phase(
                    asker.model,
                    f"Checking repeatability, {len(found)} of {len(trials)} prompts read",
                )
        return [found[trial.key] for trial in trials]
