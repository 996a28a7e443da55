"""The anchored parser of free answers: a label as a whole word, where an answer stands.

Rules, in this order; each can be decided while the answer is still being written:
`start`  the answer begins with a label, after quotation marks or emphasis at most;
`marker` a label directly after “answer:” or “answer is”;
`line`   the first line is over and holds exactly one of the labels.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from models.engine.messages import StopReason

UNPARSED, TRUNCATED, ERROR = "UNPARSED", "TRUNCATED", "ERROR"
NO_ANSWER = (UNPARSED, TRUNCATED, ERROR)

_THOUGHT = r"\A\s*(?:<think>(?s:.*?)</think>\s*)*+"
_OPENING = r"[\s\"'“”‘’*_`(\[{>#-]*"
_MARKER = r"\banswer(?:\s+is|\s+would\s+be)?\s*[:=]?\s*"
_LETTER = r"[^\W_]"
# An apostrophe or hyphen belongs to a word only between letters: “no-one”, but “'no'”.
_BEGIN = rf"(?<!{_LETTER})(?<!{_LETTER}['’-])"
_END = rf"(?!{_LETTER}|['’-]{_LETTER})"
_OPEN_THOUGHT = re.compile(rf"{_THOUGHT}<think>")


@dataclass(frozen=True)
class Reading:
    """`outcome` is a class, UNPARSED or TRUNCATED; `rule` names what decided."""

    outcome: str
    rule: str


class AnswerParser:
    """Reads answers for one mapping of classes to their words, in any casing."""

    def __init__(self, labels: Mapping[str, str]) -> None:
        self._classes = {_folded(word): name for name, word in labels.items()}
        self._words = [_pattern(w) for w in sorted(labels.values(), key=len, reverse=True)]
        any_word = "|".join(self._words)
        self._word = _standing(any_word)
        # An answer that repeats the choice, “YES or NO”, has not chosen.
        label = rf"{_OPENING}({any_word}){_END}(?!\s*(?:or\b|/)\s*[\"'“*]*(?:{any_word}))"
        self._start = rf"{_THOUGHT}{label}"
        self._marker = rf"{_MARKER}{label}"

    def until(self) -> tuple[str, ...]:
        """Patterns that are found in a growing answer as soon as its outcome cannot change. A
        label needs what stands behind it, or `NO` would end an answer that goes on to `NOT`."""
        settled = r"(?:[^\w\s'’/-]|\n|[ \t]+(?!or?$|or\W|/)\S)"
        marker = rf"{_THOUGHT}(?!\s*<think>)(?s:.*?){self._marker}"
        patterns = [self._start + settled, marker + settled, *map(self._only, self._words)]
        return tuple(f"(?i){pattern}" for pattern in patterns)

    def _only(self, word: str) -> str:
        """A finished first line with this word and none of the others."""
        others = "|".join(other for other in self._words if other != word)
        without = rf"(?![^\n]*?{_standing(others)})"
        return rf"{_THOUGHT}(?!\s*<think>){without}(?=[^\n]*?{_standing(word)})[^\n]*\n"

    def read(self, text: str, stop_reason: StopReason = "end") -> Reading:
        """The outcome of a whole answer. One that ran into its limit counts as far as nothing
        behind the limit could have changed it."""
        if _OPEN_THOUGHT.match(text):
            return Reading(TRUNCATED, "the thought did not end")
        if stop_reason in ("length", "context_full") and not self._is_decided(text):
            return Reading(TRUNCATED, "no label before the limit")
        found = re.search(self._start, text, re.IGNORECASE)
        if found:
            return self._reading(found[1], "start")
        answer = re.sub(_THOUGHT, "", text).lstrip()
        line = answer.partition("\n")[0]
        in_line = {_folded(m[1]) for m in re.finditer(self._word, line, re.IGNORECASE)}
        if (found := re.search(self._marker, line, re.IGNORECASE)) is not None:
            return self._reading(found[1], "marker")
        if len(in_line) == 1:
            return self._reading(in_line.pop(), "line")
        if (found := re.search(self._marker, answer, re.IGNORECASE)) is not None:
            return self._reading(found[1], "marker")
        return Reading(UNPARSED, "two labels in the first line" if in_line else "no label")

    def _is_decided(self, text: str) -> bool:
        return any(re.search(pattern, text) for pattern in self.until())

    def _reading(self, word: str, rule: str) -> Reading:
        return Reading(self._classes[_folded(word)], rule)


def _standing(words: str) -> str:
    return rf"{_BEGIN}(?<!not )(?<!not a )({words}){_END}"


def _pattern(word: str) -> str:
    """Blanks of a label may be doubled, but a label stands in one line."""
    return re.escape(word).replace(r"\ ", r"[^\S\n]+")


def _folded(word: str) -> str:
    return " ".join(word.casefold().split())
