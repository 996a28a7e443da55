"""Which backend runs a model, decided in one place and imported late."""

from __future__ import annotations

from models.engine.backend import Backend


def backend_for(model: str) -> Backend:
    """`model` is "sim:NAME" or the path of a GGUF file."""
    if model.startswith("sim:"):
        from models.engine.sim_backend import SimBackend

        return SimBackend()
    from models.engine.llama_backend import LlamaBackend

    return LlamaBackend()
