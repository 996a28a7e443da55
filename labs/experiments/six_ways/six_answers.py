"""What six wordings of one question were answered, and what that can and cannot show.

One question is one item: it may show that an answer hangs on the wording, never that it does not.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from labs.chat.conversation import Provenance
from labs.experiments.scoring.answers import NO_ANSWER
from labs.experiments.six_ways.wordings import Wording

YES, NO = "YES", "NO"
LABELS: Mapping[str, str] = {YES: "yes", NO: "no"}
WEAK_ROOM = 0.5  # below this the model did not want to answer in this form


@dataclass(frozen=True)
class WordingAnswer:
    """What wording `number` was answered. `outcome` is YES, NO, UNPARSED or TRUNCATED; `lean` the
    log-odds of yes against no in nats and `room` the share of probability that was left for the
    two words, both None where the model gives no scores or thinks first. `record` is how the
    answer was made."""

    number: int
    wording: Wording
    text: str
    outcome: str
    lean: float | None = None
    room: float | None = None
    record: Provenance | None = None

    @property
    def is_clear(self) -> bool:
        return self.outcome not in NO_ANSWER

    @property
    def yes_share(self) -> float | None:
        """Of what goes to the two words, the share that goes to yes."""
        return None if self.lean is None else 1 / (1 + math.exp(-self.lean))


def finding(answers: Sequence[WordingAnswer]) -> str:
    """What was counted, and what one question can and cannot show; "" without answers."""
    if not answers:
        return ""
    return " ".join(filter(None, (_counted(answers), _lean_range(answers), _limit(answers))))


def _counted(answers: Sequence[WordingAnswer]) -> str:
    counts = {
        "yes": sum(each.outcome == YES for each in answers),
        "no": sum(each.outcome == NO for each in answers),
        "no clear answer": sum(not each.is_clear for each in answers),
    }
    given = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    wordings = "1 wording" if len(answers) == 1 else f"{len(answers)} wordings"
    return f"{wordings} of one question: {given}."


def _lean_range(answers: Sequence[WordingAnswer]) -> str:
    shares = [each.yes_share for each in answers if each.yes_share is not None]
    if len(shares) < 2:
        return ""
    low, high = (round(100 * share) for share in (min(shares), max(shares)))
    range_percent = f"{low} to {high} %" if low < high else f"{low} %"
    return f"Between the two words, yes had {range_percent} of the probability."


def _limit(answers: Sequence[WordingAnswer]) -> str:
    clear = {each.outcome for each in answers if each.is_clear}
    if not clear:
        return "Without a clear answer they show nothing about the wording."
    if len(clear) > 1:
        return "Here the answer hangs on the wording; how often it does, one question cannot show."
    return "That is no proof that the wording does not matter: another one may change the answer."
