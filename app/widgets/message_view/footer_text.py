"""The words below a reply: numbers with units, and why it ended."""

from __future__ import annotations

from app.widgets.message_view.shown import MOST_DRAWN_CHARS, ShownMessage
from labs.chat.conversation import Provenance
from labs.chat.record_lines import STOP_WORDS

STATE_WORDS = {
    "stopped": "Stopped by you. Continue goes on from here.",
    "interrupted": "This reply was cut off when Assay ended. Continue goes on from here.",
}


def summary(provenance: Provenance) -> str:
    """One line: tokens, speed, wait for the first token, set form, why it ended."""
    pieces = []
    if provenance.reply_tokens:
        one_or_more = "token" if provenance.reply_tokens == 1 else "tokens"
        pieces.append(f"{provenance.reply_tokens:,} {one_or_more}")
    if provenance.tokens_per_second is not None:
        pieces.append(f"{speed(provenance.tokens_per_second)} tokens/s")
    if provenance.time_to_first_token_s is not None:
        pieces.append(f"first token after {seconds(provenance.time_to_first_token_s)}")
    if provenance.grammar:
        pieces.append("in the set form")  # or a bare "no" to a request for a story is a riddle
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


def length_words(message: ShownMessage) -> str:
    """What is to be said about a message that is too long to be drawn whole."""
    length = len(message.text)
    if length <= MOST_DRAWN_CHARS:
        return ""
    return (
        f"Only the first {MOST_DRAWN_CHARS:,} of {length:,} characters are drawn here; what is "
        "sent, copied, edited or exported is all of them"
    )


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
