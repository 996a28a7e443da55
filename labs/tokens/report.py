"""What was counted, as JSON to keep with a lab sheet."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from labs.tokens.comparison import View
from labs.tokens.language_rows import LanguageRow
from models.errors import UserError

REPORT_NAME = "token_report.json"
# The rule of thumb that the measured figures stand beside.
RULE = {"words_per_token": 0.75, "letters_per_token": 4.0}


def token_report(
    text: str, views: Sequence[View], rows: Sequence[LanguageRow], reference: str
) -> str:
    """Raises UserError while nothing was counted."""
    if not views and not rows:
        raise UserError("Nothing was counted yet.", "Write a text, or compare the languages.")
    report: dict[str, Any] = {"rule_of_thumb": RULE}
    if views:
        report["text"] = {"text": text[:10_000], "tokenizers": [_view(view) for view in views]}
    if rows:
        report["languages"] = {"reference": reference, "rows": [_row(row) for row in rows]}
    return json.dumps(report, ensure_ascii=False, indent=1)


def _view(view: View) -> dict[str, Any]:
    counted = view.measures
    per_token = counted.n_letters / counted.n_tokens if counted.n_tokens else None
    words = counted.n_words / counted.n_tokens if counted.n_tokens and counted.n_words else None
    return {"tokenizer": view.source.name, **asdict(counted), "letters_per_token": per_token,
            "words_per_token": words}  # fmt: skip


def _row(row: LanguageRow) -> dict[str, Any]:
    cost = row.cost
    return {
        "language": cost.language.code, "tokenizer": row.tokenizer, "n_tokens": cost.total,
        "times_the_tokens": asdict(row.premium), "tokens_per_word": cost.tokens_per_word,
        "letters_per_token": cost.letters_per_token, "context_tokens": row.context,
        "read_s": row.read_s,
    }  # fmt: skip
