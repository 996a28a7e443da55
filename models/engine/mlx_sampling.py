"""Sampling parameters under llama.cpp's names, through mlx-lm's samplers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from models.engine.messages import Sampling
from models.engine.mlx_library import MlxLibrary
from models.errors import UserError

Step = Callable[[Any], Any]
LARGEST_XTC_THRESHOLD = 0.5  # above it no two tokens can stand; llama.cpp leaves all as they are
ABSENT = {
    "dry": ("DRY", "multiplier to 0"),
    "typ_p": ("Locally typical", "value to 1"),
    "top_n_sigma": ("Top-n-sigma", "value to −1"),
}


class MlxSampler:
    """Draws the tokens of one reply in the order of `sampling.samplers`; temperature 0 is greedy.

    Penalties count what this reply has drawn, as in llama.cpp's chain. Raises UserError for a
    name that nobody knows and for a sampler that MLX does not have.
    """

    def __init__(self, library: MlxLibrary, sampling: Sampling, seed: int) -> None:
        self._library = library
        self._is_greedy = sampling.temperature <= 0
        self._drawn: Any = None  # what penalties count
        steps = self._steps(sampling)
        self._refuse(sampling, steps)
        named = (steps[name]() for name in sampling.samplers if name in steps)
        self._chain = [step for step in named if step is not None]
        library.mx.random.seed(seed)

    def draw(self, logits: Any) -> Any:
        """An array of one token id, not worked out yet, from float32 [n_vocab]."""
        values = logits[None]
        for step in self._chain:
            values = step(values)
        sample = self._library.sample
        greedy = self._is_greedy
        token = (
            sample.greedy_sampler(values) if greedy else sample.categorical_sampling(values, 1.0)
        )
        if self._drawn is not None:
            self._drawn = self._library.mx.concatenate([self._drawn, token])
        return token

    def _refuse(self, s: Sampling, steps: dict[str, Any]) -> None:
        known = (*steps, *ABSENT)
        if unknown := [name for name in s.samplers if name not in known]:
            raise UserError(
                f"There is no sampler called “{unknown[0]}”.",
                f"Known samplers: {', '.join(known)}.",
            )
        wanted = {"dry": s.dry_multiplier > 0}
        if not self._is_greedy:
            wanted |= {"typ_p": s.typ_p < 1, "top_n_sigma": s.top_n_sigma > 0}
        for name in s.samplers:
            if wanted.get(name):
                title, neutral = ABSENT[name]
                raise UserError(
                    f"{title} sampling is not there for MLX models.",
                    f"Set its {neutral}, or use a GGUF file of this model.",
                )

    def _steps(self, s: Sampling) -> dict[str, Callable[[], Step | None]]:
        """One maker a name; it gives None where the setting switches the sampler off."""
        sample, narrows = self._library.sample, not self._is_greedy
        may_exclude = s.xtc_probability > 0 and s.xtc_threshold <= LARGEST_XTC_THRESHOLD
        return {
            "penalties": lambda: self._penalties(s),
            "top_k": lambda: self._top_k(s.top_k) if s.top_k > 0 and narrows else None,
            "top_p": lambda: self._top_p(s.top_p) if s.top_p < 1 and narrows else None,
            "min_p": lambda: (
                (lambda x: sample.apply_min_p(x, s.min_p)) if s.min_p > 0 and narrows else None
            ),
            "xtc": lambda: (
                (lambda x: sample.apply_xtc(x, s.xtc_probability, s.xtc_threshold, []))
                if may_exclude and narrows
                else None
            ),
            "temperature": lambda: (lambda x: x * (1 / s.temperature)) if narrows else None,
        }

    def _top_k(self, top_k: int) -> Step:
        def keep(values: Any) -> Any:
            fits = top_k < values.shape[-1]
            return self._library.sample.apply_top_k(values, top_k) if fits else values

        return keep

    def _top_p(self, top_p: float) -> Step:
        if top_p <= 0:  # the likeliest token alone, as in llama.cpp
            return self._top_k(1)

        def keep(values: Any) -> Any:
            # mlx-lm exponentiates: logits overflow there. Penalties before it need them raw.
            log_probabilities = values - self._library.mx.logsumexp(values, axis=-1, keepdims=True)
            return self._library.sample.apply_top_p(log_probabilities, top_p)

        return keep

    def _penalties(self, s: Sampling) -> Step | None:
        repeat = s.repeat_penalty if s.repeat_penalty != 1 else None
        if not s.repeat_last_n or not (repeat or s.presence_penalty or s.frequency_penalty):
            return None
        last_n = s.repeat_last_n if s.repeat_last_n > 0 else 1 << 30
        processors = self._library.sample.make_logits_processors(
            None, repeat, last_n, s.presence_penalty, last_n, s.frequency_penalty, last_n
        )

        self._drawn = self._library.mx.array([], dtype=self._library.mx.uint32)

        def penalize(values: Any) -> Any:
            for processor in processors:
                values = processor(self._drawn, values)
            return values

        return penalize
