"""The benches of the Labs page, in the order in which their cards stand."""

from __future__ import annotations

from app.pages.labs.bench import Bench
from app.pages.labs.claims_view import ClaimsView

CLAIM_CARDS = Bench(
    "claim-cards", "Claim cards",
    "Three well-known claims: what eight items may conclude, and how to put them to the test.",
    "Reading takes no model; each test does.", "Read", ClaimsView,
)  # fmt: skip

BENCHES: tuple[Bench, ...] = (CLAIM_CARDS,)
