"""Parts of a prompt as the messages that a server takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from models.engine.messages import Part
from models.errors import UserError


def as_messages(
    parts: Sequence[Part], spell: Callable[[Sequence[int]], str] | None = None
) -> list[dict[str, str]]:
    """[{"role": …, "content": …}] in order; neighbours of one role are one message.

    A part without a role behind messages is how the reply begins: it ends the list as a message
    of the assistant, which servers continue. `spell` turns token ids into text. Raises UserError
    for ids where the tokenizer of the model is not known.
    """
    messages: list[dict[str, str]] = []
    for part in parts:
        role = part.role or ("assistant" if messages else "user")
        text = part.text or _spelled(part.token_ids, spell)
        if messages and messages[-1]["role"] == role:
            messages[-1]["content"] += text
        elif text or part.role:
            messages.append({"role": role, "content": text})
    return messages


def _spelled(ids: Sequence[int], spell: Callable[[Sequence[int]], str] | None) -> str:
    if not ids:
        return ""
    if spell is None:
        raise UserError(
            "A reply of this model cannot go on from its middle: its tokens are not known here.",
            "Regenerate it from the beginning.",
        )
    return spell(ids)
