"""Sampling and load settings under Ollama's names; what it lacks is told, not dropped."""

from __future__ import annotations

from typing import Any

from models.engine.messages import LoadSettings, Sampling

NAMES = {
    "temperature": "temperature", "top_k": "top_k", "top_p": "top_p", "min_p": "min_p",
    "typ_p": "typical_p", "repeat_penalty": "repeat_penalty", "repeat_last_n": "repeat_last_n",
    "presence_penalty": "presence_penalty", "frequency_penalty": "frequency_penalty",
}  # fmt: skip
# What Ollama has no setting for: its name for people, and the field that turns it on.
LACKING = {
    "top_n_sigma": "top-n sigma",
    "xtc_probability": "XTC",
    "dry_multiplier": "DRY",
    "samplers": "another order of samplers",
}
DEFAULT = Sampling()


def options(sampling: Sampling, load: LoadSettings, n_ctx: int, max_tokens: int) -> dict[str, Any]:
    """Every setting is sent, also where it is the default: Ollama's own defaults are others, and
    without `num_ctx` it would cut prompts to a length of its own."""
    sent = {theirs: getattr(sampling, ours) for ours, theirs in NAMES.items()}
    return sent | {"num_predict": max_tokens} | load_options(load, n_ctx)


def load_options(load: LoadSettings, n_ctx: int) -> dict[str, Any]:
    """What a model is loaded with: Ollama loads it again wherever this differs."""
    sent = {"num_ctx": n_ctx}
    if load.gpu_layers >= 0:
        sent["num_gpu"] = load.gpu_layers
    if load.threads > 0:
        sent["num_thread"] = load.threads
    return sent


def notes(sampling: Sampling) -> tuple[str, ...]:
    """A sentence on the settings of this reply that Ollama could not be told."""
    lost = [
        name for field, name in LACKING.items()
        if getattr(sampling, field) != getattr(DEFAULT, field)
    ]  # fmt: skip
    if not lost:
        return ()
    return (f"Ollama has no setting for {' and '.join(lost)}; the reply was drawn without.",)
