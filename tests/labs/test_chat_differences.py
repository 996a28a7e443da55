"""Two replies side by side: where they differ, and whether both models fit."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labs.chat.differences import Stretch, differences, shared_words
from labs.chat.seating import seat
from models.engine.messages import LoadSettings
from models.hardware.memory import DeviceMemory, MemoryFree
from models.library.entry import ModelEntry

GIB = 1 << 30


def cut(text: str, stretches: tuple[Stretch, ...]) -> list[str]:
    return [text[each.start : each.end] for each in stretches]


@pytest.mark.parametrize(
    ("left", "right", "only_left", "only_right"),
    [
        ("The sea is blue.", "The sea is deep.", ["blue"], ["deep"]),
        ("The sea is blue.", "The  sea\nis blue.", [], []),
        ("The wide open sea", "The sea", ["wide open"], []),
        ("", "All new", [], ["All new"]),
        ("- one two\n- three", "", ["- one two", "- three"], []),
        ("Yes", "yes", ["Yes"], ["yes"]),
        ("Grüße 日本", "Grüße 中国", ["日本"], ["中国"]),
    ],
)
def test_differing_words_are_found_on_each_side(left, right, only_left, only_right) -> None:
    own, other = differences(left, right)
    assert (cut(left, own), cut(right, other)) == (only_left, only_right)


def test_a_text_does_not_differ_from_itself() -> None:
    assert differences("One. Two! Three?", "One. Two! Three?") == ((), ())
    assert shared_words("One. Two!", "One. Two!") == 1


def test_the_share_of_words_in_common_is_twice_the_matches_by_all_words() -> None:
    assert shared_words("a b c d", "a x c") == pytest.approx(2 * 2 / 7)
    assert shared_words("", "a") is None


@given(st.text(max_size=80), st.text(max_size=80))
def test_what_is_left_when_differences_are_taken_out_is_the_same_on_both_sides(left, right) -> None:
    own, other = differences(left, right)

    def rest(text: str, stretches: tuple[Stretch, ...]) -> str:
        for each in reversed(stretches):
            text = text[: each.start] + " " + text[each.end :]
        return "".join(text.split())

    assert rest(left, own) == rest(right, other)


def model(name: str, size_bytes: int) -> tuple[ModelEntry, LoadSettings]:
    return ModelEntry(name, name, Path(f"/{name}.gguf"), "gguf", size_bytes, "Test"), LoadSettings()


@pytest.mark.parametrize(
    ("free_gib", "loaded", "together"), [(8, (), True), (4, (), False), (4, ("/a.gguf",), True)]
)
def test_memory_decides_whether_two_models_answer_at_once(free_gib, loaded, together) -> None:
    memory = MemoryFree(free_gib * GIB, 16 * GIB)
    seating = seat((model("a", 2 * GIB), model("b", 2 * GIB)), loaded, memory)
    assert seating.together is together
    assert ("at the same time" in seating.sentence) is together


@pytest.mark.parametrize(
    ("gpu_gib", "ram_gib", "words"),
    [
        (5, 0, "b needs 2.73 GB beside the other and 2.64 GB is free"),
        (1, 1, "a needs 2.73 GB and 2.15 GB is free"),
        (5, 64, "Only part of it fits on the graphics device"),
        (None, 4, "b needs 2.25 GB beside the other and 2.05 GB is free"),
    ],
)
def test_the_memory_told_is_the_one_that_was_too_small(gpu_gib, ram_gib, words) -> None:
    devices = (DeviceMemory("Card", gpu_gib * GIB, 24 * GIB),) if gpu_gib else ()
    memory = MemoryFree(ram_gib * GIB, ram_gib * GIB, devices)
    seating = seat((model("a", 2 * GIB), model("b", 2 * GIB)), (), memory)
    assert not seating.together and words in seating.sentence
    assert seating.sentence.endswith("answer one after the other.")


def test_simulated_models_take_no_memory() -> None:
    simulated = ModelEntry("sim:echo", "sim:echo", Path("sim:echo"), "sim", 0, "Simulated")
    assert seat(((simulated, LoadSettings()),) * 2, (), MemoryFree(0, 0)).together
