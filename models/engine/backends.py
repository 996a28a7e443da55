"""Which backend runs a model, decided in one place and imported late."""

from __future__ import annotations

import os

from models.engine.backend import Backend
from models.engine.messages import Capabilities


def backend_for(model: str) -> Backend:
    """`model` is "sim:NAME", "ollama:NAME", "endpoint:NAME/MODEL", the path of a GGUF file or of
    an MLX folder."""
    if model.startswith("sim:"):
        from models.engine.sim_backend import SimBackend

        return SimBackend()
    if model.startswith("endpoint:"):
        from models.remote.openai_backend import OpenAiBackend

        return OpenAiBackend()
    if model.startswith("ollama:"):
        from models.remote.ollama_backend import OllamaBackend

        return OllamaBackend()
    if os.path.isdir(model):
        from models.engine.mlx_backend import MlxBackend

        return MlxBackend()
    from models.engine.llama_backend import LlamaBackend

    return LlamaBackend()


def capabilities_of(model: str) -> Capabilities:
    """What the backend of a model can do, known before anything is loaded."""
    if model.startswith("sim:"):
        from models.engine.sim_backend import sim_capabilities

        return sim_capabilities(model)
    if model.startswith("endpoint:"):
        return Capabilities(own_template=True)  # the rest is found out when it is loaded
    if model.startswith("ollama:"):
        from models.remote.ollama_capabilities import CAPABILITIES as OLLAMA

        return OLLAMA
    if os.path.isdir(model):
        from models.engine import mlx_library

        return mlx_library.CAPABILITIES
    from models.engine.llama_model import CAPABILITIES

    return CAPABILITIES
