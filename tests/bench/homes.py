"""Homes for the window under test: the starter chosen, and chats of a known length."""

from __future__ import annotations

import json
from pathlib import Path

from app.paths import find_paths
from labs.chat.conversation import ChatOptions
from labs.chat.store import ChatStore
from models.engine.messages import LoadSettings
from models.library.library import Library
from models.starter import starter_path

LONG_CHAT = 500
QUESTION = "How does item {n} of the list relate to the one before it, and why does it matter?"
ANSWER = """Item {n} follows from the one before. There are **three reasons**:

1. The first is that water finds its level, as `level({n})` shows.
2. The second is that the *lamp* of a lighthouse turns at the same speed all night.
3. The third is in this code:

```python
def turn(lamp: int) -> int:
    return lamp * {n} % 360
```

So the answer depends on where you stand, and on the weather of that particular evening.
"""


def starter() -> str:
    path = starter_path()
    if path is None:
        raise FileNotFoundError("The starter model is not prepared; run python3 start.py once.")
    return str(path)


def make_home(folder: Path, n_ctx: int) -> int:
    """A home with one chat of 500 messages; returns its id. The starter loads with `n_ctx`."""
    paths = find_paths({"ASSAY_HOME": str(folder)})
    paths.settings_file.write_text(json.dumps({"schema_version": 1, "last_model": starter()}))
    library = Library(paths.model_index, starter=starter_path(), records_path=paths.model_records)
    library.save_load_settings(library.resolve("starter"), LoadSettings(n_ctx=n_ctx))
    store = ChatStore(paths.chats_file)
    chat = store.create_chat(ChatOptions(overflow="rolling_window"), starter(), "A long chat")
    parent = None
    for n in range(LONG_CHAT // 2):
        asked = store.add_message(chat.id, parent, "user", QUESTION.format(n=n), ())
        parent = store.add_message(chat.id, asked.id, "assistant", ANSWER.format(n=n)).id
    store.set_leaf(chat.id, parent)
    store.close()
    return chat.id
