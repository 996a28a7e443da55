"""What the scorer views show, as JSON to keep with a lab sheet."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from labs.tokens.draws import Drawn, SweepPoint
from labs.tokens.next_token import NextToken
from labs.tokens.sampling import Shaped, entropy_bits, shape
from labs.tokens.surprise import Surprise
from labs.tokens.surprise import entropy_bits as entropy_of
from labs.tokens.surprise_difference import Difference, context
from models.engine.messages import Sampling
from models.errors import UserError

SAMPLING_NAME, SURPRISE_NAME = "sampling_sheet.json", "surprise.json"
MOST_LISTED = 50
SETTINGS = ("temperature", "top_k", "top_p", "min_p", "xtc_threshold", "xtc_probability")


def sampling_sheet(
    found: NextToken | None,
    sampling: Sampling,
    drawn: Sequence[Drawn] = (),
    texts: dict[int, str] | None = None,
    points: Sequence[SweepPoint] = (),
) -> str:
    """Raises UserError while no distribution was read."""
    if found is None:
        raise UserError("There is no distribution yet.", "Ask what comes next after a prompt.")
    shaped = shape(found.distribution, sampling)
    return _json(
        {
            "prompt": found.prompt.text,
            "as_chat": found.prompt.as_chat,
            "sent": found.sent,
            "written_token_ids": list(found.prompt.written),
            "model": found.model,
            "settings": {name: getattr(sampling, name) for name in SETTINGS},
            "order": [name for name in sampling.samplers if name in SETTINGS or name == "xtc"],
            "n_vocabulary": len(found.distribution.ids),
            "n_candidates": shaped.n_candidates,
            "entropy_bits_before": found.distribution.entropy_bits,
            "entropy_bits_after": entropy_bits(shaped.mixed),
            "xtc": _lots(shaped),
            "distribution": _rows(found, shaped),
            "rest": _rest(found, shaped),
            "draws": [_draw(each, texts or {}) for each in drawn],
            "sweep": [asdict(point) for point in points],
        }
    )


def _rows(found: NextToken, shaped: Shaped) -> list[dict[str, Any]]:
    distribution, mixed = found.distribution, shaped.mixed
    return [
        {
            "token_id": (token_id := int(distribution.ids[place])),
            "text": found.texts.get(token_id, ""),
            "probability": float(distribution.probabilities[place]),
            "after": float(mixed[place]) if place < len(mixed) else 0.0,
        }
        for place in range(min(MOST_LISTED, len(distribution.ids)))
    ]


def _rest(found: NextToken, shaped: Shaped) -> dict[str, float]:
    before, after = found.distribution.probabilities, shaped.mixed
    return {"probability": float(before[MOST_LISTED:].sum()),
            "after": float(after[MOST_LISTED:].sum())}  # fmt: skip


def _lots(shaped: Shaped) -> dict[str, Any] | None:
    if shaped.cut is None:
        return None
    return {
        "share_of_draws": shaped.cut_share, "n_cut": shaped.cut.first - shaped.uncut.first,
        "entropy_bits_cut": shaped.cut.entropy_bits,
        "entropy_bits_uncut": shaped.uncut.entropy_bits,
    }  # fmt: skip


def _draw(drawn: Drawn, texts: dict[int, str]) -> dict[str, Any]:
    return {**asdict(drawn), "text": texts.get(drawn.token_id, "")}


def surprise_sheet(readings: Sequence[Surprise], difference: Difference | None, text: bytes) -> str:
    """Raises UserError while nothing was read."""
    if not readings:
        raise UserError("Nothing was read yet.", "Read a text with a model.")
    return _json(
        {
            "text": text.decode("utf-8", "replace"),
            "readings": [_reading(each) for each in readings],
            "difference": _difference(difference, text) if difference else None,
        }
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
        "end": cut.end, "surprise_bits": reading.bits(index), "entropy_bits": entropy_of(told),
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


def _json(sheet: dict[str, Any]) -> str:
    return json.dumps(sheet, ensure_ascii=False, indent=1)
