"""The `ollama` client over a channel of ours: what a server sends it does not grow without end."""

from __future__ import annotations

import os

from models.engine.messages import Connection
from models.errors import UserError
from models.remote.bounded import Bound
from models.remote.channel import LONGEST_LINE_BYTES, MOST_LIST_BYTES, Channel

try:
    import ollama
except ValueError as error:  # importing it makes a client for OLLAMA_HOST
    raise UserError(
        f"OLLAMA_HOST is “{os.environ.get('OLLAMA_HOST', '')}”, which is no address.",
        "Correct this variable, or take it away, and start Assay again.",
    ) from error

WHOLE = Bound(MOST_LIST_BYTES)
LINES = Bound(LONGEST_LINE_BYTES, of_each_line=True)


class OllamaClient(ollama.Client):
    """For answers that come whole, or line by line with `streams`; `channel` can cut them."""

    def __init__(
        self, connection: Connection, read_s: float | None = None, *, streams: bool = False
    ) -> None:
        self.channel = Channel(connection, read_s, LINES if streams else WHOLE)
        super().__init__(connection.address, **self.channel.options)
        if not connection.token:  # it has taken OLLAMA_API_KEY, which is for ollama.com
            self._client.headers.pop("Authorization", None)
