"""When each request read its prompt and wrote its answer, on the clock of the sensors' readings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Kind = Literal["reply", "rows", "scores", "vectors", "window", "next", "timing"]
PhaseKind = Literal["prompt", "generation", "mixed"]
Outcome = Literal["running", "done", "stopped", "failed"]
Basis = Literal["measured", "told", "first_token"]


@dataclass(frozen=True)
class Phase:
    """A stretch of a request in seconds since the epoch, with the tokens that were read and
    written in it. "mixed": prompts and answers in turns too short to be told apart."""

    kind: PhaseKind
    start_s: float
    end_s: float
    read_tokens: int = 0
    written_tokens: int = 0

    @property
    def duration_s(self) -> float:
        return self.end_s - self.start_s


class Mark(NamedTuple):
    """How many tokens had been read and written at a moment, the cached ones among those read."""

    time_s: float
    read: int
    written: int


@dataclass(frozen=True)
class TracedRequest:
    """One request as far as it has come. Times of day are seconds since the epoch, durations are
    measured by a clock that nobody can set.

    `who` holds the lease it came by. `prompt_tokens` include the `cached_tokens`, which were not
    read again. `basis`: how the time of the prompt is known; "told" and "first_token" come from a
    server, whose prompt phase is drawn until its first token. Of one that was cut short while it
    read, `prompt_tokens` are those read at least, and `prompt_s` is 0. `clock_moved`: the time of
    day was set, or the machine slept, while it ran.
    """

    number: int
    model: str
    who: str
    kind: Kind
    start_s: float
    duration_s: float
    phases: tuple[Phase, ...] = ()
    marks: tuple[Mark, ...] = ()
    outcome: Outcome = "running"
    prompt_tokens: int = 0
    cached_tokens: int = 0
    reply_tokens: int = 0
    prompt_s: float = 0.0
    generation_s: float = 0.0
    first_token_s: float | None = None
    n_answers: int = 0  # that have a token at least
    basis: Basis = "measured"
    clock_moved: bool = False

    @property
    def end_s(self) -> float:
        """Where it ended, or has come to."""
        return self.start_s + self.duration_s

    @property
    def is_running(self) -> bool:
        return self.outcome == "running"

    @property
    def is_cut_short(self) -> bool:
        """While it read, or where nobody tells how far it came."""
        return self.outcome in ("stopped", "failed") and not self.prompt_s

    @property
    def read_tokens(self) -> int:
        return max(0, self.prompt_tokens - self.cached_tokens)

    @property
    def prompt_speed(self) -> float | None:
        """Tokens a second, cached ones left out; at least this where `basis` is "first_token"."""
        return self.read_tokens / self.prompt_s if self.read_tokens and self.prompt_s else None

    @property
    def generation_speed(self) -> float | None:
        """As `Generated.tokens_per_second`: without the first token of each answer, whose time
        belongs to the prompt. Of rows, the scoring of their labels is in the time."""
        written = self.reply_tokens - self.n_answers
        return written / self.generation_s if written > 0 and self.generation_s > 0 else None
