"""llama.cpp's sampler chain from our sampling parameters."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

from models.engine.messages import Sampling
from models.errors import UserError

DRY_BREAKERS = (b"\n", b":", b'"', b"*")  # llama.cpp's defaults


def build_chain(
    library: Any, vocabulary: Any, sampling: Sampling, seed: int, grammar: str, n_ctx: int
) -> Any:
    """A sampler chain; the caller frees it with llama_sampler_free.

    The grammar stands first, then the samplers in the order asked for; temperature 0 is greedy.
    Raises UserError when a name is unknown or the grammar is refused.
    """
    steps = _steps(library, vocabulary, sampling, seed, n_ctx)
    unknown = [name for name in sampling.samplers if name not in steps]
    if unknown:
        raise UserError(
            f"There is no sampler called “{unknown[0]}”.",
            f"Known samplers: {', '.join(steps)}.",
        )
    chain = library.llama_sampler_chain_init(library.llama_sampler_chain_default_params())
    if grammar:
        _add_grammar(library, vocabulary, chain, grammar)
    for name in sampling.samplers:
        if sampler := steps[name]():
            library.llama_sampler_chain_add(chain, sampler)
    last = (
        library.llama_sampler_init_greedy()
        if sampling.temperature <= 0
        else library.llama_sampler_init_dist(seed)
    )
    library.llama_sampler_chain_add(chain, last)
    return chain


def _steps(
    library: Any, vocabulary: Any, s: Sampling, seed: int, n_ctx: int
) -> dict[str, Callable[[], Any]]:
    """One maker a name; it gives None where the setting switches the sampler off."""
    lib = library
    greedy = s.temperature <= 0
    repeats = s.repeat_penalty != 1.0 or s.frequency_penalty != 0.0 or s.presence_penalty != 0.0
    return {
        "penalties": lambda: (
            lib.llama_sampler_init_penalties(
                lib.llama_vocab_n_tokens(vocabulary),
                s.repeat_last_n,
                s.repeat_penalty,
                s.frequency_penalty,
                s.presence_penalty,
            )
            if repeats
            else None
        ),
        "dry": lambda: _dry(lib, vocabulary, s, n_ctx) if s.dry_multiplier > 0 else None,
        "top_n_sigma": lambda: (
            lib.llama_sampler_init_top_n_sigma(s.top_n_sigma)
            if s.top_n_sigma > 0 and not greedy
            else None
        ),
        "top_k": lambda: (
            lib.llama_sampler_init_top_k(s.top_k) if s.top_k > 0 and not greedy else None
        ),
        "typ_p": lambda: (
            lib.llama_sampler_init_typical(s.typ_p, 1) if s.typ_p < 1 and not greedy else None
        ),
        "top_p": lambda: (
            lib.llama_sampler_init_top_p(s.top_p, 1) if s.top_p < 1 and not greedy else None
        ),
        "min_p": lambda: (
            lib.llama_sampler_init_min_p(s.min_p, 1) if s.min_p > 0 and not greedy else None
        ),
        "xtc": lambda: (
            lib.llama_sampler_init_xtc(s.xtc_probability, s.xtc_threshold, 1, seed)
            if s.xtc_probability > 0 and not greedy
            else None
        ),
        "temperature": lambda: None if greedy else lib.llama_sampler_init_temp(s.temperature),
    }


def _dry(library: Any, vocabulary: Any, s: Sampling, n_ctx: int) -> Any:
    breakers = (ctypes.c_char_p * len(DRY_BREAKERS))(*DRY_BREAKERS)
    last_n = n_ctx if s.dry_penalty_last_n < 0 else s.dry_penalty_last_n
    return library.llama_sampler_init_dry(
        vocabulary, s.dry_multiplier, s.dry_base, s.dry_allowed_length, last_n,
        breakers, len(DRY_BREAKERS),
    )  # fmt: skip


def _add_grammar(library: Any, vocabulary: Any, chain: Any, grammar: str) -> None:
    sampler = library.llama_sampler_init_grammar(vocabulary, grammar.encode(), b"root")
    if not sampler:
        library.llama_sampler_free(chain)
        raise UserError(
            "The grammar could not be read by the engine.",
            "It needs a rule called root; check the line the details name.",
        )
    library.llama_sampler_chain_add(chain, sampler)
