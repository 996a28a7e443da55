"""Numbers of simulated models, made from digests: alike on every machine and at every reading."""

from __future__ import annotations

import base64
import hashlib
import math
import struct
from collections.abc import Sequence

from models.engine.messages import Alternative, Embedding, TokenData
from models.engine.sim_vocabulary import SimVocabulary

ALTERNATIVES = (" maybe", " never", " some", " often", " or", " and", " the", " a")
N_VALUES = 32


def told(vocabulary: SimVocabulary, token: int, place: int, text: str, top: int) -> TokenData:
    """A token as the `place`-th of its text, with up to `top` alternatives."""
    digest = hashlib.sha256(f"{token} {place}".encode()).digest()
    chosen = 0.2 + 0.79 * digest[0] / 255
    texts = ALTERNATIVES[: max(0, top - 1)]
    share = (1 - chosen) / (len(texts) + 1)
    others = tuple(
        Alternative(vocabulary.encode(t, False, False)[0], t, math.log(share)) for t in texts
    )
    entropy = -chosen * math.log(chosen) - (1 - chosen) * math.log(share)
    best = (Alternative(token, text, math.log(chosen)), *others) if top else ()
    return TokenData(token, text, math.log(chosen), entropy, best)


def scored(vocabulary: SimVocabulary, tokens: Sequence[int], top: int) -> tuple[TokenData, ...]:
    """A whole prompt; nothing stands before its first token."""
    texts = [vocabulary.piece(token).decode("utf-8", "replace") for token in tokens]
    first = tuple(TokenData(token, text) for token, text in zip(tokens[:1], texts, strict=False))
    rest = zip(tokens[1:], texts[1:], strict=True)
    return first + tuple(
        told(vocabulary, token, place, text, top) for place, (token, text) in enumerate(rest)
    )


def embedding(tokens: Sequence[int]) -> Embedding:
    """Every token adds its own direction, so that texts with the same words lie near."""
    values = [0.0] * N_VALUES
    for token in tokens:
        digest = hashlib.sha256(str(token).encode()).digest()
        values = [value + byte / 127.5 - 1 for value, byte in zip(values, digest, strict=True)]
    length = math.hypot(*values) or 1.0
    packed = struct.pack(f"<{N_VALUES}f", *(value / length for value in values))
    return Embedding(base64.b64encode(packed).decode("ascii"), len(tokens))
