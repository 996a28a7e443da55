"""The short list: whole, honest about what was not measured, and with models for a class."""

from __future__ import annotations

from models.download.choices import choices_of, default_choice, shown_first
from models.download.curated import curated_models
from models.download.repository import parse_repository
from models.hardware.memory import MemoryFree
from tests.models.download.test_repository import listing


def test_every_entry_names_a_repository_and_its_licence() -> None:
    for model in curated_models():
        assert parse_repository(model.repo).repo == model.repo
        assert model.licence and model.why.endswith(".") and model.measured


def test_there_are_class_models_of_about_one_and_three_billion_weights() -> None:
    sizes = [round(m.weights / 1e9) for m in curated_models() if "class model" in m.why]
    assert {1, 3} <= set(sizes)


def test_a_rough_forecast_goes_with_each() -> None:
    small, large = MemoryFree(100 << 20, 100 << 20), MemoryFree(64 << 30, 64 << 30)
    assert {model.verdict(large) for model in curated_models()} == {"fits"}
    assert {model.verdict(small) for model in curated_models()} == {"wont_fit"}


def test_of_many_choices_one_a_plain_name_is_shown_first() -> None:
    types = ("IQ2_M", "Q3_K_M", "Q4_0", "Q4_K_M", "Q5_K_M", "Q6_K", "Q8_0")
    choices = choices_of(listing(*(f"a-{name}.gguf" for name in types)))
    default = default_choice(choices)
    assert default is not None
    shown = shown_first(choices, default)
    assert [choice.quantization for choice in shown] == ["Q3_K_M", "Q4_K_M", "Q8_0"]
