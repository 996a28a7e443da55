"""How far repeated answers to one question scatter."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Hashable, Iterable


def entropy_bits(answers: Iterable[Hashable]) -> float:
    """−Σ p log₂ p over the shares of equal answers; 0 where all are alike, at most log₂ n.

    Over meanings this is the discrete semantic entropy of Farquhar, Kossen, Kuhn and Gal (2024,
    Nature 630:625). They let a model decide whether two answers entail each other; here two count
    as one where their normalised words are equal. With n draws it is a little too low: what was
    not drawn is not counted.
    """
    counts = Counter(answers)
    total = sum(counts.values())
    return sum(n / total * math.log2(total / n) for n in counts.values())
