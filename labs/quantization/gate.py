"""Refuses a comparison that would be false: other models, other vocabularies."""

from __future__ import annotations

from collections.abc import Sequence

from labs.quantization.variant import Variant
from models.engine.messages import ModelInfo, VocabularyFacts
from models.errors import UserError
from models.fit import forecast
from models.hardware.memory import MemoryFree
from models.library.same_model import differing_tensor

SAME_SIZE = 0.02  # of the number of weights: some files hold the output apart, or padding
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


def refuse_memory(variants: Sequence[Variant], memory: MemoryFree) -> None:
    """Raise UserError where the models do not fit into memory together."""
    models = {variant.entry.model: variant for variant in variants}
    sums = [forecast(each.entry, each.settings, memory) for each in models.values()]
    total = sum(each.total_bytes for each in sums)
    if total > sums[0].free_bytes:
        raise UserError(
            f"The models need {total / 1e9:.1f} GB together, and "
            f"{sums[0].free_bytes / 1e9:.1f} GB are free.",
            "Compare fewer at once, or free some memory.",
        )


def refuse_models(base: ModelInfo, other: ModelInfo) -> None:
    """Raise UserError where the sizes of the loaded models differ."""
    sizes = sorted((base.n_params, other.n_params))
    if sizes[0] < (1 - SAME_SIZE) * sizes[1]:
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
