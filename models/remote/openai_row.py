"""One row of many: a request of its own, whose answer ends as soon as its pattern is found."""

from __future__ import annotations

import time
from contextlib import closing

from models.engine.messages import Row, RowResult
from models.engine.row_answer import RowAnswer
from models.errors import UserError
from models.remote.channel import Cancel
from models.remote.openai_api import Body, OpenAiApi
from models.remote.openai_stream import Usage
from models.remote.thoughts import ThoughtJoiner


def answer_row(api: OpenAiApi, body: Body, index: int, row: Row, cancel: Cancel) -> RowResult:
    """Raises UserError, and Cancelled with nothing to keep. Where a pattern ends the answer early,
    the server does not tell how many tokens it has read: `prompt_tokens` is then 0."""
    if row.labels:
        raise UserError(
            "This server cannot score labels: it tells nothing of the prompt.",
            "Use the lane of free answers.",
        )
    answer = RowAnswer(row.until, row.max_tokens, row.begun)
    joiner, usage, finish = ThoughtJoiner(), Usage(), ""
    started = time.monotonic()
    first_at: float | None = None
    if answer.stop_reason is None:
        with closing(api.reply(body, cancel)) as arriving:
            for chunk in arriving:
                usage, finish = chunk.usage or usage, chunk.finish or finish
                text = joiner.text_of(chunk.thinking, chunk.text)
                if text and answer.stop_reason is None:
                    first_at = first_at or time.monotonic()
                    answer.take(text.encode(errors="replace"))
                if answer.stop_reason == "decided":
                    break
    if answer.stop_reason is None:
        answer.end("length" if finish == "length" else "end")
    ended = time.monotonic()
    return RowResult(
        index, answer.text, answer.stop_reason or "end",
        prompt_tokens=usage.prompt_tokens, cached_tokens=usage.cached_tokens,
        reply_tokens=usage.reply_tokens or answer.n_tokens,
        prompt_s=(first_at or ended) - started, generation_s=ended - (first_at or ended),
    )  # fmt: skip
