"""Opening a chat of 500 messages."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.bench.homes import LONG_CHAT, make_home
from tests.bench.line import Bound, Line, repeat
from tests.bench.processes import Talker


def measure(work: Path) -> tuple[Line, ...]:
    """From the request to a page that is laid out and painted."""
    with tempfile.TemporaryDirectory(dir=work) as folder:
        chat = make_home(Path(folder), n_ctx=4096)
        with Talker("assay_lab", home=Path(folder)) as app:
            values = repeat(lambda: app.ask(do="open_chat", chat=chat)["opened_s"] * 1000)
    bound = Bound("value", "at most", 200)
    return (Line(f"Opening a chat of {LONG_CHAT} messages", "ms", bound, values),)
