"""How fast memory is read: the real probe, briefly, and what it refuses."""

from __future__ import annotations

import pytest

from models.cancel import CancelToken
from models.errors import Cancelled, UserError
from models.hardware.bandwidth import (
    BUFFER_BYTES,
    Bandwidth,
    ThreadReading,
    buffer_size,
    probe,
    thread_counts,
)
from models.hardware.memory import MemoryFree, free_bytes
from tests.long_work import watch

GIB = 1 << 30


def test_memory_is_read_at_a_speed_that_memory_has():
    """Between an old laptop and what no memory of today gives."""
    small = MemoryFree(GIB, 2 * GIB)
    events, found = watch(probe(small, CancelToken(), seconds=0.2, cores=2))
    assert [reading.threads for reading in found.readings] == [1, 2]
    assert all(len(reading.bytes_per_s) >= 3 for reading in found.readings)
    assert 1e9 < found.bytes_per_s < 2e12
    assert found.is_small and found.buffer_bytes == GIB // 4
    assert "GB a second" in events[0].detail and events[-1].done <= events[-1].total


def test_a_stopped_probe_ends_its_process(own_children):
    cancel = CancelToken()
    work = probe(free_bytes(), cancel, seconds=60, cores=1)
    next(work)
    assert len(own_children("bandwidth_child")) == 1
    cancel.cancel()
    with pytest.raises(Cancelled):
        next(work)
    assert own_children("bandwidth_child") == []


def test_a_probe_that_is_killed_says_so(own_children):
    work = probe(free_bytes(), CancelToken(), seconds=60, cores=1)
    next(work)
    own_children("bandwidth_child")[0].kill()
    with pytest.raises(UserError, match="ended"):
        for _ in work:
            pass


def test_it_takes_a_quarter_of_what_is_free_and_refuses_what_tells_nothing():
    assert buffer_size(MemoryFree(64 * GIB, 64 * GIB)) == BUFFER_BYTES
    assert buffer_size(MemoryFree(2 * GIB, 8 * GIB)) == GIB // 2
    with pytest.raises(UserError, match=r"Only 104\.9 MB of memory are free"):
        buffer_size(MemoryFree(100 << 20, 8 * GIB))


@pytest.mark.parametrize(("cores", "counts"), [
    (1, (1,)), (2, (1, 2)), (6, (1, 2, 4, 6)), (8, (1, 2, 4, 8)), (24, (1, 2, 4, 8, 16, 24)),
])  # fmt: skip
def test_threads_double_up_to_all_cores(cores: int, counts: tuple[int, ...]):
    assert thread_counts(cores) == counts


def test_the_best_number_of_threads_has_the_highest_median():
    found = Bandwidth((ThreadReading(1, (10.0, 11, 90)), ThreadReading(2, (20.0, 21, 22))), GIB)
    assert (found.best.threads, found.bytes_per_s) == (2, 21)
    assert found.best.quartiles == (20.5, 21.5)
