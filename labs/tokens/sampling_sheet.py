"""What samplers make of a distribution, as JSON to keep with a lab sheet."""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from dataclasses import asdict
from typing import Any

from labs.tokens.draws import Drawn, SweepPoint
from labs.tokens.next_token import NextToken
from labs.tokens.sampling import Shaped, entropy_bits, shape
from models.engine.messages import Sampling
from models.errors import UserError

MOST_LISTED = 50
SETTINGS = ("temperature", "top_k", "top_p", "min_p", "xtc_threshold", "xtc_probability")


def sampling_sheet(
    found: NextToken | None,
    sampling: Sampling,
    drawn: Sequence[Drawn] = (),
    texts: dict[int, str] | None = None,
    points: Sequence[SweepPoint] = (),
) -> Generator[str, None, str]:
    """A tenth of a second for 5,000 different tokens drawn. Raises UserError while no distribution
    was read."""
    yield "Writing down the draws"
    if found is None:
        raise UserError("There is no distribution yet.", "Ask what comes next after a prompt.")
    shaped = shape(found.distribution, sampling)
    return json.dumps(
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
        },
        ensure_ascii=False,
        indent=1,
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
