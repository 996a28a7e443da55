"""What templates made of one chat, as JSON to keep with a lab sheet."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from labs.tokens.xray import ChatMessage, Xray
from models.errors import UserError

NAME = "template_note.json"


def template_note(
    messages: Sequence[ChatMessage], columns: Sequence[Xray], *, careless: bool
) -> str:
    """`careless` as `xray` takes it. Raises UserError while nothing was rendered."""
    if not columns:
        raise UserError("No prompt is shown.", "Open the tab Chat template and write a message.")
    return json.dumps(
        {
            "messages": [{"role": each.role, "content": each.text} for each in messages],
            "reads_control_tokens_out_of_messages": careless,
            "templates": [_column(each) for each in columns],
        },
        ensure_ascii=False,
        indent=1,
    )


def _column(found: Xray) -> dict[str, Any]:
    return {
        "tokenizer": found.wish.source.name,
        "template": found.wish.template_name,
        "n_tokens": len(found.tokens),
        "tokens_by_origin": dict(Counter(token.origin for token in found.tokens)),
        "control_tokens_out_of_messages": found.n_smuggled,
        "same_as_first": found.same_as_first,
        "rendered": found.rendered,
        "tokens": [{"id": token.token_id, "text": token.text, "origin": token.origin,
                    "control": token.control} for token in found.tokens],
        "notes": list(found.notes),
    }  # fmt: skip
