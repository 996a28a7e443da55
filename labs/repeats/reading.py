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
_SIGNS = re.compile(r"[^\w\s]|_")
_ARTICLE = re.compile(r"^(?:the|a|an) ")
_TWO = re.compile(r"\b(?:or|not)\b")


class ShortAnswerScorer:
    """Right where the first line names an accepted answer as whole words, and neither offers
    another with “or” nor denies it with “not”."""

    def until(self, trial: Trial) -> tuple[str, ...]:
        return (r"\A\s*(?:<think>(?s:.*?)</think>\s*)?(?!<think>)\S[^\n]*\n",)

    def read(self, trial: Trial, text: str, stop_reason: StopReason) -> Reading:
        said, line = normalised(text), first_line(text)
        is_named = names_one(said, trial.oracle[ACCEPTED])
        is_cut = stop_reason in ("length", "context_full") and line == whole_answer(text)
        if not said:
            return Reading(UNPARSED, "no words")
        if is_cut and not is_named:
            return Reading(TRUNCATED, "no accepted answer before the limit")
        if _TWO.search(line.casefold()):
            return Reading(WRONG, "offers another or denies")
        return Reading(RIGHT, "named") if is_named else Reading(WRONG, "not named")


def whole_answer(text: str) -> str:
    """Without a thought before it."""
    return _THOUGHT.sub("", text).strip()


def first_line(text: str) -> str:
    return whole_answer(text).partition("\n")[0].strip()


def normalised(text: str) -> str:
    """The first line in small letters, without signs and a leading article."""
    line = unicodedata.normalize("NFKC", first_line(text)).casefold()
    return _ARTICLE.sub("", " ".join(_SIGNS.sub(" ", line).split()))


def names_one(said: str, accepted: object) -> bool:
    """`said` is normalised; `accepted` the spellings, parted by semicolons."""
    wanted = (normalised(each) for each in str(accepted).split(";"))
    return any(f" {each} " in f" {said} " for each in wanted)


def meaning(text: str, outcome: str | None) -> str:
    """What an answer is counted as: all right ones are one, others by their normalised words."""
    return RIGHT if outcome == RIGHT else normalised(text) or "nothing"
