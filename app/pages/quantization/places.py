"""What of the Quantization page can be opened by name."""

from __future__ import annotations

from app.pages.page import Place

COMPARE, MAKE, FLIPS, BLOCK = "compare", "make", "flips", "block"

PLACES: tuple[Place, ...] = (
    Place("Compare quantizations of a model", COMPARE, "What fewer bits cost, measured here"),
    Place("Make a smaller file of a model", MAKE, "GGUF types and MLX folders"),
    Place("Flipped answers", FLIPS, "Which answers change between two quantizations"),
    Place("One block of weights", BLOCK, "32 weights become codes"),
)
