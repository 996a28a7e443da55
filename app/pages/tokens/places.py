"""What of the Tokens page can be opened by name."""

from __future__ import annotations

from app.pages.page import Place

TEXT, TEMPLATE, MERGES, LANGUAGES = "text", "template", "merges", "languages"
SURPRISE, NEXT, PARITY, TRAIN = "surprise", "next", "parity", "train"
PLACES = (
    Place("See a text as tokens", TEXT, "Tokenizers side by side, on the Tokens page"),
    Place("See what a chat template sends", TEMPLATE, "The X-ray of the Tokens page"),
    Place("Follow how a word becomes tokens", MERGES, "Its merges, on the Tokens page"),
    Place("Train a tokenizer", TRAIN, "Merges learned from a text, on the Tokens page"),
    Place("See where a model is surprised", SURPRISE, "A text as a heat map, on the Tokens page"),
    Place("See what a model would write next", NEXT, "Its probabilities, on the Tokens page"),
    Place("See what languages cost", LANGUAGES, "The same text in 24 languages, as tokens"),
    Place("Compare two files of one tokenizer", PARITY, "Do they cut alike, and why not?"),
)
