"""What an Ollama server says of one model before it is asked anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ollama

from models.engine.messages import Capabilities, Connection
from models.errors import UserError
from models.library.entry import ModelEntry
from models.remote import ollama_server
from models.remote.ollama_capabilities import capabilities, version_numbers
from models.remote.ollama_weights import weights_on_disk
from models.tokenizers.gguf import ExactTokenizer


@dataclass(frozen=True)
class ServedModel:
    """`info` are the header's keys as the server tells them, `can` its own words for abilities."""

    entry: ModelEntry
    version: str
    template: str
    info: Mapping[str, Any]
    can: frozenset[str]
    tokenizer: ExactTokenizer | None

    @property
    def name(self) -> str:
        return self.entry.name.removeprefix("ollama:")

    def number(self, key: str) -> int:
        """A number of the header; `key` without the architecture in front of it."""
        value = self.info.get(f"{self.architecture}.{key}", self.info.get(key, 0))
        return value if isinstance(value, int) else 0

    @property
    def architecture(self) -> str:
        return str(self.info.get("general.architecture") or self.entry.architecture)

    def is_at_least(self, version: tuple[int, ...]) -> bool:
        return version_numbers(self.version) >= version

    def capabilities(self) -> Capabilities:
        has_tokenizer = self.tokenizer is not None
        return capabilities(version_numbers(self.version), self.can, has_tokenizer)


def look_up(client: ollama.Client, connection: Connection, name: str) -> ServedModel:
    """Ask for one model. Raises UserError where there is none, or where it runs on another
    machine and nobody has let Assay go there."""
    listed = ollama_server.list_models(connection)
    wanted = {f"ollama:{name}", f"ollama:{name}:latest"}
    entry = next((each for each in listed if each.name in wanted), None)
    if entry is None:
        raise ollama_server.unknown(name)
    if entry.elsewhere and not connection.open_for:
        raise UserError(
            f"{name} runs at {entry.elsewhere}, not on this machine, and Assay is sealed.",
            "Nothing was sent. Choose a model that Ollama runs here.",
        )
    with ollama_server.in_sentences(connection.address):
        shown = client.show(name)
    return ServedModel(
        entry,
        ollama_server.version(connection),
        shown.template or "",
        shown.modelinfo or {},
        frozenset(shown.capabilities or ("completion",)),
        None if entry.elsewhere else _tokenizer(entry),
    )


def _tokenizer(entry: ModelEntry) -> ExactTokenizer | None:
    """An estimate does where the weights cannot be read or are of a kind unknown here."""
    weights = weights_on_disk(entry)
    if weights is None:
        return None
    try:
        return ExactTokenizer(weights)
    except UserError:
        return None
