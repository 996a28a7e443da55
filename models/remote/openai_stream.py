"""What an OpenAI-compatible server sends while it writes: events, chunks, log-probabilities."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from models.engine.messages import Alternative, TokenData
from models.errors import UserError
from models.remote.channel import LONGEST_LINE_BYTES, error_text

NO_ID = -1  # the protocol gives tokens as text; few servers add their numbers
DONE = "[DONE]"
LONGEST_EVENT = 16 * 1024 * 1024  # letters in all of its lines


class CutShort(UserError):  # noqa: N818 - an outcome, as in models.errors
    """A stream ended before its reply did; `was_silent` when nothing of it had come."""

    def __init__(self, was_silent: bool) -> None:
        super().__init__(
            "The server ended its answer in the middle.",
            "Check that it still runs, then send again.",
        )
        self.was_silent = was_silent


@dataclass(frozen=True)
class Usage:
    """Tokens as the server counted them; 0 where it did not say."""

    prompt_tokens: int = 0
    cached_tokens: int = 0
    reply_tokens: int = 0


@dataclass(frozen=True)
class Chunk:
    """One step of a reply. `finish` is the server's reason in the last chunk with a choice;
    `usage` comes in the last of all, where the server tells it."""

    text: str = ""
    thinking: str = ""
    tokens: tuple[TokenData, ...] = ()
    finish: str = ""
    usage: Usage | None = None


def lines(blocks: Iterable[bytes]) -> Iterator[str]:
    """Lines of a stream. Only line feeds end one: JSON may hold U+2028 and its like as they are,
    where str.splitlines would break. Raises UserError for a line without an end."""
    held = b""
    for block in blocks:
        *whole, held = (held + block).split(b"\n")
        for line in whole:
            yield line.removesuffix(b"\r").decode("utf-8", "replace")
        if len(held) > LONGEST_LINE_BYTES:
            raise unreadable(held[:200].decode("utf-8", "replace"))
    if held:
        yield held.decode("utf-8", "replace")


def events(lines: Iterable[str]) -> Iterator[str]:
    """The data of server-sent events, comments and names left out. A line of `error:` is what
    some servers send instead of an event of data. Raises UserError for one without an end."""
    data: list[str] = []
    size = 0
    for line in lines:
        field, _, value = line.partition(":")
        if field in ("data", "error"):
            data.append(value.removeprefix(" "))
            size += len(value)
            if size > LONGEST_EVENT:
                raise unreadable(data[0])
        elif not line and data:
            yield "\n".join(data)
            data.clear()
            size = 0
    if data:
        yield "\n".join(data)


def chunks(lines: Iterable[str]) -> Generator[Chunk, None, None]:
    """Chunks of a stream until its end mark.

    Raises UserError for an error inside the stream and for what is no chunk, and CutShort for a
    stream that ends without a mark or a reason.
    """
    was_silent, has_ended = True, False
    for data in events(lines):
        if data.strip() == DONE:
            return
        chunk = chunk_of(_object(data))
        was_silent, has_ended = False, has_ended or bool(chunk.finish)
        yield chunk
    if not has_ended:
        raise CutShort(was_silent)


def chunk_of(answer: Mapping[str, Any]) -> Chunk:
    """A chunk of a stream, or a whole answer in one. Raises UserError when it tells of an error
    or is not as the protocol has it."""
    if answer.get("error"):
        raise UserError(f"The server broke off with an error: {error_text(answer)}", "Try again.")
    try:
        return _chunk(answer)
    except (AttributeError, TypeError, ValueError, LookupError, OverflowError) as error:
        raise unreadable(json.dumps(answer)) from error


def unreadable(what: str) -> UserError:
    return UserError(
        f"The server sent something that is no reply: “{what[:120]}”.",
        "Check that its address ends where the OpenAI-compatible API begins, often in /v1.",
    )


def _object(data: str) -> Mapping[str, Any]:
    try:
        answer = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise unreadable(data) from error
    if not isinstance(answer, dict):
        raise unreadable(data)
    # An error may also stand alone, without a name.
    return {"error": answer} if "choices" not in answer and "code" in answer else answer


def _chunk(answer: Mapping[str, Any]) -> Chunk:
    usage = _usage(answer.get("usage"))
    choices = answer.get("choices")
    if choices is None and usage is None:
        raise ValueError("neither choices nor usage")
    if not choices:
        return Chunk(usage=usage)
    choice = choices[0]
    said = choice.get("delta") or choice.get("message") or {}
    return Chunk(
        text=str(said.get("content") or choice.get("text") or ""),
        thinking=str(said.get("reasoning_content") or said.get("reasoning") or ""),
        tokens=_tokens(choice.get("logprobs")),
        finish=str(choice.get("finish_reason") or ""),
        usage=usage,
    )


def _usage(usage: Mapping[str, Any] | None) -> Usage | None:
    if not usage:
        return None
    details = usage.get("prompt_tokens_details") or {}
    return Usage(
        int(usage.get("prompt_tokens") or 0),
        int(details.get("cached_tokens") or 0),
        int(usage.get("completion_tokens") or 0),
    )


def _tokens(logprobs: Mapping[str, Any] | None) -> tuple[TokenData, ...]:
    """Tokens of a chat; the older form of completions has parallel lists."""
    if not logprobs:
        return ()
    if "tokens" in logprobs:
        return _parallel_tokens(logprobs)
    return tuple(
        TokenData(
            _id(entry), str(entry["token"]), _logprob(entry["logprob"]),
            top=tuple(
                Alternative(_id(other), str(other["token"]), float(other["logprob"]))
                for other in entry.get("top_logprobs") or ()
            ),
        )
        for entry in logprobs.get("content") or ()
    )  # fmt: skip


def _parallel_tokens(logprobs: Mapping[str, Any]) -> tuple[TokenData, ...]:
    texts, values = logprobs["tokens"] or [], logprobs["token_logprobs"] or []
    tops = logprobs.get("top_logprobs") or [None] * len(texts)
    return tuple(
        TokenData(
            NO_ID, str(text), _logprob(value),
            top=tuple(Alternative(NO_ID, t, float(p)) for t, p in (top or {}).items()),
        )
        for text, value, top in zip(texts, values, tops, strict=True)
    )  # fmt: skip


def _logprob(value: Any) -> float | None:
    """The first token of a prompt has none."""
    return None if value is None else float(value)


def _id(entry: Mapping[str, Any]) -> int:
    return int(entry.get("id", NO_ID))
