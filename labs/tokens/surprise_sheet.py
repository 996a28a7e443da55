"""The surprise of a text, as JSON to keep with a lab sheet."""

from __future__ import annotations

import json
import math
from collections.abc import Generator, Sequence
from dataclasses import asdict
from typing import Any

from labs.tokens.surprise import Surprise, entropy_bits
from labs.tokens.surprise_difference import Difference, context
from models.errors import UserError

SURPRISE_NAME = "surprise.json"


def surprise_sheet(
    readings: Sequence[Surprise], difference: Difference | None, text: bytes
) -> Generator[str, None, str]:
    """A tenth of a second for 16,000 tokens. Raises UserError while nothing was read."""
    yield "Writing down what was read"
    if not readings:
        raise UserError("Nothing was read yet.", "Read a text with a model.")
    return json.dumps(
        {
            "text": text.decode("utf-8", "replace"),
            "readings": [_reading(each) for each in readings],
            "difference": _difference(difference, text) if difference else None,
        },
        ensure_ascii=False,
        indent=1,
    )


def _reading(reading: Surprise) -> dict[str, Any]:
    return {
        "model": reading.model, "is_whole": reading.is_whole, "notes": list(reading.notes),
        "totals": {name: _finite(value) for name, value in asdict(reading.totals).items()},
        "tokens": [_token(reading, index) for index in range(len(reading.tokens))],
    }  # fmt: skip


def _token(reading: Surprise, index: int) -> dict[str, Any]:
    cut, told = reading.cut[index], reading.tokens[index]
    return {
        "id": cut.token_id, "text": cut.raw.decode("utf-8", "replace"), "start": cut.start,
        "end": cut.end, "surprise_bits": reading.bits(index), "entropy_bits": entropy_bits(told),
        "rank": told.rank, "is_broken": reading.is_broken(index),
    }  # fmt: skip


def _difference(found: Difference, text: bytes) -> dict[str, Any]:
    return {
        "has_same_tokens": found.has_same_tokens, "n_stretches": len(found.spans),
        "n_bytes": found.n_bytes, "first_bits_per_byte": found.first_bits_per_byte,
        "second_bits_per_byte": found.second_bits_per_byte,
        "largest": [
            {"start": span.start, "end": span.end, "text": context(text, span)[1],
             "first_bits": span.first_bits, "second_bits": span.second_bits}
            for span in found.largest()
        ],
    }  # fmt: skip


def _finite(value: float | None) -> float | None:
    return value if value is None or math.isfinite(value) else None
