"""A small OpenAI-compatible server of the tests' own that misbehaves when it is told to."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HOLD_LIMIT_S = 30.0  # a test that fails must not wait for ever
HOLD, CUT = "hold", "cut"  # steps of a stream: wait until released, end the connection


@dataclass
class Behaviour:
    """What the server does. `stream` is what a streamed reply is made of: chunks as dicts, text as
    it is sent, HOLD or CUT. `statuses` refuse the next requests for replies. `refuses` names
    parameters that a request must not have."""

    stream: Sequence[dict[str, Any] | str] = ()
    statuses: list[tuple[int, str]] = field(default_factory=list)
    refuses: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()  # parameters whose type it checks, as it does with "temperature"
    silence: str = ""  # a stream says nothing; asked without one, this is the reason
    forms: tuple[str, ...] = ()  # types of response_format that it holds to
    token: str = ""
    ignores_seed: bool = False
    has_chat: bool = True
    cannot_stream: bool = False
    vector: tuple[float, ...] = ()  # what every text is embedded as
    listed: Any = (  # may be what no server should say
        {"id": "tiny", "object": "model", "owned_by": "tests"},
    )
    pages: dict[str, dict[str, Any]] = field(default_factory=dict)  # beside the API
    bodies: list[dict[str, Any]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    holding: threading.Event = field(default_factory=threading.Event)
    left: threading.Event = field(default_factory=threading.Event)  # a client that had enough


def delta(content: str = "", finish: str | None = None, **said: Any) -> dict[str, Any]:
    said |= {"content": content} if content else {}
    return {"choices": [{"index": 0, "delta": said, "finish_reason": finish}]}


def words(*texts: str) -> list[dict[str, Any] | str]:
    """A whole stream that says these."""
    usage = {"prompt_tokens": 9, "completion_tokens": len(texts), "total_tokens": 9 + len(texts)}
    usage |= {"prompt_tokens_details": {"cached_tokens": 4}}
    return [
        delta(role="assistant"), *(delta(text) for text in texts), delta(finish="stop"),
        {"choices": [], "usage": usage}, "data: [DONE]\n\n",
    ]  # fmt: skip


@contextmanager
def broken_openai(behaviour: Behaviour) -> Iterator[str]:
    """The base URL of a server that behaves so."""

    class Handler(_Handler):
        pass

    Handler.behaviour = behaviour
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), name="broken server")
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        behaviour.released.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    behaviour: Behaviour

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        if self.path == "/v1/models":
            self._answer(200, {"object": "list", "data": self.behaviour.listed})
        elif page := self.behaviour.pages.get(self.path):
            self._answer(200, page)
        else:
            self._answer(404, {"detail": "Not Found"})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.behaviour.bodies.append(body)
        if status := self._status(body):
            self._send(status[0], status[1].encode(), "application/json")
        elif self.path == "/v1/embeddings":
            self._answer(200, self._embedded(body))
        elif body.get("stream") and not self.behaviour.cannot_stream:
            self._stream()
        else:
            self._answer(200, self._whole(body))

    def _status(self, body: dict[str, Any]) -> tuple[int, str] | None:
        behaviour = self.behaviour
        if behaviour.token and self.headers["Authorization"] != f"Bearer {behaviour.token}":
            return 401, '{"error": {"message": "Invalid API key"}}'
        if behaviour.statuses:
            return behaviour.statuses.pop(0)
        cannot_embed = self.path == "/v1/embeddings" and not behaviour.vector
        if cannot_embed or (not behaviour.has_chat and "messages" in body):
            return 404, '{"detail": "Not Found"}'
        for name in body:
            if name in behaviour.refuses:
                words = f"Unrecognized argument: {name}; max_completion_tokens is known."
                return 400, json.dumps({"error": {"message": words}})
            if name in behaviour.reads and not isinstance(body[name], int | float):
                return 422, json.dumps({"detail": [{"msg": f"{name} is no number"}]})
        if behaviour.silence and not body.get("stream"):
            return 400, json.dumps({"error": behaviour.silence})
        return None

    def _whole(self, body: dict[str, Any]) -> dict[str, Any]:
        seed = len(self.behaviour.bodies) if self.behaviour.ignores_seed else body.get("seed")
        form = body.get("response_format", {}).get("type")
        said = '{"a": 1}' if form in self.behaviour.forms else f"said with {seed}"
        message = {"text": said} if "prompt" in body else {"message": {"content": said}}
        return {"choices": [{"index": 0, "finish_reason": "stop", **message}]}

    def _embedded(self, body: dict[str, Any]) -> dict[str, Any]:
        vectors = [
            {"index": i, "embedding": self.behaviour.vector} for i in range(len(body["input"]))
        ]
        return {"data": vectors[::-1], "usage": {"prompt_tokens": 4 * len(vectors)}}

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        steps = [] if self.behaviour.silence else self.behaviour.stream or words("Hel", "lo")
        try:
            self._steps(list(steps))
        except OSError:
            self.behaviour.left.set()
            self.close_connection = True

    def _steps(self, steps: list[Any]) -> None:
        if steps[:1] == [HOLD]:  # a slow first byte is one of the head
            self._hold()
        self.end_headers()
        for step in steps:
            if step == CUT:
                self.close_connection = True
                return
            if step == HOLD:
                self._hold()
            else:
                self._chunk(step if isinstance(step, str) else f"data: {json.dumps(step)}\n\n")
        self.wfile.write(b"0\r\n\r\n")

    def _hold(self) -> None:
        self.behaviour.holding.set()
        self.behaviour.released.wait(HOLD_LIMIT_S)

    def _chunk(self, text: str) -> None:
        data = text.encode()
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _answer(self, status: int, answer: dict[str, Any]) -> None:
        self._send(status, json.dumps(answer).encode(), "application/json")

    def _send(self, status: int, data: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
