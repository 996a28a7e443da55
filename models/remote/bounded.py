"""An answer that is read to its end by a library, and may not be longer than anybody can use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import httpx


@dataclass(frozen=True)
class Bound:
    """So many bytes of an answer, or `of_each_line` of one that goes on as long as it likes."""

    most_bytes: int
    of_each_line: bool = False


class BoundedStream(httpx.SyncByteStream):
    """The body of a response as it comes. Raises httpx.DecodingError where it grows too long or
    is packed: what unpacks it would grow without a bound."""

    def __init__(self, response: httpx.Response, bound: Bound) -> None:
        assert isinstance(response.stream, httpx.SyncByteStream)
        self._stream, self._bound = response.stream, bound
        self._is_packed = response.headers.get("content-encoding", "identity") != "identity"

    def __iter__(self) -> Iterator[bytes]:
        if self._is_packed:
            raise httpx.DecodingError("the answer is packed")
        held_bytes = 0
        for block in self._stream:
            held_bytes += len(block)
            if self._bound.of_each_line and (line_end := block.rfind(b"\n")) >= 0:
                held_bytes = len(block) - line_end - 1
            if held_bytes > self._bound.most_bytes:
                raise httpx.DecodingError("the answer does not end")
            yield block

    def close(self) -> None:
        self._stream.close()
