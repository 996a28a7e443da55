"""The locked plan of a run: what will be asked, what counts, and what was predicted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from labs.experiments.design import Design
from labs.experiments.experiment import Experiment, Request, Size, options_from
from labs.experiments.record.shape import EACH, require_shape
from labs.experiments.scenarios.set_file import parse_set, write_set
from labs.experiments.scenarios.sets import ScenarioSet
from models.errors import UserError

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Plan:
    """`scenarios` is the whole set as YAML; `trials` what each trial asks for, without its text;
    `preview` the sentences that were shown before the run. `hash` covers everything else."""

    experiment: str
    title: str
    options: Mapping[str, Any]
    size: Mapping[str, int]
    seed: int
    mode: str
    models: tuple[str, ...]
    scenarios: str
    design: Mapping[str, Any]
    trials: tuple[Mapping[str, Any], ...]
    preview: tuple[str, ...]
    prediction: str
    sheet: str
    made_by: str
    locked_at: str
    student: str = ""
    hash: str = ""
    schema_version: int = SCHEMA_VERSION

    @property
    def design_hash(self) -> str:
        return str(self.design["hash"])


@dataclass(frozen=True)
class Order:
    """What the user asked for, before it becomes a plan."""

    request: Request
    models: tuple[str, ...]
    mode: str = "exact"
    prediction: str = ""
    student: str = ""
    preview: tuple[str, ...] = field(default=())


def student_seed(course: str, student: str, made: ScenarioSet) -> int:
    """The seed with which a sheet draws the items of one student: a hash of course, student code
    and set version, so that each has their own and a teacher can draw them again."""
    text = f"{course.strip()}\n{student.strip()}\n{made.id} {made.version}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]) % 2**31


def request_for(
    experiment: Experiment, options: Any, size: Size, seed: int, brought: ScenarioSet | None
) -> Request:
    """What is asked of the set that the user brought, or of the experiment's own."""
    return Request(options, size, seed, brought or experiment.scenarios(options, size, seed))


def student_request(
    experiment: Experiment, options: Any, size: Size, brought: ScenarioSet | None, *,
    course: str, student: str,
) -> Request:  # fmt: skip
    """The same with the items of one student: window and command line draw alike."""
    seed = student_seed(course, student, brought or experiment.scenarios(options, size, 0))
    return request_for(experiment, options, size, seed, brought)


def lock(experiment: Experiment, order: Order, design: Design, made_by: str, now: datetime) -> Plan:
    """The plan as it will stand in plan.json."""
    request = order.request
    made = Plan(
        experiment=experiment.id,
        title=experiment.title,
        options=asdict(request.options),
        size=asdict(request.size),
        seed=request.seed,
        mode=order.mode,
        models=order.models,
        scenarios=write_set(request.scenarios),
        design=_design_data(design),
        trials=tuple(_trial_data(design)),
        preview=order.preview,
        prediction=order.prediction,
        sheet=experiment.sheet,
        made_by=made_by,
        locked_at=now.astimezone().isoformat(timespec="seconds"),
        student=order.student,
    )
    return replace(made, hash=content_hash(vars(made)))


def content_hash(data: Mapping[str, Any]) -> str:
    """SHA-256 of a plan without its own hash."""
    digest = hashlib.sha256()
    for piece in _canonical({key: value for key, value in data.items() if key != "hash"}):
        digest.update(piece.encode())
    return digest.hexdigest()


def plan_text(plan: Plan) -> str:
    return json.dumps(vars(plan), ensure_ascii=False, indent=1) + "\n"


_LEVELS = [{"id": str, "title": str}]
_SHAPE: Mapping[str, Any] = {
    "experiment": str, "title": str, "options": dict, "size": dict, "seed": int, "mode": str,
    "models": [str], "scenarios": str, "preview": [str], "prediction": str, "sheet": str,
    "made_by": str, "locked_at": str, "hash": str,
    "design": {
        "hash": str, "classes": [str], "factors": [{"id": str, "title": str, "levels": _LEVELS}],
        "lanes": [str], "primary": {"lane": str}, "set_hash": str, "n_items": int, "n_trials": int,
    },
    "trials": [{"item": str, "factors": {EACH: str}, "repeat": int, "truth": str}],
}  # fmt: skip


def read_plan(text: str, where: str) -> Plan:
    """Raises UserError when the text is damaged, newer, or was changed after it was locked."""
    try:
        data = json.loads(text)
        is_newer = data["schema_version"] > SCHEMA_VERSION
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise _damaged(where) from error
    if is_newer:
        raise UserError(f"The run {where} was made by a newer Assay.", "Update Assay to open it.")
    if content_hash(data) != data.get("hash"):
        raise UserError(
            f"The plan of the run {where} was changed after it was locked.",
            "Start a new run: results do not belong to a plan that moved.",
        )
    try:
        require_shape(data, _SHAPE, "the plan")
        if not data["models"] or not all(each["levels"] for each in data["design"]["factors"]):
            raise ValueError("no model was asked, or nothing was varied in a factor")
        return Plan(**{**data, "models": tuple(data["models"]), "trials": tuple(data["trials"]),
                       "preview": tuple(data["preview"])})  # fmt: skip
    except (ValueError, TypeError) as error:
        raise _damaged(where) from error


def _damaged(where: str) -> UserError:
    return UserError(f"The plan of the run {where} is damaged.", "Use a copy of it.")


def request_of(plan: Plan, experiment: Experiment) -> Request:
    """What the plan's design was made from."""
    scenarios = parse_set(plan.scenarios, "the plan's set")
    options = options_from(experiment, plan.options)
    return Request(options, Size(**plan.size), plan.seed, scenarios)


def design_of(plan: Plan, experiment: Experiment) -> Design:
    """The design of a plan, made again. Raises UserError when this Assay would ask otherwise."""
    design = experiment.design(request_of(plan, experiment))
    if design.hash != plan.design_hash:
        raise UserError(
            "This version of Assay would ask other questions than the plan says.",
            f"Go on with the version that made it: {plan.made_by}.",
        )
    return design


def _design_data(design: Design) -> dict[str, Any]:
    return {
        "hash": design.hash,
        "classes": list(design.classes),
        "acting": design.acting,
        "factors": [asdict(factor) for factor in design.factors],
        "lanes": list(design.lanes),
        "primary": asdict(design.primary),
        "free_tokens": design.free_tokens,
        "set_id": design.set_id,
        "set_version": design.set_version,
        "set_hash": design.set_hash,
        "n_items": len(design.items),
        "n_trials": len(design.trials),
    }


def _trial_data(design: Design) -> Sequence[dict[str, Any]]:
    return [
        {"item": t.item, "factors": dict(t.factors), "repeat": t.repeat, "truth": t.truth}
        for t in design.trials
    ]


_ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _canonical(data: Mapping[str, Any]) -> Iterator[str]:
    """JSON with sorted keys and no blanks, in pieces: the whole of a long plan, encoded in one
    call, would hold up the other threads of the process."""
    for place, key in enumerate(sorted(data)):
        yield ("," if place else "{") + _ENCODER.encode(key) + ":"
        if isinstance(data[key], list | tuple):
            for number, each in enumerate(data[key]):
                yield ("," if number else "[") + _ENCODER.encode(each)
            yield "]" if data[key] else "[]"
        else:
            yield _ENCODER.encode(data[key])
    yield "}"
