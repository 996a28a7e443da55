"""One row of many: the chunks of its answer, until its pattern is found or the server has done."""

from __future__ import annotations

from collections.abc import Iterable

import ollama

from models.engine.messages import Row, RowResult
from models.engine.row_answer import RowAnswer
from models.remote.ollama_reply import NS, text_of
from models.remote.thoughts import ThoughtJoiner


def read_row(index: int, row: Row, chunks: Iterable[ollama.ChatResponse]) -> RowResult:
    """Where a pattern ends the answer early, the server does not tell how many tokens it has
    read: `prompt_tokens` is then 0."""
    answer, joiner = RowAnswer(row.until, row.max_tokens, row.begun), ThoughtJoiner()
    last: ollama.ChatResponse | None = None
    for chunk in chunks if answer.stop_reason is None else ():
        text = text_of(chunk, joiner)
        if text and answer.stop_reason is None:
            answer.take(text.encode())
        last = chunk if chunk.done else None
        if answer.stop_reason == "decided":  # else the end tells what was read
            break
    if answer.stop_reason is None:
        answer.end("end")
    return RowResult(
        index=index,
        text=answer.text,
        stop_reason=answer.stop_reason or "end",
        prompt_tokens=(last.prompt_eval_count if last else None) or 0,
        reply_tokens=answer.n_tokens,
        prompt_s=((last.prompt_eval_duration if last else None) or 0) / NS,
        generation_s=((last.eval_duration if last else None) or 0) / NS,
    )
