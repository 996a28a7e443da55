"""One leased engine, asked the trials of a run; its rows become records."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from labs.experiments.design import THOUGHT_TOKENS, Design, Trial
from labs.experiments.experiment import Scorer
from labs.experiments.record.manifest import sampling_at
from labs.experiments.record.trials import TrialRecord
from labs.experiments.running.prompts import Prompt, PromptWriter, row_of
from labs.experiments.scoring.lanes import failed_lanes, lanes_of
from models.cancel import CancelToken
from models.engine.engine import ManyEngine
from models.engine.messages import GenerateMany, ManyDone, Row, RowMode, RowResult, Sampling


@dataclass
class Asker:
    """`keep_prompt` writes the exact bytes of a prompt down before its record is made. A model
    that `thinks` gets room for it; its lean before the thought says nothing and is not taken."""

    model: str
    engine: ManyEngine
    writer: PromptWriter
    design: Design
    scorer: Scorer
    run_seed: int
    now: Callable[[], datetime]
    cancel: CancelToken
    keep_prompt: Callable[[Prompt], None]
    thinks: bool = False
    _written: dict[str, Prompt] = field(default_factory=dict)

    def ask(
        self, trials: Sequence[Trial], mode: RowMode
    ) -> Generator[tuple[Trial, RowResult], None, None]:
        """Each trial with its row as it is finished; raises Cancelled when stopped. What is drawn
        at another temperature is a request of its own."""
        for temperature in sorted({trial.temperature for trial in trials}):
            alike = [trial for trial in trials if trial.temperature == temperature]
            yield from self._ask_alike(alike, mode, sampling_at(temperature))

    def _ask_alike(
        self, trials: Sequence[Trial], mode: RowMode, sampling: Sampling
    ) -> Generator[tuple[Trial, RowResult], None, None]:
        rows = tuple(self._row(trial) for trial in trials)
        work = self.engine.generate_many(GenerateMany("", rows, mode, sampling), self.cancel)
        while True:
            try:
                row = next(work)
            except StopIteration as end:
                done: ManyDone = end.value
                if done.cancelled:
                    self.cancel.raise_if_cancelled()
                return
            yield trials[row.index], row

    def _row(self, trial: Trial) -> Row:
        return row_of(
            trial, self._prompt(trial), self.design, self.scorer, self.run_seed,
            can_score=self.engine.info.capabilities.prompt_logits and not self.thinks,
            thought_tokens=THOUGHT_TOKENS if self.thinks else 0,
        )  # fmt: skip

    def _prompt(self, trial: Trial) -> Prompt:
        if trial.key not in self._written:
            self._written[trial.key] = self.writer.write(trial)
        return self._written[trial.key]

    def record(
        self, trial: Trial, row: RowResult, mode: RowMode, *, cold_repeat: bool = False
    ) -> TrialRecord:
        """The finished trial, with times as the engine gave them."""
        prompt = self._written.pop(trial.key)
        self.keep_prompt(prompt)
        return TrialRecord(
            model=self.model, item=trial.item, cluster=trial.cluster, factors=trial.factors,
            repeat=trial.repeat, truth=trial.truth,
            lanes=dict(lanes_of(trial, row, self.design, self.scorer)),
            prompt=prompt.hash, seed=trial.seed(self.run_seed), mode=mode,
            prompt_tokens=row.prompt_tokens, cached_tokens=row.cached_tokens,
            reply_tokens=row.reply_tokens, prompt_s=round(row.prompt_s, 4),
            generation_s=round(row.generation_s, 4), batch_rows=row.batch_rows,
            finish=row.stop_reason, cold_repeat=cold_repeat, at=self._at(),
            numbers=trial.numbers,
            top=tuple((each.text, round(each.logprob, 4)) for each in row.top),
        )  # fmt: skip

    def failed(self, trial: Trial, message: str) -> TrialRecord:
        """A trial that could not be asked: ERROR in every lane, with the reason."""
        prompt = self._written.pop(trial.key, None)
        if prompt:
            self.keep_prompt(prompt)
        return TrialRecord(
            model=self.model, item=trial.item, cluster=trial.cluster, factors=trial.factors,
            repeat=trial.repeat, truth=trial.truth, lanes=dict(failed_lanes(self.design)),
            prompt=prompt.hash if prompt else "", seed=trial.seed(self.run_seed), mode="",
            error=message, at=self._at(), numbers=trial.numbers,
        )  # fmt: skip

    def _at(self) -> str:
        return self.now().isoformat(timespec="seconds")
