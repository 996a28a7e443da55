"""Which tokens moved: the farthest first, with their place in the text."""

from __future__ import annotations

from math import isnan
from pathlib import Path

import pytest

from labs.quantization.moved import change_at, most_moved, with_likeliest
from labs.quantization.session import Wish, run
from models.cancel import CancelToken
from models.engine.pool import Pool
from models.hardware.memory import MemoryFree
from models.long_work import result_of
from tests.labs.quantization.conftest import LETTERS, variants_of
from tests.labs.quantization.made import told


def test_the_token_that_moved_most_stands_first_in_its_text() -> None:
    first, second = most_moved(told(), 0)
    assert (first.before, first.text, first.after) == ("The hare was once boasting of", " her",
                                                       " speed")  # fmt: skip
    assert (first.p_base, first.p, first.kld) == pytest.approx((0.25, 0.01, 0.9))
    assert first.delta_p == pytest.approx(-0.24)
    first, second = (with_likeliest(told(), 0, each) for each in (first, second))
    assert [choice.text for choice in first.top] == [" speed", " her"] and not first.same_top
    assert (second.text, second.same_top) == (" of", True)


def test_where_no_ten_were_kept_the_likeliest_is_told() -> None:
    kept = change_at(told(), 0, 0, 2)
    assert [(choice.text, choice.probability) for choice in kept.base_top] == [
        (" speed", pytest.approx(0.8))
    ]
    base, other = (change_at(told(), 0, 0, 0).base_top, change_at(told(), 0, 0, 0).top)
    assert base[0].probability == pytest.approx(0.5)
    assert other[0].text == " of" and not isnan(other[0].probability)


@pytest.mark.model
def test_a_comparison_keeps_what_both_models_found_likeliest(family: Path, pool: Pool) -> None:
    files = variants_of(*(str(family / f"tiny-{name}.gguf") for name in ("F32", "Q4_0")))
    wish = Wish(files, (LETTERS,), 2, 64, with_speed=False)
    made = result_of(run(wish, pool, MemoryFree(1 << 40, 1 << 40), CancelToken()))
    found = most_moved(made.told, 0)
    assert [change.kld for change in found] == sorted((c.kld for c in found), reverse=True)
    first = with_likeliest(made.told, 0, found[0])
    assert len(first.base_top) == len(first.top) == 10
    assert "".join((first.before, first.text)) in LETTERS.content
    assert found[0].kld == made.rows[1].measures.kld_largest  # type: ignore[union-attr]
