"""A distribution as rows of bars: the likeliest tokens, and all others as one."""

from __future__ import annotations

from app.pages.tokens.probability_bars import BarRow
from app.pages.tokens.sampling_panel import Case
from app.widgets.token_popup import repr_token
from labs.tokens.next_token import NextToken
from labs.tokens.sampling import Floats, Shaped

MOST_ROWS = 40


def rows_of(found: NextToken, shaped: Shaped, case: Case) -> list[BarRow]:
    """Probabilities before, and after the samplers in one case of XTC or in both together."""
    before, after = found.distribution.probabilities, _after(shaped, case)
    ids = found.distribution.ids[:MOST_ROWS].tolist()
    shares = after[: len(ids)].tolist()
    shares += [0.0] * (len(ids) - len(shares))
    rows = [
        BarRow(repr_token(found.texts.get(token_id, "")), share, left, value=token_id)
        for token_id, share, left in zip(ids, before[: len(ids)].tolist(), shares, strict=True)
    ]
    if (n_rest := len(before) - len(ids)) > 0:
        rest = float(before[len(ids) :].sum()), float(after[len(ids) :].sum())
        rows.append(BarRow(f"{n_rest:,} others", *rest))
    return rows


def _after(shaped: Shaped, case: Case) -> Floats:
    if case == "cut" and shaped.cut is not None:
        return Shaped(shaped.cut).mixed
    return Shaped(shaped.uncut).mixed if case == "uncut" else shaped.mixed
