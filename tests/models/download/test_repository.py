"""What a person pastes, and how the files of a repository become choices."""

from __future__ import annotations

import pytest

from models.download.choices import choices_of, default_choice, size_name
from models.download.messages import Listing, RemoteFile
from models.download.repository import Repository, parse_repository
from models.errors import UserError


@pytest.mark.parametrize(
    ("pasted", "expected"),
    [
        ("lab/tiny-GGUF", Repository("lab/tiny-GGUF")),
        ("  'gpt2' ", Repository("gpt2")),
        ("https://huggingface.co/lab/tiny-GGUF", Repository("lab/tiny-GGUF")),
        ("hf.co/lab/tiny-GGUF/", Repository("lab/tiny-GGUF")),
        ("hf://lab/tiny-GGUF", Repository("lab/tiny-GGUF")),
        ("https://huggingface.co/lab/tiny/tree/v2?x=1", Repository("lab/tiny", "v2")),
        ("https://huggingface.co/lab/tiny/tree/refs%2Fpr%2F1", Repository("lab/tiny", "refs/pr/1")),
        (
            "https://huggingface.co/lab/tiny/blob/main/q4/tiny%20Q4.gguf",
            Repository("lab/tiny", "main", "q4/tiny Q4.gguf"),
        ),
    ],
)
def test_an_id_and_every_address_of_a_repository_are_understood(
    pasted: str, expected: Repository
) -> None:
    assert parse_repository(pasted) == expected


@pytest.mark.parametrize(
    "pasted",
    [
        "",
        "two words",
        "https://huggingface.co/datasets/a/b",
        "../a",
        "a/b--c",
        "a/..b",
        "https://hf.co/a/b/tree/..%2F..%2Fetc",
        "https://github.com/lab/tiny",
        "https://[half/lab/tiny",
    ],
)
def test_what_names_no_model_is_refused_with_an_example(pasted: str) -> None:
    with pytest.raises(UserError) as refused:
        parse_repository(pasted)
    assert "Llama-3.2-1B" in refused.value.hint


def test_an_address_of_another_host_is_told_and_one_of_the_hub_in_use_is_not() -> None:
    mirror = "https://mirror.example/hub"
    for pasted in (f"{mirror}/lab/tiny/tree/v2", "https://hf.co/lab/tiny/tree/v2"):
        assert parse_repository(pasted, mirror) == Repository("lab/tiny", "v2")
    with pytest.raises(UserError, match=r"^github\.com is not the hub"):
        parse_repository("https://github.com/lab/tiny", mirror)


def listing(*paths: str, is_mlx: bool = False) -> Listing:
    """Each file ten bytes larger than the one before it."""
    files = tuple(RemoteFile(path, 10 * (i + 1), path) for i, path in enumerate(paths))
    return Listing("lab/tiny-4bit", "main", "c0ffee", files, is_mlx=is_mlx)


def test_parts_are_one_choice_with_the_projector_beside_them() -> None:
    parts = [f"big-Q4_K_M-0000{n}-of-00002.gguf" for n in (2, 1)]
    choices = choices_of(listing("mmproj-F32.gguf", "mmproj-F16.gguf", *parts, "README.md"))
    assert [file.path for file in choices[0].files] == [*reversed(parts), "mmproj-F16.gguf"]
    assert (len(choices), choices[0].name) == (1, "big-Q4_K_M")
    assert (choices[0].size_bytes, choices[0].weights_bytes) == (90, 70)


def test_a_set_that_lacks_a_part_is_never_the_default() -> None:
    choices = choices_of(listing("a-Q4_K_M-00001-of-00002.gguf", "a-Q8_0.gguf"))
    assert [choice.missing_parts for choice in choices] == [1, 0]
    assert default_choice(choices) == choices[1]


def test_an_mlx_folder_is_one_choice_without_the_code_in_it() -> None:
    found = listing("config.json", "modeling.py", "model.safetensors", "README.md", is_mlx=True)
    (choice,) = choices_of(found)
    assert {file.path for file in choice.files} == {"config.json", "model.safetensors"}
    assert (choice.format, choice.quantization, choice.size_name) == ("mlx", "4-bit", "Balanced")
    assert choice.weights_bytes == 30


@pytest.mark.parametrize(
    ("files", "file", "expected"),
    [
        (("a-Q2_K.gguf", "a-Q4_K_M.gguf", "a-Q8_0.gguf"), "", "a-Q4_K_M"),
        (("a-Q2_K.gguf", "a-Q8_0.gguf"), "", "a-Q2_K"),
        (("a-Q2_K.gguf", "a-Q4_K_M.gguf"), "a-Q2_K.gguf", "a-Q2_K"),
    ],
)
def test_the_default_is_the_named_file_else_q4_k_m_else_the_first(
    files: tuple[str, ...], file: str, expected: str
) -> None:
    chosen = default_choice(choices_of(listing(*files)), file)
    assert chosen is not None and chosen.name == expected


@pytest.mark.parametrize(
    ("quantization", "expected"),
    [
        ("IQ2_XXS", "Small"), ("Q3_K_L", "Small"), ("Q4_K_M", "Balanced"),
        ("UD-Q5_K_XL", "Balanced"), ("MXFP4_MOE", "Balanced"), ("Q6_K", "Large"),
        ("BF16", "Large"), ("8-bit", "Large"), ("", None),
    ],
)  # fmt: skip
def test_types_have_plain_names_by_their_bits(quantization: str, expected: str | None) -> None:
    assert size_name(quantization) == expected
