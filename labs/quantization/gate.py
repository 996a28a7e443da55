"""Refuses a comparison that would be false: other models, other vocabularies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from labs.quantization.variant import Variant
from models.amounts import size_text
from models.engine.messages import LoadSettings, ModelInfo, VocabularyFacts
from models.engine.pool import EngineStatus
from models.errors import UserError
from models.fit import fit_together, forecast
from models.hardware.memory import MemoryFree
from models.library.entry import ModelEntry
from models.library.same_model import differing_tensor
from models.library.weights import weights_of

SAME_SIZE = 0.02  # of the number of weights: some files hold padding
_OUTPUTS = ("output.weight", "lm_head.weight")
_HINT = "Compare files made from one model."


def refuse_files(variants: Sequence[Variant]) -> None:
    """Raise UserError for what the files alone tell, before anything is loaded."""
    base = variants[0]
    if len(variants) < 2:
        raise UserError("There is nothing to compare the base with.", "Name another file.")
    labels = [variant.label for variant in variants]
    twice = next((label for label in labels if labels.count(label) > 1), None)
    if twice:
        raise UserError(f"{twice} is named twice.", "Name each file once.")
    for variant in variants:
        if not variant.entry.is_local:
            raise UserError(
                f"{variant.entry.name} does not give all its log-probabilities.",
                "Only GGUF files and MLX folders on this machine can be compared.",
            )
        if variant.entry.problem:
            raise UserError(variant.entry.problem)
        if found := differing_tensor(base.entry, variant.entry):
            raise UserError(
                f"{base.entry.name} and {variant.entry.name} are two different models: {found} "
                "differs, which no quantization changes.",
                _HINT,
            )


def refuse_long_windows(variants: Sequence[Variant], window_tokens: int) -> None:
    """Raise UserError where a window is longer than what a model was trained to read: its numbers
    would tell of that, not of the quantization."""
    for entry in (variant.entry for variant in variants):
        if 0 < entry.n_ctx_train < window_tokens:
            raise UserError(
                f"A window has {window_tokens:,} tokens, and {entry.name} was trained to read "
                f"{entry.n_ctx_train:,} at most.",
                "Choose smaller windows.",
            )


def memory_with_idle(memory: MemoryFree, loaded: Sequence[EngineStatus]) -> MemoryFree:
    """What would be free once everything left that nobody uses: the pool sees to that."""
    idle = sum(status.memory_bytes for status in loaded if status.is_idle)
    return replace(memory, free_bytes=min(memory.free_bytes + idle, memory.total_bytes))


def fits_together(
    variants: Sequence[Variant], loaded: Sequence[EngineStatus], n_ctx: int, memory: MemoryFree
) -> bool:
    """Whether all fit into memory at once, with contexts of `n_ctx` tokens: what is loaded stays,
    and what nobody uses and is not compared leaves. Raises UserError where one alone does not
    fit."""
    wanted = {each.entry.model: each for each in variants}
    there = {status.model for status in loaded if status.memory_bytes} & set(wanted)
    leaving = [status for status in loaded if status.model not in there]
    loads = [_load(each, n_ctx) for model, each in wanted.items() if model not in there]
    if _fit(loads, memory_with_idle(memory, leaving)):
        return True
    _refuse_alone(list(wanted.values()), n_ctx, memory_with_idle(memory, loaded))
    return False


def _refuse_alone(variants: Sequence[Variant], n_ctx: int, memory: MemoryFree) -> None:
    for variant in variants:
        load = _load(variant, n_ctx)
        if not _fit([load], memory):
            cast = forecast(*load, memory)
            raise UserError(
                f"{variant.entry.name} needs {size_text(cast.total_bytes)}, and "
                f"{size_text(cast.free_bytes)} are free.",
                "Compare smaller files, or free some memory.",
            )


def _load(variant: Variant, n_ctx: int) -> tuple[ModelEntry, LoadSettings]:
    return variant.entry, replace(variant.settings, n_ctx=n_ctx)


def _fit(loads: Sequence[tuple[ModelEntry, LoadSettings]], memory: MemoryFree) -> bool:
    if fit_together(loads, memory):
        return True
    if not memory.devices or loads[0][1].gpu_layers <= 0:
        return False
    total = sum(forecast(*load, memory).total_bytes for load in loads)  # split as the user chose
    return total <= memory.free_bytes + max(device.free_bytes for device in memory.devices)


def refuse_models(
    base: ModelInfo, other: ModelInfo, base_entry: ModelEntry, other_entry: ModelEntry
) -> None:
    """Raise UserError where the sizes of the loaded models differ."""
    outputs = _output_weights(base_entry), _output_weights(other_entry)
    repeated = outputs if 0 in outputs else (0, 0)  # tied in one file, held apart in the other
    if not _is_near(base.n_params, other.n_params) and not _is_near(
        base.n_params - repeated[0], other.n_params - repeated[1]
    ):
        raise UserError(
            f"{base.name} and {other.name} are two different models: one has "
            f"{base.n_params:,} weights, the other {other.n_params:,}.",
            _HINT,
        )
    if base.n_vocab != other.n_vocab:
        raise UserError(
            f"{base.name} tells of {base.n_vocab:,} tokens, {other.name} of {other.n_vocab:,}.",
            _HINT,
        )


def _is_near(one: int, other: int) -> bool:
    small, large = sorted((one, other))
    return small >= (1 - SAME_SIZE) * large


def _output_weights(entry: ModelEntry) -> int:
    return sum(weight.n_weights for weight in weights_of(entry) if weight.name in _OUTPUTS)


def refuse_vocabularies(base: VocabularyFacts, other: VocabularyFacts, name: str) -> None:
    """Raise UserError where a token's number means something else, or a text begins otherwise."""
    if base.sha256 != other.sha256:
        raise UserError(
            f"{name} cuts text into other tokens than the base, so their numbers cannot be "
            "compared.",
            _HINT,
        )
    marks = [(facts.adds_bos, facts.bos_id if facts.adds_bos else -1, facts.adds_eos)
             for facts in (base, other)]  # fmt: skip
    if marks[0] != marks[1]:
        raise UserError(
            f"{name} begins or ends a text otherwise than the base: one of them adds a token that "
            "the other does not.",
            "One of the files has a wrong tokenizer setting; take another copy of it.",
        )
    if base.adds_eos:
        raise UserError("Models that end every text with a token cannot be compared.")
