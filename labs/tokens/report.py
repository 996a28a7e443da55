"""What was counted, as JSON to keep with a lab sheet."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from labs.tokens.comparison import View
from labs.tokens.language_rows import LanguageRow
from labs.tokens.merge_rows import readable
from labs.tokens.training import LEAST_COUNT, Trained
from models.errors import UserError

REPORT_NAME = "token_report.json"
# The rule of thumb that the measured figures stand beside.
RULE = {"words_per_token": 0.75, "letters_per_token": 4.0}


def token_report(
    text: str, views: Sequence[View], rows: Sequence[LanguageRow], reference: str,
    trained: Mapping[str, Any] | None = None,
) -> str:  # fmt: skip
    """`trained` as `trained_entry` makes it. Raises UserError while nothing was counted."""
    if not views and not rows and trained is None:
        raise UserError("Nothing was counted yet.", "Write a text, or compare the languages.")
    report: dict[str, Any] = {"rule_of_thumb": RULE}
    if views:
        report["text"] = {"text": text[:10_000], "tokenizers": [_view(view) for view in views]}
    if rows:
        report["languages"] = {"reference": reference, "rows": [_row(row) for row in rows]}
    if trained is not None:
        report["trained"] = trained
    return json.dumps(report, ensure_ascii=False, indent=1)


def trained_entry(name: str, trained: Trained, n_merges: int) -> dict[str, Any]:
    """Merges learned from the text of that name, and what they do to others, for `token_report`;
    `n_merges` were asked for."""
    return {
        "learned_from": name, "n_bytes": trained.n_bytes, "merges_asked": n_merges,
        "words": "GPT-2's pattern", "least_count": LEAST_COUNT,
        "is_only_the_beginning": trained.is_cut, "has_cut_words": trained.has_cut_words,
        "merges": [
            {"left": readable(m.left), "right": readable(m.right), "count": m.count,
             "n_tokens": m.n_tokens} for m in trained.merges
        ],
        "held_out": {
            other: {"n_bytes": trained.of_bytes[other], "n_tokens": list(counts)}
            for other, counts in trained.held_out.items()
        },
    }  # fmt: skip


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
