"""Every term that screens and reports may use has its sentence."""

from __future__ import annotations

import pytest

from labs.experiments.report.glossary import read_glossary
from models.errors import UserError

LISTED = (
    "expected by chance", "tone", "layout", "question turned round", "each prompt from scratch",
    "repeatability check", "no clear answer", "room left for the label", "lean", "forced choice",
    "free answer", "interval", "placebo edit", "baseline", "Holm correction", "d′", "criterion",
    "AUROC", "flip", "spread", "Cochran's Q", "McNemar", "cluster", "n", "p", "seed",
    "quantization", "chat template",
)  # fmt: skip


@pytest.mark.parametrize("words", LISTED)
def test_a_listed_term_has_an_entry_and_is_found_in_text(words):
    pieces = list(read_glossary().pieces(f"Here {words} stands.", set()))
    assert [piece.text for piece in pieces if piece.term] == [words]


def test_every_entry_is_one_plain_sentence_that_does_not_lean_on_itself():
    for term in read_glossary().terms.values():
        assert term.sentence[0].isupper() and term.sentence.endswith("."), term.id
        assert ". " not in term.sentence and 40 < len(term.sentence) < 260, term.id


def test_no_form_belongs_to_two_terms():
    forms = [f.casefold() for t in read_glossary().terms.values() for f in (t.words, *t.forms)]
    assert len(forms) == len(set(forms))


def test_only_the_first_use_is_marked_and_no_text_is_lost():
    text = "The lean, and the lean again: n = 3 of N, p < 0.05; leaning, p-values."
    pieces = list(read_glossary().pieces(text, set()))
    assert [piece.text for piece in pieces if piece.term] == ["lean", "n", "p"]
    assert "".join(piece.text for piece in pieces) == text


def test_a_term_without_entry_is_told():
    with pytest.raises(UserError, match="no entry “nonsense”"):
        read_glossary()["nonsense"]
