"""Tokens a second of an MLX model: random ones, in chunks to read and one by one to write.

Each written token is worked out before the next goes in, as the tokens of llama-bench are;
mlx_lm.benchmark lets the next begin meanwhile and tells of a little more.
"""

from __future__ import annotations

import time

from models.engine.backend import CancelFlag
from models.engine.load_of_others import LoadOfOthers
from models.engine.messages import TimeTokens, TokensTimed
from models.engine.mlx_context import MlxContext
from models.engine.mlx_library import MlxLibrary
from models.engine.random_tokens import DEPTH_SEED, drawn_tokens, refuse_oversized
from models.errors import Cancelled


def time_tokens(
    library: MlxLibrary, context: MlxContext, n_vocab: int, request: TimeTokens, cancel: CancelFlag
) -> TokensTimed:
    """Raises Cancelled when stopped, UserError when it does not fit."""
    refuse_oversized(request, context.n_ctx)
    depth = drawn_tokens(request.depth, n_vocab, DEPTH_SEED)
    kept = context.keep_prefix([*depth, -1], reuse=True)
    if not context.read(depth[kept:], cancel):
        raise Cancelled
    ids = drawn_tokens(request.n_read + request.n_written, n_vocab, request.seed)
    others = LoadOfOthers()
    started = time.perf_counter()
    if not context.read(ids[: request.n_read], cancel):
        raise Cancelled
    for token in ids[request.n_read :]:
        if cancel.is_set:
            raise Cancelled
        library.mx.eval(context.read_one(token))
    return TokensTimed(time.perf_counter() - started, others.cores())
