"""The words below a reply: numbers with units, and how it was made."""

from __future__ import annotations

from app.widgets.message_view.shown import ShownMessage
from labs.chat.conversation import Provenance

STOP_WORDS = {
    "end": "ended by itself",
    "stop": "ended at a stop word",
    "length": "stopped at the set length",
    "context_full": "stopped: the context was full",
    "cancelled": "stopped by you",
}
STATE_WORDS = {
    "stopped": "Stopped by you. Continue goes on from here.",
    "interrupted": "This reply was cut off when Assay ended. Continue goes on from here.",
}
OVERFLOW_WORDS = {
    "stop_at_limit": "Stop at limit",
    "truncate_middle": "Truncate middle",
    "rolling_window": "Rolling window",
}


def summary(provenance: Provenance) -> str:
    """One line: tokens, speed, wait for the first token, why it ended."""
    pieces = []
    if provenance.reply_tokens:
        pieces.append(f"{provenance.reply_tokens:,} tokens")
    if provenance.tokens_per_second is not None:
        pieces.append(f"{speed(provenance.tokens_per_second)} tokens/s")
    if provenance.time_to_first_token_s is not None:
        pieces.append(f"first token after {seconds(provenance.time_to_first_token_s)}")
    if provenance.stop_reason and provenance.stop_reason != "cancelled":
        pieces.append(STOP_WORDS.get(provenance.stop_reason, provenance.stop_reason))
    return "  ·  ".join(pieces)


def state_words(message: ShownMessage) -> str:
    """What is to be said about a reply that did not end well."""
    if message.state == "failed":
        return message.error or "This reply failed."
    return STATE_WORDS.get(message.state, "")


def mark_words(message: ShownMessage) -> str:
    """What is to be said about a message that was not sent whole."""
    if message.left_out:
        return "Not sent with the last reply: did not fit"
    if message.shortened:
        return "Only partly sent with the last reply: shortened to fit"
    if message.dropped_count:
        what = "message was" if message.dropped_count == 1 else "messages were"
        return f"{message.dropped_count} earlier {what} not sent with this reply: did not fit"
    return ""


def thinking_words(message: ShownMessage) -> str:
    if message.is_thinking:
        return "Thinking…"
    if message.thinking_s is not None:
        return f"Thought for {seconds(message.thinking_s)}"
    return "Thought first"


def speed(tokens_per_second: float) -> str:
    return f"{tokens_per_second:,.0f}" if tokens_per_second >= 10 else f"{tokens_per_second:.1f}"


def seconds(value: float) -> str:
    if value < 0.01:
        return "less than 0.01 s"
    if value < 1:
        return f"{value:.2f} s"
    if value < 60:
        return f"{value:.1f} s"
    return f"{int(value // 60)} min {int(value % 60)} s"


def details(provenance: Provenance) -> tuple[tuple[str, str], ...]:
    """Everything that is needed to make the reply again, as names and values."""
    sampling, load = provenance.sampling, provenance.load
    rows = [
        ("Model", provenance.model_name),
        ("File", provenance.model_path),
        ("SHA-256", provenance.sha256 or ("not known yet" if provenance.fingerprint else "")),
        ("Fingerprint", provenance.fingerprint),
        ("Quantization", provenance.quantization),
        ("Backend", f"{provenance.backend} {provenance.backend_build}".strip()),
        ("Device", provenance.device),
        ("Context", f"{provenance.n_ctx:,} tokens" if provenance.n_ctx else ""),
        ("Load settings", _changed(load)),
        ("Seed", str(provenance.seed)),
        ("Sampling", _values(sampling)),
        ("Longest reply", f"{provenance.max_tokens:,} tokens" if provenance.max_tokens > 0 else ""),
        ("Stop words", ", ".join(provenance.stop)),
        ("Grammar", provenance.grammar),
        ("Template hash", provenance.template_hash),
        ("When the context is full", OVERFLOW_WORDS[provenance.overflow]),
        ("Thinking", _thinking(provenance)),
        ("Prompt", _prompt_words(provenance)),
        ("Reply", f"{provenance.reply_tokens:,} tokens"),
        ("Stop reason", STOP_WORDS.get(provenance.stop_reason, provenance.stop_reason)),
    ]
    rows += [("Note", note) for note in provenance.notes]
    if provenance.conservative_kernels:
        rows.append(("Kernels", "conservative, after a crash while loading"))
    if provenance.shared_batch:
        rows.append(("Batch", "decoded together with other replies"))
    return tuple((name, value) for name, value in rows if value)


def _prompt_words(provenance: Provenance) -> str:
    words = f"{provenance.prompt_tokens:,} tokens"
    if provenance.cached_tokens:
        words += f", {provenance.cached_tokens:,} of them kept from the turn before"
    return words


def _thinking(provenance: Provenance) -> str:
    took = provenance.thinking_s
    return provenance.thinking + (f", took {seconds(took)}" if took is not None else "")


def _values(thing: object) -> str:
    names = getattr(type(thing), "__dataclass_fields__", {})
    return "  ".join(
        f"{name} {getattr(thing, name)}"
        for name in names
        if name not in ("seed", "samplers", "type")
    )


def _changed(thing: object) -> str:
    default = type(thing)()
    names = getattr(type(thing), "__dataclass_fields__", {})
    changed = [
        f"{name} {getattr(thing, name)}"
        for name in names
        if getattr(thing, name) != getattr(default, name)
    ]
    return "  ".join(changed) or "all as they come"
