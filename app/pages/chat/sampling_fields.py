"""The sampling parameters under llama.cpp's own names, each with its sentence and its range."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SamplingField:
    """`decimals` 0 makes a whole number; `main` ones are shown without unfolding."""

    name: str
    help: str
    minimum: float
    maximum: float
    step: float = 0.05
    decimals: int = 2
    main: bool = False


SAMPLING_FIELDS = (
    SamplingField(
        "temperature",
        "How freely it chooses: 0 always takes the likeliest token, higher is more varied.",
        0, 5, main=True,
    ),
    SamplingField(
        "top_k",
        "Choose among this many likeliest tokens; 0 switches this off.",
        0, 1000, 1, 0, main=True,
    ),
    SamplingField(
        "top_p",
        "Choose among the likeliest tokens that together reach this share; 1 switches this "
        "off.",
        0, 1, main=True,
    ),
    SamplingField(
        "min_p",
        "Leave out tokens less likely than this share of the likeliest; 0 switches this off.",
        0, 1, main=True,
    ),
    SamplingField(
        "seed",
        "The same seed gives the same draw again; −1 takes a new one each time.",
        -1, 2147483647, 1, 0, main=True,
    ),
    SamplingField(
        "typ_p",
        "Keep tokens about as surprising as expected; 1 switches this off.",
        0, 1,
    ),
    SamplingField(
        "top_n_sigma",
        "Keep tokens within this many standard deviations of the best score; −1 switches this"
        " off.",
        -1, 10,
    ),
    SamplingField(
        "xtc_probability",
        "How often the likeliest choices are left out to be less predictable; 0 switches this"
        " off.",
        0, 1,
    ),
    SamplingField(
        "xtc_threshold",
        "Only tokens at least this likely are left out by xtc.",
        0, 0.5,
    ),
    SamplingField(
        "dry_multiplier",
        "How strongly repeated sequences are held back; 0 switches this off.",
        0, 5,
    ),
    SamplingField(
        "dry_base",
        "How fast that penalty grows with the length of the repetition.",
        1, 4,
    ),
    SamplingField(
        "dry_allowed_length",
        "Repetitions up to this many tokens are free.",
        0, 50, 1, 0,
    ),
    SamplingField(
        "dry_penalty_last_n",
        "How far back dry looks, in tokens; −1 is the whole context.",
        -1, 100000, 1, 0,
    ),
    SamplingField(
        "repeat_penalty",
        "Hold back tokens used lately; 1 switches this off.",
        0.5, 2,
    ),
    SamplingField(
        "repeat_last_n",
        "How many of the last tokens count as lately; −1 is all.",
        -1, 100000, 1, 0,
    ),
    SamplingField(
        "presence_penalty",
        "Hold back every token that occurred at all.",
        -2, 2,
    ),
    SamplingField(
        "frequency_penalty",
        "Hold back tokens the more, the oftener they occurred.",
        -2, 2,
    ),
)  # fmt: skip
