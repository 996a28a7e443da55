"""The methods paragraph, written from plan and manifest: what was asked of what, and how."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from labs.experiments.design import THOUGHT_TOKENS
from labs.experiments.report.caveats import times
from labs.experiments.report.record import RunRecord
from labs.experiments.report.words import shortened_hash
from labs.experiments.scenarios.set_file import parse_set
from labs.experiments.statistics.wording import percent
from models.amounts import size_text

LANES: Mapping[str, str] = {
    "free": "The free answer is the text that the model writes, its likeliest token at every step "
            "(temperature 0), at most {tokens} tokens; the answer is read by a fixed rule that "
            "looks for a label as a whole word.",
    "drawn": "The free answer is the text that the model writes, at most {tokens} tokens, drawn at "
             "the temperature of its condition from all tokens, with no other sampler; at "
             "temperature 0 the likeliest token is taken at every step. Each draw has a seed of "
             "its own. The answer is read by a fixed rule.",
    "forced": "In the forced choice it may write nothing but one of the labels.",
    "likelihood": "The lean compares how likely the labels are as its next words, in all their "
                  "spellings.",
}  # fmt: skip
MODES: Mapping[str, str] = {
    "cold": "Every prompt was read from scratch.",
    "exact": "Beginnings that prompts share were read once, one prompt at a time.",
    "batched": "The answers to several prompts were written together.",
}


def methods(record: RunRecord) -> tuple[str, ...]:
    """Paragraphs: the design, the order of several models, each model, the machine."""
    order = " ".join(_order(record))
    return (
        " ".join(_design(record)),
        *([order] if order else []),
        *(" ".join(_model(record, model)) for model in record.plan.models if record.entry(model)),
        " ".join(_machine(record)),
    )


def _design(record: RunRecord) -> Iterator[str]:
    plan, design = record.plan, record.plan.design
    scenarios = parse_set(plan.scenarios, "the plan's set")
    each = " each" if len(plan.models) > 1 else ""
    made = f"the set “{scenarios.title}” (version {scenarios.version})"
    finished, planned = record.n_finished_items, int(design["n_items"])
    if finished == planned:
        yield f"{planned} items of {made} were asked in {design['n_trials']} trials{each}."
    else:
        yield (
            f"Items of {made} were to be asked in {design['n_trials']} trials{each}. Of {planned} "
            f"planned items {finished} were finished, and only these count."
        )
    for factor in record.factors:
        levels = "; ".join(level.title for level in factor.levels)
        yield f"{factor.title}: {levels}."
    yield (
        f"The first of each is the baseline. Items came in random order drawn from the seed "
        f"{plan.seed}, all trials of an item together."
    )
    for lane in record.lanes:
        told = "drawn" if lane == "free" and _is_drawn(record) else lane
        yield LANES.get(told, "").format(tokens=design["free_tokens"])


def _is_drawn(record: RunRecord) -> bool:
    return any(factor.id == "temperature" for factor in record.factors)


def _order(record: RunRecord) -> Iterator[str]:
    """Why several models were asked in this order, and what the trials show of it."""
    if len(record.plan.models) < 2:
        return
    yield from order_sentences(record.manifest)
    changes = sum(one.model != other.model for one, other in pairwise(record.trials))
    yield f"In the order in which the answers came, the model changes {times(changes)}."


def order_sentences(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """One for each order that the starts of a run had; runs of before asked one model after the
    other and do not say so."""
    starts = manifest.get("model_order", ())
    return tuple(dict.fromkeys(each["sentence"] for each in starts if each["sentence"]))


def _model(record: RunRecord, model: str) -> Iterator[str]:
    entry = record.entry(model)
    if record.is_simulated(model):
        yield f"{model} is a simulated subject: a program with a known behaviour."
    else:
        yield from _weights(model, entry)
    yield from _template(entry)
    if entry.get("served"):
        yield from _service(entry)
        if _is_drawn(record):
            yield "What it was not asked for, such as a top-k of its own, may have cut its draws."
    else:
        yield from _reading(entry)
    if "certificate" in entry:
        yield f"Repeatability check: {entry['certificate']['sentence']}"
    if entry.get("thinking", {}).get("thinks"):
        yield f"It thought first, with at most {THOUGHT_TOKENS} tokens for that."


def _service(entry: Mapping[str, Any]) -> Iterator[str]:
    yield (
        f"A server ran it ({_build(entry)}), and was asked for a context of "
        f"{entry['context']['n_ctx']:,} tokens. Threads, cache and batches were the server's own "
        "affair."
    )


def _reading(entry: Mapping[str, Any]) -> Iterator[str]:
    context = entry["context"]
    flash = "on" if context["flash_attention"] else "off"
    yield (
        f"It ran on {entry['backend']} ({_build(entry)}), on {entry['device']} with "
        f"{_count(context['threads'], 'thread')}, a context of {context['n_ctx']:,} tokens and "
        f"flash attention {flash}."
    )
    yield MODES.get(entry.get("mode", ""), "")


def _weights(model: str, entry: Mapping[str, Any]) -> Iterator[str]:
    known = f"SHA-256 {shortened_hash(entry['sha256'])}" if entry["sha256"] else ""
    if manifest := entry.get("manifest_sha256"):
        known = f"SHA-256 of its manifest at Ollama {shortened_hash(manifest)}"
    told = (
        f"is a model of the architecture {entry['architecture']} with "
        f"{entry['n_params'] / 1e6:,.0f} million parameters"
        if entry["architecture"] and entry["n_params"]
        else "is a model of which neither architecture nor size is told"
    )
    yield (
        f"{entry.get('file', model)} ({known or 'SHA-256 not known'}) {told}"
        + (f", quantization {entry['quantization']}" if entry["quantization"] else "")
        + "."
    )
    mix = entry.get("type_mix")
    if mix:
        shares = ", ".join(f"{_share(s['share'])} as {s['type']}" for s in mix["shares"])
        yield f"Its weights are stored {shares}: {mix['bits_per_weight']:.2f} bits a weight."


def _template(entry: Mapping[str, Any]) -> Iterator[str]:
    if entry.get("served"):
        yield "The server wrote its own chat template around each message, unseen from here."
        yield from entry.get("notes", ())
        return
    if not entry.get("template"):
        return
    added = entry.get("added_system_prompt")
    by_itself = f"a system prompt by itself: “{added}”" if added else "no words of its own"
    yield f"Its chat template (hash {shortened_hash(entry['template_hash'])}) adds {by_itself}."
    yield from entry.get("notes", ())


def _build(entry: Mapping[str, Any]) -> str:
    """The version; which instructions it was built for stands in the manifest."""
    return str(entry["backend_build"]).partition(" · ")[0] or "build not told"


def _machine(record: RunRecord) -> Iterator[str]:
    machine, packages = record.manifest["machine"], record.manifest["packages"]
    yield (
        f"The machine: {machine['processor']}, {_count(machine['cores'], 'core')}, "
        f"{size_text(machine['memory_bytes'])} of memory, {machine['system']}."
    )
    for gpu in machine.get("gpus", ()):
        yield f"Graphics: {gpu if isinstance(gpu, str) else gpu.get('name', gpu)}."
    versions = ", ".join(f"{name} {number}" for name, number in packages.items())
    yield f"Versions: {versions}. The run began at {record.manifest['started_at']}."


def _share(share: float) -> str:
    return percent(share) if share >= 0.001 else "less than 0.1 %"


def _count(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
