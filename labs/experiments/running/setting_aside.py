"""Models of a run that cannot go on are set aside with their reasons, and the others finished."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import Any

from labs.experiments.record.left_out import set_aside_sentence
from labs.experiments.record.trials import NotKept
from labs.experiments.running.keeping import Keeper
from models.errors import UserError


@dataclass(frozen=True)
class SetAside:
    """Yielded when a model cannot go on."""

    model: str
    message: str

    @property
    def sentence(self) -> str:
        return set_aside_sentence(self.model, self.message)


class ModelsSetAside(UserError):  # noqa: N818 - it says what happened
    """Raised at the end of a run of several models that some could not finish."""


@dataclass
class SettingAside:
    """`errors` says of each model that was set aside why."""

    kept: Keeper
    errors: dict[str, UserError] = field(default_factory=dict)

    def unless_it_fails(
        self, model: str, work: Generator[Any, None, None]
    ) -> Generator[Any, None, None]:
        """A model's part of a run. What the disk refuses ends all of them."""
        try:
            yield from work
        except NotKept:
            raise
        except UserError as error:
            self.errors[model] = error
            self.kept.event("failure", model=model, message=error.message)
            yield SetAside(model, error.message)


def error_of(errors: Mapping[str, UserError], n_models: int) -> UserError:
    """What a run ends with. The only model of a run fails in its own words."""
    first = next(iter(errors.values()))
    if n_models == 1:
        return first
    rest = (
        "Every other model is finished. Resume the run: it asks only what is missing."
        if len(errors) < n_models
        else "No model of this run could go on; what was finished is kept."
    )
    said = " ".join(set_aside_sentence(model, str(each)) for model, each in errors.items())
    return ModelsSetAside(said, rest)
