"""What may lie behind a difference, each as an experiment: both sides with one thing changed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from labs.tokens.parity.sides import PREPARED, Side
from models.errors import UserError
from models.tokenizers.anatomy import Anatomy, Change
from models.tokenizers.source import Source

CauseKind = Literal[
    "numbers", "frame", "added", "control", "normalizer", "rule", "whole", "merges", "fallback"
]  # fmt: skip
# Rules of llama.cpp that cut differently, one name each; those of other names are among them.
RULES = (
    "llama-bpe", "gpt-2", "qwen2", "smollm", "gpt-4o", "tekken", "default", "deepseek-llm",
    "deepseek-coder", "deepseek-v3", "falcon", "starcoder", "poro-chat", "viking", "bloom",
    "chatglm-bpe", "exaone", "chameleon", "superbpe", "trillion", "bailingmoe", "seed-coder",
    "kimi-k2", "grok-2", "qwen35",
)  # fmt: skip
_PREFIX = '"add_prefix_space": true'
Anatomies = Mapping[Source, Anatomy | None]


@dataclass(frozen=True)
class State:
    """Both sides as they stand in the experiment. `by_piece`: numbers do not count, bytes do."""

    one: Side
    other: Side
    by_piece: bool = False

    def side(self, first: bool) -> Side:
        return self.one if first else self.other

    def with_side(self, first: bool, side: Side) -> State:
        return replace(self, one=side) if first else replace(self, other=side)


@dataclass(frozen=True)
class Hypothesis:
    """If it is true, both sides agree in `state`. `sentence` is empty where it takes the cuts to
    say what was seen."""

    kind: CauseKind
    sentence: str
    state: State


def hypotheses(state: State, anatomies: Anatomies) -> Iterator[Hypothesis]:
    """From the plainest to the costliest; a later one is not needed where an earlier explains
    everything."""
    yield from _numbers(state)
    yield from _frame(state)
    yield from _added(state, anatomies)
    yield from _control(state)
    yield from _normalizer(state)
    yield from _own_normalizer(state, anatomies)
    yield from _prefix(state, anatomies)
    yield from _whole(state, anatomies)
    yield from _merges(state, anatomies)
    yield from _fallback(state, anatomies)
    yield from _rule(state, anatomies)


def _numbers(state: State) -> Iterator[Hypothesis]:
    if not state.by_piece:
        sentence = "Both cut the text at the same places, but number their tokens differently."
        yield Hypothesis("numbers", sentence, replace(state, by_piece=True))


def _frame(state: State) -> Iterator[Hypothesis]:
    if state.one.framed:
        bare = replace(
            state, one=replace(state.one, framed=False), other=replace(state.other, framed=False)
        )
        yield Hypothesis("frame", "", bare)


def _added(state: State, anatomies: Anatomies) -> Iterator[Hypothesis]:
    for first in (True, False):
        mine, theirs = _both(state, anatomies, first)
        if mine is None or theirs is None or mine.added == theirs.added:
            continue
        side, other = state.side(first), state.side(not first)
        more, fewer = mine.added - theirs.added, theirs.added - mine.added
        if {each.text for each in mine.added} == {each.text for each in theirs.added}:
            words = (
                f"{listed({each.text for each in more})} are control tokens on one side only: the "
                "other takes them out of every text."
            )
        elif more:
            words = (
                f"Only {side.source.name} takes these out of a text as tokens of their own: "
                f"{listed({each.text for each in more})}."
            )
        else:
            words = (
                f"Only {other.source.name} takes these out of a text as tokens of their own: "
                f"{listed({each.text for each in fewer})}."
            )
        yield Hypothesis("added", words, _changed(state, first, Change("added", theirs.added)))


def _control(state: State) -> Iterator[Hypothesis]:
    if state.one.parse_special:
        closed = replace(
            state,
            one=replace(state.one, parse_special=False),
            other=replace(state.other, parse_special=False),
        )
        yield Hypothesis("control", "", closed)


def _normalizer(state: State) -> Iterator[Hypothesis]:
    for name, (words, _) in PREPARED.items():
        for first in (True, False):
            side, other = state.side(first), state.side(not first)
            if name in side.prepared or name in other.prepared:
                continue
            prepared = replace(side, prepared=(*side.prepared, name))
            # A text prepared for one side is what the other makes of it by itself.
            sentence = f"{other.source.name} {words}, {side.source.name} does not."
            yield Hypothesis("normalizer", sentence, state.with_side(first, prepared))


def _own_normalizer(state: State, anatomies: Anatomies) -> Iterator[Hypothesis]:
    """What a tokenizer.json does to letters, as the other one does it; no other format tells."""
    for first in (True, False):
        mine, theirs = _both(state, anatomies, first)
        if mine is None or mine.format != "json":
            continue
        wanted = theirs.normalizer if theirs is not None and theirs.format == "json" else "null"
        if mine.normalizer == wanted:
            continue
        name, other = state.side(first).source.name, state.side(not first).source.name
        told = (name, mine.normalizer), (other, wanted)
        sentence = _letters_changed(*(told if mine.normalizer != "null" else told[::-1]))
        yield Hypothesis(
            "normalizer", sentence, _changed(state, first, Change("normalizer", wanted))
        )


def _letters_changed(one: tuple[str, str], other: tuple[str, str]) -> str:
    """Of two names and their normalizers; only the other one can be none."""
    steps = _steps(other[1], "normalizers", "")
    return (
        f"{one[0]} changes letters before it cuts, by {_steps(one[1], 'normalizers')}; {other[0]} "
        f"{f'does by {steps}' if steps else 'does not'}."
    )


def _prefix(state: State, anatomies: Anatomies) -> Iterator[Hypothesis]:
    """A blank in front can be a part of the rule, and stands then before every part of a text."""
    for first in (True, False):
        mine = anatomies.get(state.side(first).source)
        if mine is None or mine.format != "json" or _PREFIX not in mine.rule:
            continue
        name, other = state.side(first).source.name, state.side(not first).source.name
        sentence = f"{name} puts a blank in front of a text (add_prefix_space), {other} does not."
        rule = mine.rule.replace(_PREFIX, '"add_prefix_space": false')
        yield Hypothesis("normalizer", sentence, _changed(state, first, Change("rule", rule)))


def _whole(state: State, anatomies: Anatomies) -> Iterator[Hypothesis]:
    for first in (True, False):
        mine = anatomies.get(state.side(first).source)
        if mine is None or mine.format != "json" or mine.merges is None:
            continue
        name, other = state.side(first).source.name, state.side(not first).source.name
        sentence = (
            f"{name} takes a word that is a token as it is, without merging (ignore_merges); "
            f"{other} merges it."
            if mine.takes_whole
            else f"{other} takes a word that is a token as it is, without merging (ignore_merges); "
            f"{name} merges it."
        )
        yield Hypothesis(
            "whole", sentence, _changed(state, first, Change("whole", not mine.takes_whole))
        )


def _merges(state: State, anatomies: Anatomies) -> Iterator[Hypothesis]:
    for first in (True, False):
        mine, theirs = _both(state, anatomies, first)
        if mine is None or theirs is None or mine.merges is None or theirs.merges is None:
            continue
        if mine.merges != theirs.merges:
            names = state.side(first).source.name, state.side(not first).source.name
            sentence = f"The merges differ: {merge_words(*names, mine.merges, theirs.merges)}."
            yield Hypothesis(
                "merges", sentence, _changed(state, first, Change("merges", theirs.merges))
            )


def merge_words(name: str, other: str, mine: tuple[str, ...], theirs: tuple[str, ...]) -> str:
    """How two lists of merges differ."""
    more, lacking = len(set(mine) - set(theirs)), len(set(theirs) - set(mine))
    if not lacking and not more:
        return "they are the same pairs in another order"
    told = [f"{count:,} only in {who}" for count, who in ((more, name), (lacking, other)) if count]
    return " and ".join(told)


def _fallback(state: State, anatomies: Anatomies) -> Iterator[Hypothesis]:
    for first in (True, False):
        mine = anatomies.get(state.side(first).source)
        if mine is None or mine.format != "json":
            continue
        name, other = state.side(first).source.name, state.side(not first).source.name
        who, whom = (name, other) if mine.byte_fallback else (other, name)
        sentence = (
            f"{who} spells letters that have no token in single bytes (byte fallback), {whom} does "
            "not."
        )
        yield Hypothesis(
            "fallback", sentence,
            _changed(state, first, Change("fallback", not mine.byte_fallback)),
        )  # fmt: skip


def _rule(state: State, anatomies: Anatomies) -> Iterator[Hypothesis]:
    """First the other's own rule, then all that are known."""
    for first in (True, False):
        mine, theirs = _both(state, anatomies, first)
        if mine is None:
            continue
        name, other = state.side(first).source.name, state.side(not first).source.name
        for rule, words in _rules_for(mine, theirs):
            sentence = (
                f"They cut a text into words by other rules: {name} by {_rule_name(mine)}, while "
                f"{other} cuts as with {words}."
            )
            yield Hypothesis("rule", sentence, _changed(state, first, Change("rule", rule)))


def _rules_for(mine: Anatomy, theirs: Anatomy | None) -> Iterator[tuple[str, str]]:
    """Rules in the format of `mine`, and how they are called."""
    tried = {mine.rule}
    if theirs is not None and theirs.format == mine.format and theirs.rule not in tried:
        tried.add(theirs.rule)
        yield theirs.rule, _rule_name(theirs)
    names = [theirs.rule, *RULES] if theirs is not None and theirs.format == "gguf" else [*RULES]
    for name in names:
        rule = name if mine.format == "gguf" else _as_section(name)
        if rule and rule not in tried:
            tried.add(rule)
            yield rule, f"the rule “{name}”"


def _as_section(rule: str) -> str:
    from models.convert.tokenizer import pre_tokenizer_of  # numpy: not before it is wanted

    try:
        return json.dumps(pre_tokenizer_of(rule), sort_keys=True)
    except UserError:
        return ""


def _rule_name(anatomy: Anatomy) -> str:
    if anatomy.format == "gguf":
        return f"the rule “{anatomy.rule}”" if anatomy.rule else "no rule"
    return _steps(anatomy.rule, "pretokenizers", "no rule")


def _steps(told: str, inside: str, nothing: str = "") -> str:
    """The names of the steps of a section of tokenizer.json, which lie under `inside` where there
    are several."""
    section = json.loads(told)
    if not isinstance(section, dict):
        return nothing
    steps = section.get(inside, [section])
    return "the steps " + ", ".join(str(step.get("type", "?")) for step in steps) + " of its file"


def _both(state: State, anatomies: Anatomies, first: bool) -> tuple[Anatomy | None, Anatomy | None]:
    return (
        anatomies.get(state.side(first).source),
        anatomies.get(state.side(not first).source),
    )


def _changed(state: State, first: bool, change: Change) -> State:
    side = state.side(first)
    return state.with_side(first, replace(side, changes=(*side.changes, change)))


def listed(texts: set[str], most: int = 5) -> str:
    shown = sorted(texts)[:most]
    rest = len(texts) - len(shown)
    return ", ".join(f"“{text}”" for text in shown) + (f" and {rest:,} more" if rest else "")
