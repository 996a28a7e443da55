"""The times of one request while it runs, from the events that pass and from its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from models.engine.messages import (
    Delta,
    Embedded,
    Generated,
    ManyDone,
    NextRead,
    Progress,
    PromptScores,
    RowResult,
    TokensTimed,
    WindowCompared,
    WindowRead,
)
from models.engine.phases import Basis, Kind, Mark, Outcome, Phase, TracedRequest

MARK_EVERY_S = 0.25
MOST_MARKS = 4800  # twenty minutes; of longer requests every other one stays, and so on
SHORT_S = 1.0  # rows whose phases are shorter are told as one stretch: readings come twice a second
LONGEST_STEP_S = 1.0  # the time of day may run ahead of the steady clock by this much


class Trace:
    """One request on its way. Noting an event costs a microsecond or two."""

    def __init__(
        self, number: int, model: str, who: str, kind: Kind, basis: Basis,
        wall: Callable[[], float], steady: Callable[[], float],
    ) -> None:  # fmt: skip
        self.number = number
        self.outcome: Outcome = "done"
        self.prompt_tokens = self.cached_tokens = self.reply_tokens = self.n_answers = 0
        self.asked_to_read = self.asked_to_write = 0
        self.prompt_s = self.generation_s = 0.0
        self.first_token_s: float | None = None
        self._model, self._who, self._kind, self._basis = model, who, kind, basis
        self._wall, self._steady = wall, steady
        self._wall_began, self._began = wall(), steady()
        self._first_at: float | None = None
        self._phases: list[Phase] = []
        self._marks = [Mark(self._wall_began, 0, 0)] if kind == "rows" else []
        self._mark_every_s = MARK_EVERY_S
        self._read = self._written = 0
        self._kept = self._to_read = 0  # of the prompt: in the cache at first, and all of it
        self._rows_until = self._began

    # ---- on the way ----

    def note(self, event: Any) -> bool:
        """True where it begins the answer."""
        now = self._steady()
        if isinstance(event, Delta):
            self._written += len(event.tokens)
            self._read = max(self._read, self._to_read)
            self._mark(now)
            if self._first_at is None:
                self._first_at = now
                return True
        elif isinstance(event, Progress):
            self._kept = event.done if self._to_read == 0 else self._kept
            self._read, self._to_read = event.done, event.total
            self._mark(now)
        elif isinstance(event, RowResult):
            self._take_row(event, now)
        return False

    def _mark(self, now: float) -> None:
        """Servers tell how many tokens there were when all is over."""
        if self._basis != "measured" and self._kind == "reply":
            return
        at = self._at(now)
        if not self._marks or at - self._marks[-1].time_s >= self._mark_every_s:
            self._marks.append(Mark(at, self._read, self._written))
        if len(self._marks) > MOST_MARKS:
            del self._marks[1::2]
            self._mark_every_s *= 2

    def _take_row(self, row: RowResult, now: float) -> None:
        self.prompt_tokens += row.prompt_tokens
        self.cached_tokens += row.cached_tokens
        self.reply_tokens += row.reply_tokens
        self.n_answers += bool(row.reply_tokens)
        self.prompt_s += row.prompt_s
        self.generation_s += row.generation_s
        read = max(0, row.prompt_tokens - row.cached_tokens)
        self._read += read
        self._written += row.reply_tokens
        self._mark(now)
        is_apart = row.batch_rows == 1 and min(row.prompt_s, row.generation_s) >= SHORT_S
        if is_apart:
            middle = max(self._rows_until, now - row.generation_s)
            start = max(self._rows_until, middle - row.prompt_s)
            self._phases.append(self._phase("prompt", start, middle, read))
            self._phases.append(self._phase("generation", middle, now, 0, row.reply_tokens))
        else:
            self._mix(now, read, row.reply_tokens)
        self._rows_until = now

    def _mix(self, now: float, read: int, written: int) -> None:
        """Together with what came directly before in turns, too."""
        phase = self._phase("mixed", self._rows_until, now, read, written)
        last = self._phases[-1] if self._phases else None
        if last and last.kind == "mixed":  # in its place, at once: another thread may look
            self._phases[-1] = Phase("mixed", last.start_s, phase.end_s, last.read_tokens + read,
                                     last.written_tokens + written)  # fmt: skip
        else:
            self._phases.append(phase)

    # ---- at the end ----

    def take(self, result: Any) -> None:
        """What the worker says of the whole; its durations are better than stamps from here."""
        now = self._steady()
        if isinstance(result, Generated):
            self._take_reply(result, now)
        elif isinstance(result, ManyDone):
            self.outcome = "stopped" if result.cancelled else "done"
        elif isinstance(result, WindowRead | WindowCompared):
            self.prompt_tokens = self.asked_to_read
            self._take_reading(now - result.work_s, result.read_s)
        elif isinstance(result, TokensTimed):
            self._take_timing(now, result.seconds)
        elif isinstance(result, NextRead):
            self.prompt_tokens = result.prompt_tokens
            self._take_reading(now, now - self._began)
        elif isinstance(result, PromptScores):
            self.prompt_tokens = len(result.tokens)
            self._take_reading(now, now - self._began)
        elif isinstance(result, Embedded):
            self.prompt_tokens = sum(each.n_tokens for each in result.embeddings)
            self._take_reading(now, now - self._began)

    def _take_reply(self, reply: Generated, now: float) -> None:
        self.outcome = "stopped" if reply.stop_reason == "cancelled" else "done"
        if reply.killed:  # nothing is told
            return
        if self.outcome == "stopped" and not reply.reply_tokens:
            self.cached_tokens = reply.cached_tokens
            self._read = max(self._read, self.cached_tokens)
            return
        self.prompt_tokens, self.cached_tokens = reply.prompt_tokens, reply.cached_tokens
        self.reply_tokens, self.n_answers = reply.reply_tokens, bool(reply.reply_tokens)
        self.prompt_s, self.generation_s = reply.prompt_s, reply.generation_s
        self.first_token_s = reply.time_to_first_token_s
        read = max(0, reply.prompt_tokens - reply.cached_tokens)
        if self._basis != "measured":
            first = now if self._first_at is None else self._first_at
            start, read_at = self._began, first
            self._written = reply.reply_tokens
        else:
            first = max(self._began, now - reply.generation_s)
            start = max(self._began, first - (reply.time_to_first_token_s or reply.prompt_s))
            read_at = min(first, start + reply.prompt_s)
        self._phases = [self._phase("prompt", start, read_at, read)]
        if reply.reply_tokens:
            self._phases.append(self._phase("generation", first, now, 0, reply.reply_tokens))
        if self._basis == "measured":
            self._place_marks(reply, start, read_at)
            self._read, self._written = reply.prompt_tokens, reply.reply_tokens

    def _take_what_came(self, now: float) -> None:
        """Of what broke off nobody tells the whole: of its prompt, what is read at least, and no
        time of that."""
        self.prompt_tokens = max(self.prompt_tokens, self._read)
        self.reply_tokens, self.n_answers = self._written, bool(self._written)
        if self._first_at is not None:
            self.first_token_s = self._first_at - self._began
            self.generation_s = now - self._first_at

    def _place_marks(self, reply: Generated, start: float, read_at: float) -> None:
        """Progress comes before each piece of the prompt: only now its end is known."""
        whole, began_s, read_s = reply.prompt_tokens, self._at(start), self._at(read_at)
        self._marks = [
            Mark(began_s, reply.cached_tokens, 0),
            *(m for m in self._marks if began_s < m.time_s < read_s and not m.written),
            Mark(read_s, whole, 0),
            *(Mark(m.time_s, whole, m.written) for m in self._marks if m.time_s >= read_s),
        ]

    def _take_reading(self, end: float, read_s: float) -> None:
        self.prompt_s = read_s
        start = max(self._began, end - read_s)
        self._phases = [self._phase("prompt", start, end, self.prompt_tokens)]

    def _take_timing(self, end: float, seconds: float) -> None:
        """Reading first; both were timed as one, and a benchmark asks for one of them."""
        self.prompt_tokens, self.reply_tokens = self.asked_to_read, self.asked_to_write
        if self.prompt_tokens:
            self._take_reading(end, seconds)
        else:
            self.generation_s = seconds
            start = max(self._began, end - seconds)
            self._phases = [self._phase("generation", start, end, 0, self.reply_tokens)]

    # ---- told ----

    def so_far(self) -> TracedRequest:
        """A running request; the phase it is in ends now."""
        now, first = self._steady(), self._first_at
        if self._kind == "rows":
            phases = (*self._phases, self._phase("mixed", self._rows_until, now))
        elif first is None:
            is_writing = self._kind == "timing" and not self.asked_to_read
            kind = "generation" if is_writing else "prompt"
            phases = (self._phase(kind, self._began, now, self._read - self._kept),)
        else:
            phases = (
                self._phase("prompt", self._began, first, self._read - self._kept),
                self._phase("generation", first, now, 0, self._written),
            )
        told = self._told(phases, "running", now)
        return told if self.reply_tokens else replace(told, reply_tokens=self._written)

    def whole(self) -> TracedRequest:
        """The request after its end, however it ended."""
        now = self._steady()
        if self._marks:
            self._marks.append(Mark(self._at(now), self._read, self._written))
        phases = tuple(self._phases)
        if not phases and self.outcome != "done":
            self._take_what_came(now)
            phases = self.so_far().phases
        return self._told(phases, self.outcome, now)

    def _told(self, phases: tuple[Phase, ...], outcome: Outcome, now: float) -> TracedRequest:
        moved = abs((self._wall() - self._wall_began) - (now - self._began)) > LONGEST_STEP_S
        return TracedRequest(
            self.number, self._model, self._who, self._kind, self._wall_began, now - self._began,
            phases, tuple(self._marks), outcome, self.prompt_tokens, self.cached_tokens,
            self.reply_tokens, self.prompt_s, self.generation_s, self.first_token_s,
            self.n_answers, self._basis, moved,
        )  # fmt: skip

    def _phase(self, kind: Any, start: float, end: float, read: int = 0, written: int = 0) -> Phase:
        return Phase(kind, self._at(start), self._at(end), read, written)

    def _at(self, steady: float) -> float:
        return self._wall_began + (steady - self._began)
