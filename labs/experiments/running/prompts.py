"""From a trial to what a worker is sent: the rendered prompt, its hash, the row of a request."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from labs.chat.budget import Turn
from labs.experiments.design import Design, Trial
from models.engine.chat_template import Template, begun_answer
from models.engine.messages import Label, ModelInfo, Part, Row
from models.engine.sandbox import Sandbox

if TYPE_CHECKING:
    from labs.experiments.experiment import Scorer  # which stands on scipy


@dataclass(frozen=True)
class Prompt:
    """`hash` is the SHA-256 over the text of all parts, whether each may become control tokens and
    which role a message has: what decides the tokens, and nothing else. `begun` is what the
    template has written of the answer, a thinking tag."""

    parts: tuple[Part, ...]
    hash: str
    begun: str = ""


class PromptWriter:
    """Writes the trials of one model with its own chat template, thinking off where it can be.

    `now` is the one clock that templates see in the whole run.
    """

    def __init__(
        self, info: ModelInfo, sandbox: Sandbox, now: datetime, *, is_simulated: bool
    ) -> None:
        self._template = Template(info, sandbox, "off", now)
        self._is_simulated = is_simulated

    @property
    def notes(self) -> tuple[str, ...]:
        return self._template.notes

    @property
    def template_hash(self) -> str:
        return self._template.hash

    def write(self, trial: Trial) -> Prompt:
        """Raises UserError when the template fails."""
        turns = [Turn("system", trial.system, "system")] if trial.system else []
        parts = self._template.render((*turns, Turn("user", trial.user, "user")))
        digest = hashlib.sha256(_text_of(parts).encode()).hexdigest()
        if self._is_simulated:
            parts = _with_oracle(parts, trial)
        return Prompt(parts, digest, begun_answer(parts))

    def frame(self) -> tuple[str, str]:
        """What the template puts before and after a message of its own accord."""
        mark = "\N{WHITE SQUARE}"
        before, _, after = "".join(
            part.text for part in self._template.render((Turn("user", mark, "user"),))
        ).partition(mark)
        return before, after


def _text_of(parts: Sequence[Part]) -> str:
    told = [[part.text, part.control, *([part.role] if part.role else [])] for part in parts]
    return json.dumps(told, ensure_ascii=False)


def _with_oracle(parts: tuple[Part, ...], trial: Trial) -> tuple[Part, ...]:
    """The truth rides on the user's part; no other model is ever sent one."""
    place = max(i for i, part in enumerate(parts) if part.origin == "user")
    told = replace(parts[place], oracle=dict(trial.oracle))
    return (*parts[:place], told, *parts[place + 1 :])


def row_of(
    trial: Trial, prompt: Prompt, design: Design, scorer: Scorer, seed: int, *, can_score: bool,
    thought_tokens: int = 0,
) -> Row:  # fmt: skip
    """One pass feeds all lanes: labels are scored after the prompt, then the answer is written."""
    wants_free = "free" in design.lanes
    wants_labels = can_score and trial.labels and set(design.lanes) - {"free"}
    return Row(
        prompt=prompt.parts,
        labels=labels_of(trial) if wants_labels else (),
        max_tokens=design.free_tokens + thought_tokens if wants_free else 0,
        until=scorer.until(trial) if wants_free else (),
        begun=prompt.begun if wants_free else "",
        seed=trial.seed(seed),
    )


def labels_of(trial: Trial) -> tuple[Label, ...]:
    """Every class with the spellings of its word: as it stands, small and capital, each with and
    without a blank before it."""
    return tuple(Label(name, spellings(word)) for name, word in trial.labels.items())


def spellings(word: str) -> tuple[str, ...]:
    cased = dict.fromkeys((word, word.lower(), word.upper(), word.capitalize()))
    return tuple(blank + each for each in cased for blank in ("", " "))
