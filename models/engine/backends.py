"""Which backend runs a model, decided in one place and imported late."""

from __future__ import annotations

from models.engine.backend import Backend
from models.engine.messages import Capabilities


def backend_for(model: str) -> Backend:
    """`model` is "sim:NAME" or the path of a GGUF file."""
    if model.startswith("sim:"):
        from models.engine.sim_backend import SimBackend

        return SimBackend()
    if model.startswith("endpoint:"):
        from models.remote.openai_backend import OpenAiBackend

        return OpenAiBackend()
    from models.engine.llama_backend import LlamaBackend

    return LlamaBackend()


def capabilities_of(model: str) -> Capabilities:
    """What the backend of a model can do, known before anything is loaded."""
    if model.startswith("sim:"):
        from models.engine.sim_backend import sim_capabilities

        return sim_capabilities(model)
    if model.startswith("endpoint:"):
        return Capabilities(own_template=True)  # the rest is found out when it is loaded
    from models.engine.llama_backend import CAPABILITIES

    return CAPABILITIES
