"""How a reply was made, as names and values for a reader."""

from __future__ import annotations

from dataclasses import asdict

from labs.chat.conversation import Message
from models.engine.messages import Sampling


def record_lines(message: Message) -> tuple[tuple[str, str], ...]:
    """Only what is known; numbers carry their units."""
    made = message.provenance
    if made is None:
        return ()
    first = made.time_to_first_token_s
    speed = made.tokens_per_second
    lines = (
        ("Model", made.model_name),
        ("File", made.model_path),
        ("SHA-256", made.sha256),
        ("Fingerprint", made.fingerprint),
        ("Quantization", made.quantization),
        ("Backend", f"{made.backend} {made.backend_build}".strip()),
        ("Device", made.device),
        ("Context", f"{made.n_ctx:,} tokens" if made.n_ctx else ""),
        ("Seed", str(made.seed)),
        ("Sampling", _sampling(made.sampling)),
        ("Longest reply", f"{made.max_tokens:,} tokens" if made.max_tokens > 0 else ""),
        ("Stop words", ", ".join(map(repr, made.stop))),
        ("Grammar", made.grammar),
        ("Template", made.template_hash),
        ("Thinking", f"{made.thinking_s:.1f} s" if made.thinking_s is not None else ""),
        ("Prompt", f"{made.prompt_tokens:,} tokens"),
        ("Reply", f"{made.reply_tokens:,} tokens"),
        ("First token", f"{first:.3f} s" if first is not None else ""),
        ("Speed", f"{speed:.1f} tokens a second" if speed is not None else ""),
        ("Stop reason", made.stop_reason),
        ("Notes", " ".join(made.notes)),
    )
    return tuple((name, value) for name, value in lines if value)


def _sampling(sampling: Sampling) -> str:
    values = asdict(sampling)
    del values["seed"]
    values["samplers"] = " → ".join(values["samplers"])
    return ", ".join(f"{name} {value}" for name, value in values.items())
