"""The benches of the Labs page, in the order in which their cards stand."""

from __future__ import annotations

from app.pages.labs.bench import Bench
from app.pages.labs.claims_view import ClaimsView
from app.pages.labs.clinic_view import ClinicView

CLINIC = Bench(
    "statistics-clinic", "Statistics clinic",
    "What eight items can and cannot show, on students who all measure the same model. Ten cases "
    "to judge.",
    "Takes no model.", "Open", ClinicView, "statistics-clinic",
)  # fmt: skip
CLAIM_CARDS = Bench(
    "claim-cards", "Claim cards",
    "Three well-known claims: what eight items may conclude, and how to put them to the test.",
    "Reading takes no model; each test does.", "Open", ClaimsView,
)  # fmt: skip

BENCHES: tuple[Bench, ...] = (CLINIC, CLAIM_CARDS)
