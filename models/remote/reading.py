"""Whether a server read all of a prompt: refused where it surely cannot, told where it did not."""

from __future__ import annotations

from collections.abc import Sequence

from models.engine.messages import Part, Tokenized
from models.errors import UserError

SURE = 2.0  # an estimate is at most so far above the truth
LETTERS_A_TOKEN_AT_MOST = 10  # of prose in any common tokenizer, on average over a prompt
SLACK = 2  # tokens a message: a template may trim its ends


def refuse_too_long(count: int, n_ctx: int, reply_tokens: int = 1, *, is_exact: bool) -> None:
    """Raises UserError for a prompt that the context cannot hold: a server would cut it without a
    word. A `count` that is an estimate refuses only what is far beyond it."""
    least = count if is_exact else round(count / SURE)
    if least + reply_tokens > n_ctx:
        raise UserError(
            f"The prompt has about {count:,} tokens, but the context holds {n_ctx:,}.",
            "Shorten it, or load the model with a larger context.",
        )


def refuse_cut(server: str, prompt: Sequence[Part], sent: Tokenized, read: int) -> None:
    """Raises UserError where `cut_note` has something to say: a row of many has no notes, and an
    answer to half a prompt would count as one to the whole."""
    for note in cut_note(server, prompt, sent, read):
        raise UserError(note, "Shorten it, or load the model with a larger context.")


def cut_note(server: str, prompt: Sequence[Part], sent: Tokenized, read: int) -> tuple[str, ...]:
    """A sentence where fewer tokens were read than were sent. `read` is the server's own count of
    the prompt, 0 where it gave none. The messages alone are compared, without the template that
    nobody sees; their exact tokens where they are known, else the letters."""
    if not read:
        return ()
    if sent.tokens:
        own, missing = len(sent.tokens), len(sent.tokens) - read
        if missing <= SLACK * sum(part.role is not None for part in prompt):
            return ()
        return (
            f"{server} read {read:,} tokens of this prompt, but its messages have {own:,}: "
            "the rest was cut off before the model saw it.",
        )
    letters = sum(len(part.text) for part in prompt)
    if letters <= read * LETTERS_A_TOKEN_AT_MOST:
        return ()
    return (
        f"{server} read {read:,} tokens of a prompt of {letters:,} letters: it seems that part of "
        "it was cut off before the model saw it.",
    )
