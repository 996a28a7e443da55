"""A comparison as it is made: how far it has come, and in the end a row a model."""

from __future__ import annotations

from dataclasses import dataclass, field

from labs.quantization.measures import Measures
from labs.quantization.moved import Told
from labs.quantization.speed import Spread
from models.library.type_mix import TypeMix


@dataclass(frozen=True)
class Compared:
    """`done` of `total` windows are compared; `label` is the model that is asked now, "" where
    all are and speed is measured."""

    done: int
    total: int
    label: str


@dataclass(frozen=True)
class Costs:
    """What a model takes. `read_speed` is of whole windows, half of whose predictions are told:
    lower than llama-bench's of a prompt, where one is. `memory_bytes`: see `memory_of` in
    reading.py."""

    label: str
    size_bytes: int
    mix: TypeMix
    load_s: float
    memory_bytes: int
    read_speed: Spread | None
    write_speed: Spread | None
    first_token_s: Spread | None
    name_remark: str = ""  # where the file bears its type in name only


@dataclass(frozen=True)
class Row:
    """One model: its costs, and its distance from the base (None for the base itself and where
    no number was finite)."""

    costs: Costs
    measures: Measures | None = None


@dataclass(frozen=True)
class Comparison:
    """`rows` begin with the base. `is_partial`: not all windows were read by all; `is_stopped`: by
    a stop, then or while speeds were measured; `ended_by` says what else ended it, "" where
    nothing did. `speed_problem` says why speeds are not all there, "" where they are or nobody
    asked for them. `told`: what was said of each token. `kept_bytes`: what the base's
    log-probabilities took on disk, rounded to 16 bits, where the models did not fit into memory
    together; 0 where they did. `left_out`: labels of those that were not read to the end."""

    rows: tuple[Row, ...]
    n_windows: int
    n_asked: int
    window_tokens: int
    is_partial: bool = False
    is_stopped: bool = False
    ended_by: str = ""
    speed_problem: str = ""
    told: Told = field(default_factory=Told)
    kept_bytes: int = 0
    left_out: tuple[str, ...] = ()

    @property
    def speed_is_partial(self) -> bool:
        return bool(self.speed_problem)
