"""A server on loopback that speaks Ollama's documented API: the tests' own, with scripted models.

https://github.com/ollama/ollama/blob/main/docs/api.md says what each answer looks like. Faults of
real servers can be asked for: a stream that is cut, an error inside one, a first byte that does
not come.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.servers.ollama_model import ScriptedModel, tokens_of

WHEN = "2026-11-25T08:06:48.639712648Z"
ECHO = ScriptedModel("echo:latest")
N_CONNECTIONS = 8
ENDLESS_BYTES = 32 << 20  # more than anybody reads
BLOCK = b"[" * (1 << 20)
TEMPLATE_TOKENS = 4  # what the template adds to each message


@dataclass
class Script:
    """How the server behaves; tests change it while it runs."""

    models: list[ScriptedModel] = field(default_factory=lambda: [ECHO])
    version: str = "0.12.11"
    token: str = ""
    cut_after: int | None = None  # tokens until the connection ends without a word
    ends_early_after: int | None = None  # tokens until the stream ends whole, but without "done"
    error_after: int | None = None  # tokens until {"error": …} comes inside the stream
    token_s: float = 0.0  # how long a token takes to be written
    reads_at_most: int = 0  # prompt tokens, whatever num_ctx says
    garbage: str = ""  # sent instead of any answer
    endless_at: str = ""  # this path answers with a line that does not end
    redirects_to: str = ""
    released: threading.Event = field(default_factory=threading.Event)  # the first byte waits
    waits: bool = False
    requests: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    authorizations: list[str | None] = field(default_factory=list)  # of each request
    running: list[str] = field(default_factory=list)
    asked: threading.Event = field(default_factory=threading.Event)  # a first byte is waited for

    def model(self, name: str) -> ScriptedModel | None:
        wanted = name if ":" in name else f"{name}:latest"
        return next((model for model in self.models if model.name == wanted), None)

    def bodies(self, path: str) -> list[dict[str, Any]]:
        """What was sent to a path, in order."""
        return [body for asked, body in self.requests if asked == path]


@contextmanager
def ollama_server(script: Script | None = None) -> Iterator[tuple[str, Script]]:
    """The address of a running server, and its script."""
    script = script or Script()

    class Handler(_Handler):
        connections: set[_Handler] = set()  # noqa: RUF012 - of this server

    Handler.script = script
    server = _Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="ollama server")
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", script
    finally:
        script.released.set()
        server.shutdown()
        thread.join()
        for connection in list(Handler.connections):
            connection.end()
        server.server_close()


class _Server(ThreadingHTTPServer):
    """Its threads start with it, so that no test seems to leave one behind that holds a
    connection open for the next."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._crew = ThreadPoolExecutor(N_CONNECTIONS, "ollama connection")
        started = threading.Barrier(N_CONNECTIONS + 1)
        for _ in range(N_CONNECTIONS):
            self._crew.submit(started.wait)
        started.wait()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._crew.submit(self.process_request_thread, request, client_address)

    def server_close(self) -> None:
        super().server_close()
        self._crew.shutdown()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # as Go does
    script: Script
    connections: set[_Handler]

    def setup(self) -> None:
        super().setup()
        type(self).connections.add(self)

    def finish(self) -> None:
        type(self).connections.discard(self)
        with suppress(OSError):
            super().finish()

    def end(self) -> None:
        with suppress(OSError):
            self.connection.shutdown(2)

    def log_message(self, *_: object) -> None: ...

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except OSError:  # the client has gone
            self.close_connection = True

    # ---- requests ----

    def do_GET(self) -> None:
        self._answer({"/api/version": self._version, "/api/tags": self._tags, "/api/ps": self._ps})

    def do_POST(self) -> None:
        self._answer({
            "/api/show": self._show, "/api/chat": self._chat, "/api/generate": self._generate,
            "/api/pull": self._pull, "/api/embed": self._embed,
        })  # fmt: skip

    def do_DELETE(self) -> None:
        self._answer({"/api/delete": self._delete})

    def _answer(self, paths: dict[str, Any]) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(size)
        self.body: dict[str, Any] = json.loads(raw) if raw else {}
        script = self.script
        script.requests.append((self.path, self.body))
        script.authorizations.append(self.headers.get("Authorization"))
        if script.token and self.headers.get("Authorization") != f"Bearer {script.token}":
            return self._error(401, "unauthorized")
        if script.redirects_to:
            self.send_response(307)
            self.send_header("Location", script.redirects_to)
            self.send_header("Content-Length", "0")
            return self.end_headers()
        if script.garbage:
            return self._send(200, script.garbage.encode(), "text/html")
        if self.path == script.endless_at:
            return self._endless()
        if self.path not in paths:
            return self._send(404, b"404 page not found", "text/plain")
        paths[self.path]()
        return None

    def _version(self) -> None:
        self._json({"version": self.script.version})

    def _tags(self) -> None:
        self._json({"models": [_listed(model) for model in self.script.models]})

    def _ps(self) -> None:
        running = [_listed(m) for m in self.script.models if m.name in self.script.running]
        for each in running:
            each.update(expires_at=WHEN, size_vram=0, context_length=4096)
            each.pop("modified_at")
        self._json({"models": running})

    def _show(self) -> None:
        if model := self._model():
            self._json({
                "modelfile": "# Modelfile", "parameters": "", "template": "{{ .Prompt }}",
                "details": _details(model), "capabilities": list(model.capabilities),
                "model_info": {
                    "general.architecture": "scripted", "general.parameter_count": 135_000_000,
                    "scripted.context_length": model.context_length, "scripted.vocab_size": 32_000,
                },
            })  # fmt: skip

    def _delete(self) -> None:
        if model := self._model():
            self.script.models.remove(model)
            self._send(200, b"", "application/json")

    def _generate(self) -> None:
        """Only what loads and unloads: an empty prompt."""
        model = self._model()
        if model is None:
            return
        unloads = self.body.get("keep_alive") == 0
        with suppress(ValueError):
            self.script.running.remove(model.name)
        if not unloads:
            self.script.running.append(model.name)
        reason = "unload" if unloads else "load"
        self._json({"model": model.name, "created_at": WHEN, "response": "", "done": True,
                    "done_reason": reason})  # fmt: skip

    def _embed(self) -> None:
        if model := self._model():
            texts = self.body["input"]
            texts = [texts] if isinstance(texts, str) else texts
            self._json({
                "model": model.name, "embeddings": [[len(t), 1.0, 0.5] for t in texts],
                "total_duration": 1000, "load_duration": 100, "prompt_eval_count": len(texts),
            })  # fmt: skip

    def _pull(self) -> None:
        name, total = self.body["model"], 1000
        lines: list[dict[str, Any]] = [{"status": "pulling manifest"}]
        digest = "sha256:" + "ab" * 32
        for done in range(0, total + 1, 100):
            lines.append({"status": "pulling abababababab", "digest": digest, "total": total,
                          "completed": done})  # fmt: skip
        self._begin_stream()
        for number, line in enumerate(lines):
            if number == 5:
                self._wait()
            if number == self.script.error_after:
                return self._end_stream({"error": "pull model manifest: file does not exist"})
            self._line(line)
        self.script.models.append(ScriptedModel(name if ":" in name else f"{name}:latest"))
        for status in ("verifying sha256 digest", "writing manifest"):
            self._line({"status": status})
        return self._end_stream({"status": "success"})

    def _chat(self) -> None:
        model = self._model()
        if model is None:
            return None
        top = self.body.get("top_logprobs") or 0
        if self.body.get("think") and "thinking" not in model.capabilities:
            return self._error(400, f'"{self.body["model"]}" does not support thinking')
        if not 0 <= top <= 20:
            return self._error(400, "top_logprobs must be between 0 and 20")
        self.script.running = sorted({*self.script.running, model.name})
        self._wait()
        self._begin_stream()
        return self._stream(model)

    # ---- a reply ----

    def _stream(self, model: ScriptedModel) -> None:
        options, count, reason = self.body.get("options", {}), 0, "stop"
        for kind, text in _written(model, self.body):
            if count == self.script.cut_after:
                return self._cut()
            if count == self.script.ends_early_after:
                return self._end_stream()
            if count == self.script.error_after:
                return self._end_stream({"error": "llama runner process has terminated"})
            if 0 <= options.get("num_predict", -1) <= count:
                reason = "length"
                break
            count += 1
            time.sleep(self.script.token_s)
            self._line(self._chunk(model, kind, text))
        read = self._read_tokens()
        return self._end_stream({
            **self._chunk(model, "content", ""), "done": True, "done_reason": reason,
            "total_duration": 9_000_000, "load_duration": 1_000_000, "prompt_eval_count": read,
            "prompt_eval_duration": 2_000_000, "eval_count": count, "eval_duration": 5_000_000,
        })  # fmt: skip

    def _chunk(self, model: ScriptedModel, kind: str, text: str) -> dict[str, Any]:
        message = {"role": "assistant", "content": "", kind: text}
        chunk = {"model": model.name, "created_at": WHEN, "message": message, "done": False}
        # Older versions do not know the field and leave it out.
        knows = tuple(map(int, self.script.version.split("."))) >= (0, 12, 11)
        if text and self.body.get("logprobs") and knows:
            top = [(text, -0.25), (" or", -2.0), (" and", -3.0)][: self.body.get("top_logprobs", 0)]
            chunk["logprobs"] = [{
                "token": text, "logprob": -0.25, "bytes": list(text.encode()),
                "top_logprobs": [
                    {"token": t, "logprob": p, "bytes": list(t.encode())} for t, p in top
                ],
            }]  # fmt: skip
        return chunk

    def _read_tokens(self) -> int:
        """What is left of the prompt after this server has cut it, silently, as Ollama does."""
        messages: Sequence[dict[str, Any]] = self.body.get("messages", ())
        sent = sum(len(tokens_of(m["content"])) + TEMPLATE_TOKENS for m in messages)
        limit = self.script.reads_at_most or self.body.get("options", {}).get("num_ctx", 4096)
        return min(sent, limit)

    # ---- lines ----

    def _model(self) -> ScriptedModel | None:
        name = self.body.get("model", "")
        model = self.script.model(name)
        if model is None:
            self._error(404, f"model '{name}' not found")
        return model

    def _wait(self) -> None:
        if self.script.waits:
            self.script.asked.set()
            self.script.released.wait(30)

    def _json(self, value: Any) -> None:
        self._send(200, json.dumps(value).encode(), "application/json; charset=utf-8")

    def _error(self, status: int, sentence: str) -> None:
        self._send(status, json.dumps({"error": sentence}).encode(), "application/json")

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _endless(self) -> None:
        self._begin_stream()
        for _ in range(ENDLESS_BYTES // len(BLOCK)):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(BLOCK), BLOCK))
        self._cut()

    def _begin_stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def _line(self, value: dict[str, Any]) -> None:
        raw = json.dumps(value, ensure_ascii=False).encode() + b"\n"
        self.wfile.write(b"%x\r\n%s\r\n" % (len(raw), raw))

    def _end_stream(self, last: dict[str, Any] | None = None) -> None:
        if last is not None:
            self._line(last)
        self.wfile.write(b"0\r\n\r\n")

    def _cut(self) -> None:
        self.close_connection = True
        self.end()


def _written(model: ScriptedModel, body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if body.get("think", "thinking" in model.capabilities):
        for text in tokens_of(model.thinks):
            yield "thinking", text
    for text in model.reply(body):
        yield "content", text


def _listed(model: ScriptedModel) -> dict[str, Any]:
    return {
        "name": model.name, "model": model.name, "modified_at": WHEN, "size": 98_765_432,
        "digest": model.digest, "details": _details(model), **model.listed,
    }  # fmt: skip


def _details(model: ScriptedModel) -> dict[str, Any]:
    return {
        "parent_model": "", "format": "gguf", "family": "scripted", "families": ["scripted"],
        "parameter_size": "135M", "quantization_level": "Q4_K_M",
    }  # fmt: skip
