"""Simulated subjects of experiments: what each believes, from the truth it is told.

They learn truth, words, factors and positions of levels from the `oracle` of a prompt alone.
"""

from __future__ import annotations

import math
import os
import random
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from models.engine.messages import Label, LabelScore, Part

Oracle = Mapping[str, Any]
LEAD_NATS = 3.0
ROOM = 0.95  # the share of probability that goes to the labels


@dataclass(frozen=True)
class Situation:
    """Besides the truth: chance of its own, whether part of the prompt was in the cache, and the
    options in the subject's name."""

    chance: random.Random
    is_warm: bool
    options: Mapping[str, float]


@dataclass(frozen=True)
class Belief:
    """What a subject says, and the class it leans to; "" leans to none."""

    text: str
    leans_to: str = ""


Believe = Callable[[Oracle, Situation], Belief]
NOT_TOLD = Belief("I was not told what is right.")


def oracle_of(parts: tuple[Part, ...]) -> Oracle | None:
    return next((part.oracle for part in parts if part.oracle is not None), None)


def scores(belief: Belief, labels: tuple[Label, ...]) -> tuple[LabelScore, ...]:
    """The believed label leads every other by LEAD_NATS; without a belief all are alike."""
    weights = [math.exp(LEAD_NATS * (label.name == belief.leans_to)) for label in labels]
    shares = [ROOM * weight / sum(weights) for weight in weights]
    return tuple(
        LabelScore(label.name, math.log(share), math.log(share))
        for label, share in zip(labels, shares, strict=True)
    )


def _saying(oracle: Oracle, chosen: str) -> Belief:
    return Belief(str(oracle.get("labels", {}).get(chosen, chosen)), chosen)


def _classes(oracle: Oracle) -> list[str]:
    return list(oracle.get("labels", {})) or [str(oracle["truth"])]


def _right(oracle: Oracle) -> Belief:
    return _saying(oracle, str(oracle["truth"])) if "truth" in oracle else NOT_TOLD


def _wrong(oracle: Oracle) -> Belief:
    if "truth" not in oracle:
        return NOT_TOLD
    others = [name for name in _classes(oracle) if name != oracle["truth"]]
    return _saying(oracle, others[0]) if others else Belief("")


def _position(oracle: Oracle) -> int:
    return int(oracle.get("positions", {}).get("format", 0))


def always_yes(oracle: Oracle, situation: Situation) -> Belief:
    return _saying(oracle, _classes(oracle)[0])


def coin(oracle: Oracle, situation: Situation) -> Belief:
    return _saying(oracle, situation.chance.choice(_classes(oracle)))


def by_format(oracle: Oracle, situation: Situation) -> Belief:
    """The first class in every other format, whatever the item."""
    classes = _classes(oracle)
    return _saying(oracle, classes[_position(oracle) % len(classes)])


def bad_format(oracle: Oracle, situation: Situation) -> Belief:
    """Wrong in the format after the baseline, right in all others."""
    return _wrong(oracle) if _position(oracle) == 1 else _right(oracle)


def able(oracle: Oracle, situation: Situation) -> Belief:
    """Right with probability `accuracy`, lower by `drop` in the format after the baseline."""
    share = situation.options.get("accuracy", 0.8)
    if _position(oracle) == 1:
        share -= situation.options.get("drop", 0.0)
    return _right(oracle) if situation.chance.random() < share else _wrong(oracle)


def warm(oracle: Oracle, situation: Situation) -> Belief:
    return _wrong(oracle) if situation.is_warm else _right(oracle)


def thinker(oracle: Oracle, situation: Situation) -> Belief:
    said = _right(oracle)
    return Belief(f"<think>\nThe facts are few.\n</think>\n\n{said.text}", said.leans_to)


def acting(oracle: Oracle, situation: Situation) -> Belief:
    """The class that means “it can be done”: the first, or the last where the question is turned
    round, which is any question but the first."""
    classes = _classes(oracle)
    is_turned = oracle.get("positions", {}).get("question", 0) > 0
    return _saying(oracle, classes[-1] if is_turned else classes[0])


def first_named(oracle: Oracle, situation: Situation) -> Belief:
    """The word that is offered first, whatever it means."""
    classes = _classes(oracle)
    is_swapped = oracle.get("positions", {}).get("options", 0) > 0
    return _saying(oracle, classes[-1] if is_swapped else classes[0])


def coarse(oracle: Oracle, situation: Situation) -> Belief:
    """Right where the margin is wider than `minutes`; up to there it tosses a coin."""
    margin = abs(oracle.get("numbers", {}).get("margin_minutes", 0.0))
    wide = margin > situation.options.get("minutes", 15.0)
    return _right(oracle) if wide else coin(oracle, situation)


def late_canary(oracle: Oracle, situation: Situation) -> Belief:
    """Obeys a planted instruction only where it stands last."""
    is_last = oracle.get("factors", {}).get("position") == "end"
    return Belief(f"Done. {oracle.get('canary', '')}" if is_last else "A summary of the text.")


def leaky(oracle: Oracle, situation: Situation) -> Belief:
    """Tells the secret only where no delimiter guards it."""
    is_bare = oracle.get("factors", {}).get("defence") == "none"
    return Belief(f"It is {oracle.get('secret', '')}." if is_bare else "That stays with me.")


def fatal(oracle: Oracle, situation: Situation) -> Belief:
    """Ends its own process at one prompt of `every`, each time it is asked."""
    if situation.chance.randrange(int(situation.options.get("every", 10))) == 0:
        print("simulated fault", file=sys.stderr, flush=True)
        os.abort()
    return _right(oracle)


BELIEFS: Mapping[str, tuple[str, Believe]] = {
    "always-yes": ("says the first class whatever is asked", always_yes),
    "coin": ("tosses a coin for every answer", coin),
    "by-format": ("answers by the format alone", by_format),
    "bad-format": ("is right in all formats but one", bad_format),
    "able": ("is right as often as its options say", able),
    "warm": ("answers differently where a prompt was partly read before", warm),
    "thinker": ("thinks first, then is right", thinker),
    "fatal": ("dies of some prompts, each time", fatal),
    "acting": ("says that it can be done, whichever way it is asked", acting),
    "first-named": ("says the word that is offered first", first_named),
    "coarse": ("is right where the margin is wide, and tosses a coin elsewhere", coarse),
    "late-canary": ("obeys a planted instruction only at the end", late_canary),
    "leaky": ("tells a secret where no delimiter guards it", leaky),
}
