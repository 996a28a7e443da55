"""Can this model run this lab? Told before anything is loaded."""

from __future__ import annotations

from app.pages.labs.lab_cards import capability_words
from labs.experiments.experiment import Experiment
from models.engine.backends import capabilities_of
from models.errors import UserError
from models.library.library import Library


def reason_not_to_run(experiment: Experiment, library: Library, model: str) -> str:
    """A sentence, or "" where it can run or no model is chosen yet."""
    if not model:
        return ""
    entry = library.find(model)
    name = entry.name if entry else model
    if entry is not None and not entry.can_run:
        return f"{name} cannot be run: {entry.problem}"
    try:
        known = capabilities_of(model)
    except UserError as error:
        return error.message
    missing = [need for need in experiment.needs if not getattr(known, need, False)]
    if not missing:
        return ""
    what = ", ".join(capability_words(need) for need in missing)
    why = " ".join(known.reasons[need] for need in missing if need in known.reasons)
    return f"{name} does not give {what}, which this lab needs. {why or 'Choose another model.'}"
