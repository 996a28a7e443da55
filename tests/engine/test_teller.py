from __future__ import annotations

import ctypes

import numpy as np
import pytest

from models.engine.teller import Teller


def pointer(values: np.ndarray) -> ctypes.c_void_p:
    return ctypes.c_void_p(values.ctypes.data)


def test_every_token_is_told_in_order_with_its_own_logits() -> None:
    told: list[tuple[int, float]] = []
    values = np.zeros(4, np.float32)
    with Teller(4, lambda token, _d, _r, logits: told.append((token, float(logits[0])))) as teller:
        for token in range(50):
            values[0] = token
            teller.put(token, "", "", lambda: pointer(values))
    assert told == [(token, float(token)) for token in range(50)]


def test_without_the_lens_no_logits_are_read() -> None:
    told: list[object] = []
    with Teller(0, lambda *item: told.append(item[3])) as teller:
        teller.put(1, "a", "a", lambda: pytest.fail("read"))
    assert told == [None]


def test_an_error_while_telling_reaches_the_main_thread() -> None:
    def fail(*_item: object) -> None:
        raise OSError("the pipe is gone")

    with pytest.raises(OSError, match="pipe"), Teller(0, fail) as teller:
        for token in range(10):
            teller.put(token, "", "", lambda: None)
