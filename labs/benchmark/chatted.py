"""The same model the ordinary way: template, tokenizer, sampling, and text as it streams."""

from __future__ import annotations

import time
from collections.abc import Generator
from datetime import datetime

import assets
from labs.benchmark.results import ChattedTurn
from labs.chat.conversation import ChatOptions, Message
from labs.chat.prompt import build_prompt
from labs.chat.turn import LENS_TOP
from models.cancel import CancelToken
from models.engine.engine import Engine
from models.engine.messages import Delta, Generate, Sampling
from models.engine.sandbox import Sandbox
from models.errors import Cancelled

TEXT_CHARACTERS = 1500  # about as many tokens as a benchmark reads
COLD_TOKENS = 4  # nothing is asked of a cold reply but its first token
ROOM_TOKENS = 2048  # for the text in any vocabulary, the question and the template
COLD, WARM = (
    "What is this text about? Answer in two sentences.",
    "Who appears in this text, and what do they do there? Answer in detail.",
)


def turns(
    engine: Engine, sandbox: Sandbox, rounds: int, n_written: int, seed: int, cancel: CancelToken
) -> Generator[ChattedTurn, None, None]:
    """Each round a text that nobody has read yet, and then another question about it: what a
    second question in a chat costs. Raises UserError, EngineDied, Cancelled."""
    text = (assets.TEXTS / "prose.txt").read_text(encoding="utf-8")[:TEXT_CHARACTERS]
    for number in range(rounds):
        beginning = f"{seed + number}. Here is a text.\n\n{text}\n\n"  # new to any cache
        sampling = Sampling(seed=seed + number)
        for is_warm, question in ((False, COLD), (True, WARM)):
            options = ChatOptions(
                sampling=sampling,
                max_tokens=n_written if is_warm else COLD_TOKENS,
                thinking="off",
            )
            yield _turn(engine, sandbox, beginning + question, options, cancel, is_warm=is_warm)


def _turn(
    engine: Engine, sandbox: Sandbox, text: str, options: ChatOptions, cancel: CancelToken, *,
    is_warm: bool,
) -> ChattedTurn:  # fmt: skip
    started, first_s = time.perf_counter(), None
    message = Message(1, 1, None, "user", text, 0.0)
    prompt = build_prompt(engine, sandbox, (message,), options, datetime.now(), counted=False)
    request = Generate(
        context=engine.context.context,
        prompt=prompt.parts,
        sampling=options.sampling,
        max_tokens=options.max_tokens,
        stop=prompt.stop,
        lens_top=LENS_TOP,
        reuse_cache=is_warm,
        thinking=options.thinking,
    )
    events = engine.generate(request, cancel)
    while True:
        try:
            event = next(events)
        except StopIteration as end:
            done = end.value
            break
        if isinstance(event, Delta) and first_s is None:
            first_s = time.perf_counter() - started
    if done.stop_reason == "cancelled":
        raise Cancelled
    speed = done.tokens_per_second if is_warm else None
    return ChattedTurn(
        is_warm, done.prompt_tokens, done.cached_tokens, done.reply_tokens, first_s, speed
    )
