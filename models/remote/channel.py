"""The way to one server: short patience for the connection, a cut at any moment, and failures as
sentences. Both kinds of servers are asked through it."""

from __future__ import annotations

import contextlib
import json
import math
import socket
import ssl
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx

from models.engine.messages import Connection
from models.errors import Cancelled, UserError
from models.remote.bounded import Bound, BoundedStream

CONNECT_S = 3.0
WRITE_S = 30.0
LIST_DEADLINE_S = 15.0  # of a list of models, from the question to its last byte
MOST_LIST_BYTES = 16 << 20
LONGEST_LINE_BYTES = 8 << 20
MOST_ANSWER_BYTES = 256 << 20  # vectors of many texts, spelled in digits
MOST_REFUSAL_BYTES = 64 << 10
MOST_WORDS = 400
DEEPEST_WORDS = 8  # wrapped in objects and lists


class Cancel(Protocol):
    """A CancelToken or the worker's flag."""

    def on_set(self, callback: Callable[[], None] | None) -> None: ...


class Channel:
    """`options` go to httpx.Client, or to a client that hands them to one.

    `read_s` None waits for an answer as long as it takes: a server may load a model first.
    `bound` holds for every answer, where nobody counts what is read (`read_whole`).
    """

    def __init__(
        self, connection: Connection, read_s: float | None = None, bound: Bound | None = None
    ) -> None:
        self.address = connection.address
        self._transport = _Transport(connection, bound)
        token = {"Authorization": f"Bearer {connection.token}"} if connection.token else {}
        as_it_is = {"Accept-Encoding": "identity"} if bound else {}
        self.options: dict[str, Any] = {
            "transport": self._transport,
            "trust_env": False,
            "follow_redirects": False,
            "timeout": httpx.Timeout(read_s, connect=CONNECT_S, write=WRITE_S),
            "headers": {**token, **as_it_is},
        }

    @contextmanager
    def cut_by(self, cancel: Cancel) -> Iterator[None]:
        """Let `cancel` end whatever the block waits for, before the first byte too. A failure
        after that is the cut itself, and becomes Cancelled."""
        self._transport.is_cut = False
        cancel.on_set(self._transport.cut)
        try:
            yield
        except Exception:
            if self._transport.is_cut:
                raise Cancelled from None
            raise
        finally:
            cancel.on_set(None)


class _Transport(httpx.HTTPTransport):
    """Knows the sockets of its connections, so that another thread can shut them."""

    def __init__(self, connection: Connection, bound: Bound | None) -> None:
        secure = connection.address.startswith("https:")
        super().__init__(
            verify=ssl.create_default_context() if secure else False,
            trust_env=False,
        )
        self.is_cut = False
        self._bound = bound
        self._lock = threading.Lock()
        self._sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.extensions = {**request.extensions, "trace": self._trace}
        response = super().handle_request(request)
        if self._bound is not None:
            refused = not response.is_success
            bound = Bound(MOST_REFUSAL_BYTES) if refused else self._bound
            response.stream = BoundedStream(response, bound)
        return response

    def cut(self) -> None:
        with self._lock:
            self.is_cut = True
            for each in self._sockets:
                _shut(each)

    def _trace(self, event: str, info: dict[str, Any]) -> None:
        if event not in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            return
        opened = info["return_value"].get_extra_info("socket")
        with self._lock:
            self._sockets.add(opened)
            if self.is_cut:
                _shut(opened)


def _shut(opened: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it has ended by itself
        opened.shutdown(socket.SHUT_RDWR)


# ---- answers ----


def read_json(client: httpx.Client, path: str, most_bytes: int, deadline_s: float) -> Any:
    """What a server answers to GET, of at most `most_bytes` and within `deadline_s` altogether:
    a read timeout alone is renewed by every byte. Raises as httpx does."""
    ends_at = time.monotonic() + deadline_s
    with client.stream("GET", path) as response:
        whole = read_whole(response, most_bytes, ends_at)
    return json_of(whole.raise_for_status())


def read_whole(
    response: httpx.Response, most_bytes: int, ends_at: float = math.inf
) -> httpx.Response:
    """A streamed response with its body in it; of a refusal only the beginning. Raises
    httpx.DecodingError for a longer one, ReadTimeout at `ends_at` of the monotonic clock."""
    most = most_bytes if response.is_success else MOST_REFUSAL_BYTES
    held = bytearray()
    for block in response.iter_bytes():
        held += block
        if time.monotonic() > ends_at:
            raise httpx.ReadTimeout("the answer drips", request=response.request)
        if len(held) > most:
            if response.is_success:
                raise httpx.DecodingError("the answer does not end")
            break
    kind = response.headers.get("content-type", "")
    return httpx.Response(
        response.status_code, headers={"Content-Type": kind}, content=bytes(held),
        request=response.request,
    )  # fmt: skip


def json_of(response: httpx.Response) -> Any:
    """Raises httpx.DecodingError for what is no JSON, or too deep or too long a number in it."""
    try:
        return response.json()
    except (ValueError, RecursionError) as error:
        raise httpx.DecodingError("no JSON") from error


def object_of(response: httpx.Response) -> dict[str, Any]:
    """Raises httpx.DecodingError for what is no JSON object."""
    answer = json_of(response)
    if not isinstance(answer, dict):
        raise httpx.DecodingError("no JSON object")
    return answer


# ---- failures ----


def place(address: str) -> str:
    """ "127.0.0.1:11434" of an address, as sentences name it."""
    parts = urlsplit(address)
    return parts.netloc.rpartition("@")[2] or address


@contextmanager
def in_sentences(server: str, address: str, hint: str = "") -> Iterator[None]:
    """Turn what httpx and JSON raise into UserError. `server` is its name, `hint` what to do
    where it does not answer at all."""
    try:
        yield
    except (httpx.HTTPError, httpx.StreamError, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise sentence_for(error, server, address, hint) from error


def sentence_for(error: Exception, server: str, address: str, hint: str = "") -> UserError:
    """What to tell the user of a failed exchange."""
    where = f"{server} at {place(address)}"
    if isinstance(error, httpx.HTTPStatusError):
        return said_by(server, error.response)
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
        return UserError(
            f"{where} does not answer.", hint or "Start it, or check the address and try again."
        )
    if isinstance(error, httpx.TimeoutException):
        return UserError(f"{where} took too long to answer.", "Try again when it is less busy.")
    if isinstance(error, httpx.TransportError):
        return UserError(
            f"The connection to {where} broke off in the middle of an answer.",
            "Check that it still runs, then send again.",
        )
    return UserError(
        f"{where} answered with something that is not of its language.",
        "Check that the address belongs to such a server, and that it is up to date.",
    )


def said_by(server: str, response: httpx.Response) -> UserError:
    """A refusal in the server's own words."""
    return refusal(server, response.status_code, words_of(response))


def refusal(server: str, status: int, words: str, *, had_token: bool = True) -> UserError:
    """A status that is no success, with what the server said of it."""
    if status in (401, 403) and not had_token:
        hint = f"Enter it beside its address, on the Models page under Servers. {_quote(words)}"
        return UserError(f"{server} wants a token.", hint.strip())
    if status in (401, 403):
        return UserError(f"{server} refused the token.", f"Correct it. {_quote(words)}".strip())
    if status == 429:
        return UserError(f"{server} has too much to do now.", "Wait a moment and send again.")
    said = f": {words.rstrip('.')}" if words else f" (status {status})"
    return UserError(f"{server} could not do it{said}.", "Its own log may say more.")


def words_of(response: httpx.Response) -> str:
    """What a server said of its refusal: its sentence, not the traceback some put behind it."""
    try:
        said = error_text(json_of(response))
    except httpx.DecodingError:
        kind = response.headers.get("content-type", "")
        said = "" if "html" in kind else response.text
    first = said.partition("\n\n")[0]
    return " ".join(first.split())[:MOST_WORDS].strip()


def error_text(answer: Any, deepest: int = DEEPEST_WORDS) -> str:
    """The words of an error in the forms that servers give it; "" where there are none."""
    if isinstance(answer, Mapping | list) and not deepest:
        return ""
    if isinstance(answer, Mapping):
        keys = ("error", "detail", "message", "msg")
        return next((error_text(answer[k], deepest - 1) for k in keys if answer.get(k)), "")
    if isinstance(answer, list):
        return "; ".join(filter(None, (error_text(each, deepest - 1) for each in answer)))
    return str(answer or "").strip()


def _quote(words: str) -> str:
    return f"It said: “{words}”." if words else ""
