"""What is said about a benchmark, and that its file says the same when it is read again."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from labs.benchmark.kept import benchmark_of as benchmark_from
from labs.benchmark.kept import document_of, keep, listed, read
from labs.benchmark.results import Chatted, ChattedTurn, is_busy, spread_of
from labs.benchmark.words import chatted_sentence, heading, lines_of, notes, spread_text, table
from labs.kept_files import empty_bin, from_bin, to_bin
from models.errors import UserError
from models.long_work import result_of
from tests.labs.benchmark.conftest import benchmark_of, timed

BARE = timed("write", (99, 100, 101, 100, 100))


def test_a_spread_has_the_sample_deviation_and_the_middle_half():
    found = spread_of((1.0, 2.0, 3.0, 4.0, 10.0))
    assert found is not None and (found.mean, found.median, found.low, found.high) == (4, 3, 2, 4)
    assert found.sd == pytest.approx((50 / 4) ** 0.5)
    assert spread_text(found) == "4.0 ± 3.5"
    assert spread_of(()) is None and spread_of((7.0,)).sd is None  # type: ignore[union-attr]


def test_a_table_names_what_was_measured_as_llama_bench_does():
    found = table(benchmark_of(timed("read", (600, 640), depth=4096), BARE))
    assert "Reads 512 tokens, 4,096 tokens deep (pp512 @ d4096)" in found
    assert "100 tokens/s" in found and "99.0 to 101" in found and "100.00 ± 0.71" in found


@pytest.mark.parametrize(("written", "sentence"), [
    ((98, 99, 98), "no difference that matters"),
    ((70, 71, 72), "29 % less: choosing each token"),
    ((70, 71, 72), "about 500 tokens of the conversation instead of 64"),
    ((90, 91, 101, 101, 80), "part of it may be chance"),
    ((150, 151), "Measure again"),
])  # fmt: skip
def test_why_chatting_is_not_as_fast_stands_in_a_sentence(written: tuple[float], sentence: str):
    assert sentence in chatted_sentence(benchmark_of(BARE, written=written))


def test_without_one_of_both_there_is_nothing_to_explain():
    assert chatted_sentence(benchmark_of(BARE)) == ""
    other = timed("write", (50, 50), threads=2)
    assert chatted_sentence(benchmark_of(other, written=(40, 41))) == ""


def test_busy_repetitions_are_marked_and_counted():
    assert is_busy(0.3, cores=2) and not is_busy(0.3, cores=64) and not is_busy(None, cores=2)
    marked = timed("read", (600, 640, 630), busy=2)
    assert marked.n_busy == 2 and marked.spread is not None and marked.spread.n == 3
    assert "During 2 of 3 repetitions" in notes(benchmark_of(marked))[0]


def test_how_busy_others_were_stands_beside_how_often():
    told = notes(benchmark_of(timed("read", (600, 640, 630), busy=2)))[0]
    assert "kept the processor busy, 0.9 cores of it in the median" in told


def test_one_reading_has_no_middle_half_and_no_range():
    assert lines_of(benchmark_of(timed("write", (24,))))[0].cells[2:] == (
        "24.0 tokens/s", "–", "–", "24.0", "1",
    )  # fmt: skip


def test_a_wait_of_milliseconds_keeps_its_figures():
    turns = tuple(ChattedTurn(False, 9, 0, 4, first_s, None) for first_s in (0.0031, 0.0034))
    line = lines_of(benchmark_of(chatted=Chatted(turns, 1)))[0]
    assert line.cells[2] == "0.0032 s" and line.cells[5] == "0.0032 ± 0.0002"


def test_readings_can_be_read_in_the_order_in_which_they_were_taken():
    line = lines_of(benchmark_of(timed("write", (24, 19.5, 101), busy=1)))[0]
    assert line.in_order == "24.0 (busy), 19.5, 101 tokens/s"


def test_a_partial_one_says_why_first():
    assert notes(benchmark_of(BARE, is_partial=True))[0].startswith("Partial: It was stopped.")
    told = notes(benchmark_of(BARE, is_partial=True, problem="The engine ran out of memory."))
    assert told[0].startswith("Partial: The engine ran out of memory.")


def test_a_file_gives_back_what_was_written(tmp_path: Path):
    made = benchmark_of(timed("read", (600, 640), busy=1), BARE, written=(70, 71))
    path = keep(tmp_path / "benchmarks", made)
    assert read(path) == made
    document = json.loads(path.read_text("utf-8"))
    assert document["tests"][0]["tokens_per_s"]["mean"] == 620
    assert document["chatted"]["tokens_per_s"]["median"] == 70.5
    assert heading(made) == "tiny, 145.0 MB, Q8_0, llama.cpp on CPU"


def test_two_of_one_second_have_two_files_and_a_bin_gives_back(tmp_path: Path):
    paths = [keep(tmp_path, benchmark_of(BARE)) for _ in range(2)]
    assert len(set(paths)) == 2
    away = to_bin(paths[1])
    assert [kept.path for kept in result_of(listed(tmp_path))] == [paths[0]]
    assert from_bin(away) == paths[1] and len(result_of(listed(tmp_path))) == 2


def test_what_cannot_be_read_has_a_row_with_its_reason(tmp_path: Path):
    (tmp_path / "a.json").write_text("{", "utf-8")
    (tmp_path / "b.json").write_text('{"kind": "comparison"}', "utf-8")
    newer = document_of(benchmark_of(BARE)) | {"schema_version": 99}
    (tmp_path / "c.json").write_text(json.dumps(newer), "utf-8")
    problems = [kept.problem for kept in result_of(listed(tmp_path))]
    assert "newer version" in problems[0] and "no benchmark" in problems[1]
    assert "cannot be read" in problems[2]
    with pytest.raises(UserError, match="damaged"):
        benchmark_from({"kind": "benchmark"})


@pytest.mark.parametrize("wrong", [
    {"schema_version": "x"}, {"schema_version": None}, {"started_at": "yesterday"},
    {"tests": [asdict(timed("read", (5.0, -5.0)))]}, {"tests": [asdict(timed("read", (0.0,)))]},
])  # fmt: skip
def test_a_damaged_value_costs_its_own_row_alone(tmp_path: Path, wrong: dict):
    keep(tmp_path, benchmark_of(BARE))
    damaged = document_of(benchmark_of(BARE)) | wrong
    (tmp_path / "a.json").write_text(json.dumps(damaged), "utf-8")
    problems = sorted(kept.problem for kept in result_of(listed(tmp_path)))
    assert problems[0] == "" and "damaged" in problems[1]


def test_a_shorter_past_explains_why_chatting_was_faster():
    deep = timed("write", (50, 50, 51), depth=4096)
    told = chatted_sentence(benchmark_of(deep, written=(70, 71, 72)))
    assert "busy" not in told and "instead of 4,160" in told


def test_on_a_busy_machine_chatting_alone_is_not_blamed():
    busy = timed("write", (100, 101, 102), busy=2)
    told = chatted_sentence(benchmark_of(busy, written=(40, 41, 42)))
    assert told.endswith("part of it may be theirs.")


def test_a_bin_is_emptied_for_good(tmp_path: Path):
    away = to_bin(keep(tmp_path, benchmark_of(BARE)))
    result_of(empty_bin(tmp_path))
    assert not away.exists()


@pytest.mark.parametrize("folder", ["file", "x" * 300])
def test_a_folder_that_takes_nothing_is_a_sentence(tmp_path: Path, folder: str):
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(UserError, match="could not be kept"):
        keep(tmp_path / folder, benchmark_of(BARE))
