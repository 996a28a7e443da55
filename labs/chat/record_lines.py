"""How a reply was made, as names and values for a reader."""

from __future__ import annotations

from dataclasses import asdict

from labs.chat.conversation import OVERFLOW_WORDS, Provenance
from models.engine.messages import LoadSettings, Sampling

STOP_WORDS = {
    "end": "ended by itself",
    "stop": "ended at a stop word",
    "length": "stopped at the set length",
    "decided": "ended as soon as the answer was clear",
    "context_full": "stopped: the context was full",
    "cancelled": "stopped by you",
}
CONSERVATIVE = "conservative, after a crash while loading"
BUILD_FLAGS = "Build flags"  # long, and rarely what a reader looks for
SHARED = "decoded together with other replies"


def record_lines(made: Provenance) -> tuple[tuple[str, str], ...]:
    """Everything that is needed to make the reply again; only what is known, with units."""
    build, _, flags = made.backend_build.partition(" · ")
    first, speed = made.time_to_first_token_s, made.tokens_per_second
    lines = (
        ("Model", made.model_name),
        ("File", made.model_path),
        ("SHA-256", made.sha256 or ("not known yet" if made.fingerprint else "")),
        ("Fingerprint", made.fingerprint),
        ("Manifest at Ollama", made.manifest_sha256),
        ("Quantization", made.quantization),
        ("Backend", f"{made.backend} {build}".strip()),
        (BUILD_FLAGS, flags),
        ("Device", made.device),
        ("Context", f"{made.n_ctx:,} tokens" if made.n_ctx else ""),
        ("Load settings", _load(made.load)),
        ("Kernels", CONSERVATIVE if made.conservative_kernels else ""),
        ("Seed", str(made.seed)),
        ("Sampling", _sampling(made.sampling)),
        ("Longest reply", f"{made.max_tokens:,} tokens" if made.max_tokens > 0 else ""),
        ("Stop words", ", ".join(map(repr, made.stop))),
        ("Grammar", made.grammar),
        ("Template hash", made.template_hash),
        ("When the context is full", OVERFLOW_WORDS[made.overflow]),
        ("Thinking", _thinking(made)),
        ("Prompt", _prompt(made)),
        ("Reply", f"{made.reply_tokens:,} tokens"),
        ("Batch", SHARED if made.shared_batch else ""),
        ("First token", f"{first:.3f} s" if first is not None else ""),
        ("Speed", f"{speed:.1f} tokens a second" if speed is not None else ""),
        ("Stop reason", STOP_WORDS.get(made.stop_reason, made.stop_reason)),
        ("Notes", " ".join(made.notes)),
    )
    return tuple((name, value) for name, value in lines if value)


def _load(load: LoadSettings) -> str:
    usual = asdict(LoadSettings())
    changed = {name: value for name, value in asdict(load).items() if value != usual[name]}
    return _values(changed) or "all as they come"


def _sampling(sampling: Sampling) -> str:
    values = asdict(sampling)
    del values["seed"]
    values["samplers"] = " → ".join(values["samplers"])
    return _values(values)


def _values(values: dict[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())


def _thinking(made: Provenance) -> str:
    took = made.thinking_s
    return made.thinking + (f", took {took:.1f} s" if took is not None else "")


def _prompt(made: Provenance) -> str:
    if not made.prompt_tokens:  # it ended before the prompt was read
        return ""
    kept = f", {made.cached_tokens:,} of them kept from the turn before"
    return f"{made.prompt_tokens:,} tokens{kept if made.cached_tokens else ''}"
