"""What a short answer says: whether it is right, and which answers count as one."""

from __future__ import annotations

import re
import unicodedata

from labs.experiments.design import Trial
from labs.experiments.scoring.answers import TRUNCATED, UNPARSED, Reading
from models.engine.messages import StopReason

RIGHT, WRONG = "right", "wrong"
ACCEPTED = "accepted"  # in a trial's oracle: the spellings that count
_THOUGHT = re.compile(r"\A\s*<think>.*?(</think>|\Z)", re.DOTALL)
_END = r"(?:\n|(?<=\w\w[.!?])\s)"  # of a line or a sentence, and not of “1.”
_SIGNS = re.compile(r"[^\w\s]|_")
_ARTICLE = re.compile(r"^(?:the|a|an) ")


class ShortAnswerScorer:
    """Right where the first sentence names an accepted answer as whole words, with no “or” beside
    it and no “not” before it."""

    def until(self, trial: Trial) -> tuple[str, ...]:
        return (rf"\A\s*(?:<think>(?s:.*?)</think>\s*)?(?!<think>)\S[^\n]*?{_END}",)

    def read(self, trial: Trial, text: str, stop_reason: StopReason) -> Reading:
        said, sentence = normalised(text), first_sentence(text)
        is_named = names_one(said, trial.oracle[ACCEPTED])
        is_cut = stop_reason in ("length", "context_full") and sentence == whole_answer(text)
        if not said:
            return Reading(UNPARSED, "no words")
        if is_cut and not is_named:
            return Reading(TRUNCATED, "no accepted answer before the limit")
        return Reading(RIGHT, "named") if is_named else Reading(WRONG, "not named")


def whole_answer(text: str) -> str:
    """Without a thought before it."""
    return _THOUGHT.sub("", text).strip()


def first_sentence(text: str) -> str:
    return re.split(_END, whole_answer(text), maxsplit=1)[0].strip()


def normalised(text: str) -> str:
    """The first sentence in small letters, without signs and a leading article."""
    line = unicodedata.normalize("NFKC", first_sentence(text)).casefold()
    return _ARTICLE.sub("", " ".join(_SIGNS.sub(" ", line).split()))


def names_one(said: str, accepted: object) -> bool:
    """`said` is normalised; `accepted` the spellings, parted by semicolons."""
    padded = f" {said} "
    for each in (normalised(spelling) for spelling in str(accepted).split(";")):
        if f" {each} " in padded:
            return not re.search(rf" (?:or|not) (?:the )?{each} | {each} or ", padded)
    return False


def meaning(text: str, outcome: str | None) -> str:
    """What an answer is counted as: all right ones are one, others by their normalised words."""
    return RIGHT if outcome == RIGHT else normalised(text) or "nothing"
