"""What the Labs page can be asked to open, by name: plain data, as the labs themselves stand on
libraries that take a second to load. A test holds it beside them."""

from __future__ import annotations

from app.pages.page import Place


def lab_name(title: str) -> str:
    return f"Set up the lab {title}"


PLACES = (
    Place(lab_name("Brittleness"), "lab:brittleness", "Lab"),
    Place(lab_name("Temporal constraints"), "lab:temporal", "Lab"),
    Place(lab_name("Repeated answers"), "lab:repeats", "Lab"),
    Place("Scenario design", "lab:scenario-design", "Lab"),
    Place("Statistics clinic", "lab:statistics-clinic", "Lab"),
    Place("Claim cards", "lab:claim-cards", "Lab"),
    Place("My runs", "runs"),
    Place("Open a run folder…", "folder"),
    Place("Open a hand-in…", "hand-in"),
)
