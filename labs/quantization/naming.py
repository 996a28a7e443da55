"""What a file is called beside the others of its model: only what tells them apart."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

_BREAKS = "-_. "


def short_labels(labels: Sequence[str]) -> tuple[str, ...]:
    """ "Q8_0" and "Q4_0" of "SmolLM2-135M-Q8_0" and "SmolLM2-135M-Q4_0"; whole names where that
    leaves one of them without a name."""
    letters = zip(*(label.partition("@")[0] for label in labels), strict=False)
    common = "".join(each[0] for each in takewhile(lambda each: len(set(each)) == 1, letters))
    at = max(common.rfind(mark) for mark in _BREAKS) + 1
    short = tuple(label[at:] for label in labels)
    return short if len(labels) > 1 and all(each[:1] not in ("", "@") for each in short) else (
        tuple(labels)
    )  # fmt: skip
