"""How fast a model reads on this machine."""

from __future__ import annotations

from collections.abc import Generator
from statistics import median

from models.cancel import CancelToken
from models.engine.messages import Generate, LoadSettings, Part, Progress, Sampling
from models.engine.pool import ContextWish, Pool, PooledEngine, Waiting
from models.errors import Cancelled, UserError
from models.long_work import result_of

HOLDER = "reading speed"
N_TOKENS, REPEATS = 512, 3


def reading_speed(
    pool: Pool, model: str, settings: LoadSettings, text: str, cancel: CancelToken
) -> Generator[Progress | Waiting | str, None, float]:
    """Tokens a second: the median of three readings of 512 tokens after one to warm up, in a
    context of its own. Raises UserError where the model tells no time, EngineDied, Cancelled."""
    wish = ContextWish(HOLDER, N_TOKENS + 16, 1, settings)
    lease = yield from pool.lease(
        model, settings, context=wish, exclusive=True, holder=HOLDER, cancel=cancel
    )
    try:
        ids = tuple(t.token_id for t in lease.engine.tokenize((Part(text),)).tokens[:N_TOKENS])
        speeds = []
        for number in range(REPEATS + 1):
            yield f"Reading, {number + 1} of {REPEATS + 1}"
            speeds.append(_once(lease.engine, ids, cancel))
        return median(speeds[1:])
    finally:
        lease.engine.close_context()
        lease.release()


def _once(engine: PooledEngine, ids: tuple[int, ...], cancel: CancelToken) -> float:
    greedy = Sampling(temperature=0)
    request = Generate("", (Part(token_ids=ids),), greedy, max_tokens=1, reuse_cache=False)
    done = result_of(engine.generate(request, cancel))
    if cancel.is_cancelled:
        raise Cancelled
    read = done.prompt_tokens - done.cached_tokens
    if read <= 0 or done.prompt_s <= 0:
        raise UserError("This model does not tell how long it read.", "Choose a local model.")
    return read / done.prompt_s
