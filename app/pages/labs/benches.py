"""The benches of the Labs page, in the order in which their cards stand."""

from __future__ import annotations

from app.pages.labs.bench import Bench
from app.pages.labs.claims_view import ClaimsView
from app.pages.labs.clinic_view import ClinicView
from app.pages.labs.editor_view import EditorView

DESIGN = Bench(
    "scenario-design", "Scenario design",
    "Write a set of items of your own, with checks beside it while you type.",
    "Takes no model.", "Open", EditorView, "scenario-design",
)  # fmt: skip
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

BENCHES: tuple[Bench, ...] = (DESIGN, CLINIC, CLAIM_CARDS)
