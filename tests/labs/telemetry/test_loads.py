"""Loads against their forecast, also the remembered ones, and what is learned from them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from labs.telemetry.loads import LoadLog, mean_difference
from models.engine.messages import LoadSettings
from models.engine.pool import Pool
from models.fit import beyond_of, forecast
from models.hardware.memory import MemoryFree
from models.library.library import Library
from models.library.records import Records
from models.long_work import result_of
from tests.gguf_files import write_gguf

MEMORY = MemoryFree(8 * 10**9, 16 * 10**9)
SMALL, LARGE = LoadSettings(n_ctx=512), LoadSettings(n_ctx=2048, type_k="q8_0")


@pytest.fixture
def library(tmp_path: Path) -> Library:
    made = Library(tmp_path / "index", records_path=tmp_path / "models.json")
    made.add(write_gguf(tmp_path / "m" / "tiny.gguf"))
    return made


def test_remembered_loads_stand_beside_their_forecast(library: Library) -> None:
    (entry,), pool = library.entries(), Pool()
    sums = {s: forecast(entry, s, MEMORY).total_bytes for s in (SMALL, LARGE)}
    library.record_peak(entry, SMALL, round(sums[SMALL] * 1.10))
    library.record_peak(entry, LARGE, round(sums[LARGE] * 0.95))
    found = {cost.settings: cost for cost in LoadLog(pool, library, lambda: MEMORY).loads()}
    assert found[SMALL].difference == pytest.approx(0.10)
    assert found[LARGE].difference == pytest.approx(-0.05)
    assert sum(part.forecast_bytes for part in found[SMALL].parts) == sums[SMALL]
    assert mean_difference(list(found.values())) == pytest.approx(0.075)
    beyond = round(sums[LARGE] * 0.95) - sums[LARGE]  # of the other load
    assert found[SMALL].learned_bytes == sums[SMALL] + beyond
    pool.close()


def test_what_loads_took_beyond_the_sum_is_the_median(library: Library) -> None:
    (entry,) = library.entries()
    sums = [(replace(SMALL, n_ctx=n), forecast(entry, replace(SMALL, n_ctx=n), MEMORY).total_bytes)
            for n in (256, 512, 1024)]  # fmt: skip
    peaks = {s: total + more for (s, total), more in zip(sums, (7, 900, 100), strict=True)}
    assert beyond_of(entry, peaks, MEMORY) == 100
    assert beyond_of(entry, {}, MEMORY) == 0
    with_it = forecast(entry, SMALL, MEMORY, beyond_bytes=100)
    assert with_it.total_bytes == forecast(entry, SMALL, MEMORY).total_bytes + 100


def test_peaks_are_read_back_with_their_settings_and_nonsense_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "models.json"
    records = Records(path)
    records.set_peak_bytes("m", LARGE, 77)
    assert Records(path).peaks("m") == {LARGE: 77}
    path.write_text(path.read_text().replace('"2048/', '"many/'))
    assert Records(path).peaks("m") == {}


@pytest.mark.slow
def test_a_real_load_is_measured_by_part_and_close_to_its_forecast(
    tmp_path: Path, starter: Path
) -> None:
    library, pool = Library(tmp_path / "index", records_path=tmp_path / "r.json"), Pool()
    library.add(starter)
    log = LoadLog(pool, library, lambda: MEMORY, lambda: 5.0)
    with result_of(pool.lease(str(starter), SMALL)):
        pass
    (cost,) = log.loads()
    weights, context = cost.parts
    assert (cost.at_s, cost.n_ctx) == (5.0, 512)
    assert abs(cost.difference) < 0.25
    assert weights.measured_bytes and weights.measured_bytes > starter.stat().st_size
    assert context.measured_bytes == pytest.approx(context.forecast_bytes, rel=0.05)
    pool.close()
