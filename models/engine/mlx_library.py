"""mlx and mlx-lm: whether they are installed, what they can do here, and their parts in one place.

Importing this module loads neither; `library()` does, in the worker.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from platform import machine
from typing import Any

from models.engine.messages import Capabilities

CAPABILITIES = Capabilities(
    prompt_logits=True,
    token_logprobs=True,
    seed=True,
    exact_tokenizer=True,
    reasons={"grammar": "MLX cannot hold a reply to a form; a GGUF file of this model can."},
)
NOT_INSTALLED = "MLX is not installed here, and this model needs it."
RUNS_HERE = sys.platform.startswith("linux") or (sys.platform, machine()) == ("darwin", "arm64")
HOW_TO_INSTALL = (
    "Run python3 start.py --mlx once; it installs MLX."
    if RUNS_HERE
    else "It runs on Apple silicon and Linux only: use a GGUF file of the same model."
)


def is_installed() -> bool:
    return find_spec("mlx") is not None and find_spec("mlx_lm") is not None


def has_processor_only() -> bool:
    """Whether the MLX that is installed here knows no graphics device; told without loading it."""
    try:
        return bool(version("mlx-cpu"))
    except PackageNotFoundError:
        return False


def build_name() -> str:
    return f"mlx {version('mlx')}, mlx-lm {version('mlx-lm')}"


@dataclass(frozen=True)
class MlxLibrary:
    """The modules of both libraries that are used here."""

    mx: Any
    tree: Any  # mlx.utils
    lm: Any  # mlx_lm.utils
    cache: Any  # mlx_lm.models.cache
    sample: Any  # mlx_lm.sample_utils

    @property
    def is_on_gpu(self) -> bool:
        return bool(self.mx.default_device().type == self.mx.DeviceType.gpu)

    @property
    def device(self) -> str:
        if not self.is_on_gpu:
            return "CPU"
        return str(self.mx.device_info().get("device_name", "GPU"))


def library() -> MlxLibrary:
    """Load them; 1.6 s the first time."""
    import mlx.core as mx
    import mlx.utils as tree
    from mlx_lm import sample_utils
    from mlx_lm import utils as lm
    from mlx_lm.models import cache

    return MlxLibrary(mx, tree, lm, cache, sample_utils)
