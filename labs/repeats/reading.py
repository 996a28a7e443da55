"""What a short answer says: whether it is right, and which answers count as one."""

from __future__ import annotations

import re
import unicodedata

from labs.experiments.design import Trial
from labs.experiments.scoring.answers import TRUNCATED, UNPARSED, Reading
from models.engine.messages import StopReason

RIGHT, WRONG = "right", "wrong"
HOW = "Answer in a few words."  # behind every question
ACCEPTED = "accepted"  # in a trial's oracle: the spellings that count
_THOUGHT = re.compile(r"\A\s*<think>.*?(</think>|\Z)", re.DOTALL)
_END = r"(?:\n|(?<=\w\w[.!?])\s)"  # of a line or a sentence, and not of “1.”
_SIGNS = re.compile(r"[^\w\s]|_")
_IN_NUMBER = re.compile(r"(?<=\d)[.,](?=\d)")  # 6.5 is not 6, and 6,000 neither
_NOT = re.compile(r"n['’]t\b")
_ARTICLE = re.compile(r"^(?:the|a|an) ")


class ShortAnswerScorer:
    """Right where the first sentence names an accepted answer as whole words, with no “or” beside
    it and no “not” before it; also where a wrong one stands beside it."""

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
    return _plain(first_sentence(text))


def _plain(text: str) -> str:
    line = unicodedata.normalize("NFKC", text).casefold()
    line = _SIGNS.sub(" ", _IN_NUMBER.sub("", _NOT.sub(" not", line)))
    return _ARTICLE.sub("", " ".join(line.split()))


def names_one(said: str, accepted: object) -> bool:
    """`said` is normalised; `accepted` the spellings, parted by semicolons."""
    return any(_names(f" {said} ", spelling) for spelling in spellings_of(accepted))


def spellings_of(accepted: object) -> list[str]:
    """Normalised; those without a letter or a digit are left out."""
    return [plain for spelling in str(accepted).split(";") if (plain := _plain(spelling))]


def _names(padded: str, spelling: str) -> bool:
    denied = rf" (?:or|not|never) (?:the )?{spelling} | {spelling} or "
    return f" {spelling} " in padded and not re.search(denied, padded)


def meaning(text: str, outcome: str | None) -> str:
    """What an answer is counted as: all right ones are one, others by their normalised words."""
    return RIGHT if outcome == RIGHT else normalised(text) or "nothing"
