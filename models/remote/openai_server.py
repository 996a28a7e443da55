"""What an OpenAI-compatible server is asked beside replies: its models."""

from __future__ import annotations

import httpx

from models.engine.messages import Connection
from models.library.entry import ModelEntry
from models.library.make_entry import endpoint_entry
from models.remote.channel import (
    LIST_DEADLINE_S,
    MOST_LIST_BYTES,
    Channel,
    in_sentences,
    read_json,
)

LOOK_S = 3.0


def list_models(name: str, connection: Connection) -> tuple[ModelEntry, ...]:
    """Every model that the endpoint `name` lists, as "endpoint:NAME/MODEL". Raises UserError."""
    channel = Channel(connection, LOOK_S)
    with (
        in_sentences(name, connection.address),
        httpx.Client(base_url=connection.address, **channel.options) as client,
    ):
        answer = read_json(client, "models", MOST_LIST_BYTES, LIST_DEADLINE_S)
        listed = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(listed, list):
            raise httpx.DecodingError("no list of models")
    ids = [each.get("id") for each in listed if isinstance(each, dict)]
    return tuple(endpoint_entry(name, model) for model in ids if isinstance(model, str) and model)
