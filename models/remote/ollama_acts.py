"""What can be done with the models of an Ollama server: pull, delete, and what is in its memory."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from models.amounts import size_text
from models.cancel import CancelToken
from models.engine.messages import Connection
from models.errors import UserError
from models.remote import ollama_server

if TYPE_CHECKING:
    import ollama

    from models.remote.ollama_client import OllamaClient

ACT_S = 30.0
REGISTRY = "registry.ollama.ai"


@dataclass(frozen=True)
class RunningModel:
    """`model` as entries are called; `gpu_bytes` is the share of it in the memory of a GPU."""

    model: str
    size_bytes: int
    gpu_bytes: int


@dataclass(frozen=True)
class PullProgress:
    """Bytes of all layers seen so far; `message` says what else is going on, "" for fetching."""

    done: int
    total: int
    message: str = ""

    @property
    def detail(self) -> str:
        if self.message:
            return self.message
        return f"{size_text(self.done)} of {size_text(self.total)}"


def running(connection: Connection) -> tuple[RunningModel, ...]:
    """The models that the server holds in memory. Raises UserError."""
    listed = ollama_server.get(connection, "/api/ps").get("models")
    sound = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    return tuple(
        RunningModel(
            f"ollama:{ollama_server.name_of(each)}",
            ollama_server.count_of(each.get("size")),
            ollama_server.count_of(each.get("size_vram")),
        )
        for each in sound
    )


def pull(
    connection: Connection, name: str, cancel: CancelToken
) -> Generator[PullProgress, None, None]:
    """Let the server download a model. What was fetched before a cancel is kept by the server,
    and the next pull goes on from there. Raises UserError, Cancelled."""
    from models.remote.ollama_client import OllamaClient

    layers = Layers()
    with OllamaClient(connection, streams=True) as client, client.channel.cut_by(cancel):
        steps = iter(client.pull(name, stream=True))
        while True:
            with _pull_in_sentences(connection.address, name):
                step = next(steps, None)
            if step is None:
                raise ollama_server.broke_off(connection.address)
            yield layers.take(step)
            if step.status == "success":
                return


def delete(connection: Connection, name: str) -> None:
    """Remove a model from the server's disk for good. Raises UserError."""
    with _client(connection) as client, ollama_server.in_sentences(connection.address):
        client.delete(name)


def unload(connection: Connection, name: str) -> None:
    """Let the server put a model out of memory now. Raises UserError."""
    with _client(connection) as client, ollama_server.in_sentences(connection.address):
        client.generate(name, keep_alive=0)


def _client(connection: Connection) -> OllamaClient:
    from models.remote.ollama_client import OllamaClient

    return OllamaClient(connection, ACT_S)


def registry_of(name: str) -> str:
    """The host that a pull of `name` goes out to. Ollama reads [host/][namespace/]model[:tag] from
    its end, so that only the third part from there is a host, with or without a point in it:
    https://github.com/ollama/ollama/blob/main/types/model/name.go
    """
    parts = name.rpartition("://")[2].split("/")
    if len(parts) < 3:
        return REGISTRY
    try:
        return urlsplit(f"//{parts[0]}").hostname or REGISTRY
    except ValueError:  # half an IPv6 address; Ollama refuses it
        return REGISTRY


@dataclass
class Layers:
    """A model comes in layers, each with a progress of its own; together they are one."""

    total: dict[str, int] = field(default_factory=dict)
    done: dict[str, int] = field(default_factory=dict)

    def take(self, step: ollama.ProgressResponse) -> PullProgress:
        if step.digest:
            self.total[step.digest] = step.total or 0
            self.done[step.digest] = step.completed or 0
        sentence = "" if step.digest else (step.status or "").capitalize()
        return PullProgress(sum(self.done.values()), sum(self.total.values()), sentence)


@contextmanager
def _pull_in_sentences(address: str, name: str) -> Iterator[None]:
    try:
        with ollama_server.in_sentences(address):
            yield
    except UserError as error:
        if "file does not exist" not in error.message:
            raise
        raise UserError(
            f"There is no model “{name}” at {registry_of(name)}.",
            "Check its name at ollama.com/library.",
        ) from error
