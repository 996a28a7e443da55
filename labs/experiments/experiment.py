"""An experiment as data: the shell knows nothing more of it than this."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal, Protocol

from labs.experiments.design import Design, Trial
from labs.experiments.record.trials import TrialRecord
from labs.experiments.results import ModelResult
from labs.experiments.scenarios.sets import ScenarioSet
from labs.experiments.scoring.answers import AnswerParser, Reading
from models.engine.messages import StopReason
from models.errors import UserError

Time = Literal["class", "report", "thorough"]


@dataclass(frozen=True)
class Size:
    """How much is asked: items, and formats (or whatever an experiment calls its levels)."""

    items: int
    formats: int


@dataclass(frozen=True)
class Request:
    """Everything a design follows from."""

    options: Any  # an instance of the experiment's Options
    size: Size
    seed: int
    scenarios: ScenarioSet


class Scorer(Protocol):
    """Reads free answers. Must be a pure function of trial and text: runs are re-scored."""

    def until(self, trial: Trial) -> tuple[str, ...]:
        """Regular expressions that end an answer whose outcome is decided."""
        ...

    def read(self, trial: Trial, text: str, stop_reason: StopReason) -> Reading: ...


class LabelScorer:
    """The anchored parser over the labels of each trial."""

    def until(self, trial: Trial) -> tuple[str, ...]:
        return AnswerParser(trial.labels).until()

    def read(self, trial: Trial, text: str, stop_reason: StopReason) -> Reading:
        return AnswerParser(trial.labels).read(text, stop_reason)


@dataclass(frozen=True)
class Experiment:
    """`Options` is a frozen dataclass whose fields all have defaults and are made by `option`:
    the form, the flags of `assay run` and its help are written from it.

    `scenarios` gives the set when the user brings none; `analyse` judges one model's trials and
    `compare` several models side by side; `require` raises UserError for a set that is not
    sound. `needs` names capabilities of a backend, `sheet` a file in assets/sheets.
    """

    id: str
    title: str
    summary: str
    options: type[Any]
    scenarios: Callable[[Any, Size, int], ScenarioSet]
    design: Callable[[Request], Design]
    analyse: Callable[[Design, str, Sequence[TrialRecord], int], ModelResult]
    sizes: Mapping[Time, Size]
    minutes: str = ""
    needs: tuple[str, ...] = ()
    sheet: str = ""
    takes_sets: bool = True
    scorer: Scorer = field(default_factory=LabelScorer)
    compare: Callable[[Sequence[ModelResult]], tuple[str, ...]] | None = None
    require: Callable[[ScenarioSet], None] = lambda made: None

    def prepare(self, request: Request) -> Design:
        """The design of a new run. Raises UserError where its set would mislead.

        Not for runs that exist: they are read as they were made, whatever is checked today.
        """
        self.require(request.scenarios)
        design = self.design(request)
        if not design.trials:
            raise UserError(
                "With so few items none is left when right answers are balanced.",
                "Ask for more items.",
            )
        return design


def option(default: Any, title: str, hint: str, *, choices: Mapping[str, str] | None = None) -> Any:
    """A field of Options: `choices` maps values to words for the screen."""
    return field(default=default, metadata={"title": title, "hint": hint, "choices": choices})


def lane_option() -> Any:
    """The field of Options that chooses the lane of the primary outcome."""
    return option(
        "free", "What counts",
        "The free answer is what a person would read; the lean needs no parsing.",
        choices={"free": "Free answer", "likelihood": "Lean"},
    )  # fmt: skip


def options_from(experiment: Experiment, values: Mapping[str, Any]) -> Any:
    """Build the Options from plain values. Raises UserError for a value that is not offered."""
    known = {each.name: each for each in fields(experiment.options)}
    for name, value in values.items():
        if name not in known:
            raise UserError(
                f"{experiment.title} has no option “{name}”.",
                f"It has: {', '.join(known) or 'none'}.",
            )
        choices = known[name].metadata.get("choices")
        if choices and value not in choices:
            raise UserError(
                f"“{value}” cannot be chosen for {known[name].metadata['title']}.",
                f"Choose one of: {', '.join(choices)}.",
            )
    return experiment.options(**values)
