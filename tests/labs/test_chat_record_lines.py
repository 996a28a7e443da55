"""What a reader is told of how a reply was made."""

import pytest

from labs.chat.conversation import Provenance
from labs.chat.record_lines import record_lines
from models.engine.messages import LoadSettings

TOLD = {
    "Load settings": ({"load": LoadSettings(gpu_layers=0)}, "gpu_layers 0"),
    "SHA-256": ({"fingerprint": "ab"}, "not known yet"),
    "Kernels": ({"conservative_kernels": True}, "conservative, after a crash while loading"),
    "Batch": ({"shared_batch": True}, "decoded together with other replies"),
    "When the context is full": ({"overflow": "rolling_window"}, "Rolling window"),
    "Thinking": ({"thinking": "on", "thinking_s": 2.5}, "on, took 2.5 s"),
    "Prompt": ({"prompt_tokens": 9, "cached_tokens": 4},
               "9 tokens, 4 of them kept from the turn before"),
    "First token": ({"time_to_first_token_s": 0.25}, "0.250 s"),
    "Stop reason": ({"stop_reason": "length"}, "stopped at the set length"),
}  # fmt: skip


@pytest.mark.parametrize("name", TOLD)
def test_it_is_told_in_words(name):
    fields, words = TOLD[name]
    made = Provenance("Small model", "/m.gguf", **fields)
    assert dict(record_lines(made))[name] == words


def test_what_is_not_known_has_no_line():
    told = dict(record_lines(Provenance("Small model", "/m.gguf")))
    assert not {"SHA-256", "Prompt", "Speed", "Kernels", "Grammar"} & set(told)
