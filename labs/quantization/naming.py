"""What a file is called beside the others of its model: only what tells them apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from labs.quantization.variant import CACHE_TYPES

_BREAKS = "-_. "
_INSIDE_TYPE = re.compile(r"(?i)(?<![^-_. ])[it]?q\d+_(?:[a-z0-9]+_)*$")  # "Q4_" of Q4_0 and Q4_1


def short_labels(labels: Sequence[str]) -> tuple[str, ...]:
    """ "Q8_0" and "Q4_0 with q8_0 cache" of "SmolLM2-135M-Q8_0" and "SmolLM2-135M-Q4_0@q8_0/q8_0";
    whole names where that leaves one of them without a name."""
    parts = [_parts(label) for label in labels]
    letters = zip(*(name for name, _ in parts), strict=False)
    common = "".join(each[0] for each in takewhile(lambda each: len(set(each)) == 1, letters))
    at = max(common.rfind(mark) for mark in _BREAKS) + 1
    if inside := _INSIDE_TYPE.search(common[:at]):
        at = inside.start()
    if len(labels) < 2 or not all(name[at:] for name, _ in parts):
        at = 0
    return tuple(name[at:] + (f" with {types} cache" if types else "") for name, types in parts)


def is_cache(label: str) -> bool:
    """Whether a label stands for a model with another attention cache."""
    return bool(_parts(label)[1])


def file_of(label: str) -> str:
    """The label without a cache."""
    return _parts(label)[0]


def _parts(label: str) -> tuple[str, str]:
    """The name, and the types of keys and values, "q8_0" where both are the same; "" for none."""
    name, mark, types = label.rpartition("@")
    keys, _, values = types.partition("/")
    if not mark or keys not in CACHE_TYPES or (values and values not in CACHE_TYPES):
        return label, ""
    return name, keys if values in ("", keys) else types
