"""Servers that speak the OpenAI protocol, and what each of them takes beyond it.

Names on the left are llama.cpp's, as `Sampling` has them; on the right is what the server calls
them. Sources: llama.cpp tools/server/README.md, the OpenAI-compatible pages of LM Studio and vLLM,
llama_cpp/server/types.py of llama-cpp-python.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

_LLAMA_SERVER = (
    "top_k", "min_p", "typ_p", "top_n_sigma", "xtc_probability", "xtc_threshold",
    "dry_multiplier", "dry_base", "dry_allowed_length", "dry_penalty_last_n", "repeat_penalty",
    "repeat_last_n", "samplers",
)  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """`samplers` are taken beside the standard ones; None leaves it to a probe. `has_switch`:
    thinking is switched through variables of the chat template. `continuing` makes the server go
    on from a begun reply; None where it would begin another message."""

    name: str
    samplers: Mapping[str, str] | None = None
    has_switch: bool = False
    continuing: Mapping[str, bool] | None = None


LLAMA_SERVER = Kind(
    "llama-server",
    {name: name for name in _LLAMA_SERVER if name != "typ_p"} | {"typ_p": "typical_p"},
    has_switch=True,
    continuing={},
)
LLAMA_CPP_PYTHON = Kind(
    "llama-cpp-python", {name: name for name in ("top_k", "min_p", "repeat_penalty")}
)
LM_STUDIO = Kind("LM Studio", {"top_k": "top_k", "repeat_penalty": "repeat_penalty"})
VLLM = Kind(
    "vLLM",
    {"top_k": "top_k", "min_p": "min_p", "repeat_penalty": "repetition_penalty"},
    has_switch=True,
    continuing={"continue_final_message": True, "add_generation_prompt": False},
)
UNKNOWN = Kind("OpenAI-compatible server")

# What an unknown server is asked about, under the names that are spread most.
PROBED_SAMPLERS = ("top_k", "min_p", "repeat_penalty")


@dataclass(frozen=True)
class Dialect:
    """How one server wants to be asked, as its kind and its probes say. `is_plain`: its model has
    no chat, and goes on from a text instead."""

    kind: Kind = UNKNOWN
    is_plain: bool = False
    samplers: Mapping[str, str] = field(default_factory=dict)
    max_tokens_name: str = "max_tokens"
    counts_streams: bool = True  # stream_options may be sent
    top_logprobs: int = 0  # alternatives that it tells of a token; 0 is none
    schema_form: str = ""  # "json_schema", "json_object", "" where no form is held
