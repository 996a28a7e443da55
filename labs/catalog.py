"""The experiments that Assay has, in the order in which the Labs page shows them."""

from __future__ import annotations

from labs.brittleness.experiment import EXPERIMENT as BRITTLENESS
from labs.experiments.experiment import Experiment
from labs.repeats.experiment import EXPERIMENT as REPEATS
from labs.temporal.experiment import EXPERIMENT as TEMPORAL
from models.errors import UserError

EXPERIMENTS: tuple[Experiment, ...] = (BRITTLENESS, TEMPORAL, REPEATS)


def find_experiment(
    experiment_id: str, experiments: tuple[Experiment, ...] = EXPERIMENTS
) -> Experiment:
    """Raises UserError for an id that is not in the list."""
    for experiment in experiments:
        if experiment.id == experiment_id:
            return experiment
    raise UserError(
        f"There is no experiment called “{experiment_id}”.",
        f"There are: {', '.join(each.id for each in experiments)}.",
    )
