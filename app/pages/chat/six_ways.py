"""One question in six wordings, everything else held fixed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import dataclass

from app.pages.chat.answer import HOLDER
from app.services import Services
from labs.chat.conversation import ChatOptions, Message
from labs.chat.identity import identity_of
from labs.chat.thinking import without_thinking
from labs.chat.titles import title_from
from labs.chat.turn import TurnEvent, reply
from models.cancel import CancelToken
from models.engine.messages import Delta, Progress, Sampling
from models.engine.pool import Waiting

FIRST_QUESTION = "Is the Moon larger than the Earth?"
# The likeliest token every time: what differs between the answers comes from the wording.
OPTIONS = ChatOptions(sampling=Sampling(temperature=0.0, seed=1), max_tokens=96)


@dataclass(frozen=True)
class WordingAnswer:
    """What wording `number` has been answered so far; `done` when that is all."""

    number: int
    text: str
    done: bool = False


def wordings_of(question: str) -> tuple[str, ...]:
    """Six ways to ask the same; the first is the question as it stands."""
    plain = " ".join(question.split())
    careless = plain.rstrip("?!. ")
    careless = careless[:1].lower() + careless[1:]
    return (
        plain,
        f"Please tell me: {plain}",
        f"{plain} Think carefully before you answer.",
        f"A friend asked me: “{plain}” What should I say?",
        careless,
        f"I am quite sure you know this. {plain}",
    )


def ask_six_ways(
    services: Services, model: str, question: str, wordings: Sequence[str], cancel: CancelToken
) -> Generator[WordingAnswer | Progress | Waiting, None, int]:
    """Ask every wording in a conversation of its own; return the chat that keeps them as the
    versions of its first message."""
    entry = services.library.resolve(model)
    settings = services.library.load_settings(entry)
    lease = yield from services.pool.lease(entry.model, settings, holder=HOLDER, cancel=cancel)
    with lease:
        title = f"Six ways: {title_from(question)}"
        chat = services.chats.create_chat(OPTIONS, entry.model, title=title)
        for number, wording in enumerate(wordings):
            cancel.raise_if_cancelled()
            asked = services.chats.add_message(chat.id, None, "user", wording)
            turn = reply(
                services.chats,
                lease.engine,
                services.sandbox,
                chat.id,
                parent_id=asked.id,
                cancel=cancel,
                identity=identity_of(services.library, entry),
            )
            answered = yield from _follow(turn, number)
            yield WordingAnswer(number, without_thinking(answered.text), done=True)
    return chat.id


def _follow(
    turn: Generator[TurnEvent, None, Message], number: int
) -> Generator[WordingAnswer, None, Message]:
    """The events of one turn as the answer grows."""
    text = ""
    try:
        while True:
            event = next(turn)
            if isinstance(event, Delta):
                text += event.text
                yield WordingAnswer(number, without_thinking(text))
    except StopIteration as end:
        message: Message = end.value
        return message
    finally:
        turn.close()


def finding(answers: Sequence[str]) -> str:
    """One sentence on how the answers begin."""
    first_words = [
        word.strip(".,:;!?\"'“”*").capitalize() for answer in answers for word in answer.split()[:1]
    ]
    if not first_words:
        return ""
    counts = Counter(first_words).most_common()
    if len(counts) == 1:
        return f"All {len(first_words)} answers begin with “{counts[0][0]}”."
    pieces = [f"{count} “{word}”" for word, count in counts]
    listed = ", ".join(pieces[:-1]) + f" and {pieces[-1]}"
    return f"{len(first_words)} answers, by their first word: {listed}."
