"""One question in six wordings as whole replies, and six answers kept as the versions of one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

from app.pages.chat.answer import HOLDER
from app.services import Services
from labs.chat.conversation import ChatOptions, Message
from labs.chat.identity import identity_of
from labs.chat.store import ChatStore
from labs.chat.titles import title_from
from labs.chat.turn import TurnEvent, reply
from labs.experiments.six_ways.six_answers import WordingAnswer as KeptAnswer
from models.cancel import CancelToken
from models.engine.messages import Delta, Progress, Sampling
from models.engine.pool import Waiting
from models.engine.thinking import without_thinking

FIRST_QUESTION = "Is the Moon larger than the Earth? Answer yes or no."
# The likeliest token every time: what differs between the answers comes from the wording.
OPTIONS = ChatOptions(sampling=Sampling(temperature=0.0, seed=1), max_tokens=96)


@dataclass(frozen=True)
class WordingAnswer:
    """What wording `number` has been answered so far; `done` when that is all."""

    number: int
    text: str
    done: bool = False


def ask_six_ways(
    services: Services, model: str, question: str, wordings: Sequence[str], cancel: CancelToken
) -> Generator[WordingAnswer | Progress | Waiting, None, int]:
    """Ask every wording in a conversation of its own; return the chat that keeps them as the
    versions of its first message."""
    entry = services.library.resolve_to_run(model)
    lease = yield from services.lease(entry, holder=HOLDER, cancel=cancel)
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


def keep_as_chat(store: ChatStore, model: str, question: str, answers: Sequence[KeptAnswer]) -> int:
    """Save wordings and answers as the versions of a chat's first message; return the chat."""
    chat = store.create_chat(OPTIONS, model, title=f"Six ways: {title_from(question)}")
    for answer in answers:
        asked = store.add_message(chat.id, None, "user", answer.wording.text)
        reply = store.add_message(chat.id, asked.id, "assistant", answer.text)
        store.save_reply(replace(reply, provenance=answer.record))
    return chat.id


def finding(answers: Sequence[str]) -> str:
    """One sentence on how far the answers agree."""
    given = [" ".join(answer.split()) for answer in answers if answer.strip()]
    if not given:
        return ""
    verdicts = Counter(_verdict(answer) for answer in given)
    if verdicts["yes"] or verdicts["no"]:
        neither = f", neither {verdicts['']}" if verdicts[""] else ""
        counted = f"yes {verdicts['yes']}, no {verdicts['no']}{neither}"
        return f"Of {len(given)} answers, by their first word: {counted}."
    different = len(set(given))
    if different == 1:
        return f"All {len(given)} answers are the same, to the letter."
    return f"{len(given)} answers, {different} of them different."


def _verdict(answer: str) -> str:
    first = answer.split()[0].strip(".,:;!?\"'“”*").casefold()
    return first if first in ("yes", "no") else ""
