"""The loaded models and the right to use one of them.

`pool.py` owns the workers and lends them, `pooled_engine.py` is what one gets, `resident.py` one
loaded model, and `crashes.py` what is advised where one keeps crashing.
"""

from models.engine.pool.pool import Pool, Waiting
from models.engine.pool.pooled_engine import Lease, PooledEngine
from models.engine.pool.resident import ContextWish, EngineStatus

__all__ = ["ContextWish", "EngineStatus", "Lease", "Pool", "PooledEngine", "Waiting"]
