"""Comparisons on disk: read as they were, listed, in the bin and out again."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from math import inf
from pathlib import Path

import pytest

from labs import kept_files
from labs.quantization import kept
from labs.quantization.document import document_of, record_of
from labs.quantization.figure import Figure
from labs.quantization.moved import most_moved
from models.errors import UserError
from models.hardware.machine import describe
from models.long_work import result_of
from tests.labs.quantization.made import record


def test_a_record_comes_back_as_it_was_written() -> None:
    made = replace(record(), machine=describe(), telemetry={"joules": 3.5})
    document = json.loads(json.dumps(document_of(made), allow_nan=False))
    back = record_of(document)
    assert document_of(back) == document
    assert back.machine == made.machine
    assert most_moved(back.comparison.told, 0)[0].text == " her"
    assert back.comparison.rows[1].costs == made.comparison.rows[1].costs


def test_what_is_too_large_for_json_is_infinite_again() -> None:
    made = record()
    base, row, *rest = made.comparison.rows
    assert row.measures is not None
    found = replace(row.measures, perplexity=Figure(inf, reason="too large"))
    rows = (base, replace(row, measures=found), *rest)
    made = replace(made, comparison=replace(made.comparison, rows=rows))
    document = document_of(made)
    assert document["rows"][1]["measures"]["perplexity"]["value"] is None
    again = record_of(document).comparison.rows[1].measures
    assert again and again.perplexity == Figure(inf, reason="too large")


def test_kept_ones_are_listed_and_put_away(tmp_path: Path) -> None:
    paths = [kept.keep(tmp_path, record()) for _ in range(2)]
    rows = result_of(kept.listed(tmp_path))
    assert {row.path for row in rows} == set(paths)
    assert (rows[0].base, rows[0].others) == ("hare-F16", ("hare-Q8_0", "hare-Q4_0"))
    away = kept_files.to_bin(paths[0])
    assert kept_files.binned(tmp_path) == (away,)
    assert [row.path for row in result_of(kept.listed(tmp_path))] == [paths[1]]
    assert kept_files.from_bin(away) == paths[0] and kept_files.binned(tmp_path) == ()
    kept_files.to_bin(paths[1])
    result_of(kept_files.empty_bin(tmp_path))
    assert kept_files.binned(tmp_path) == ()


def test_a_list_is_read_without_what_was_said_of_each_token(tmp_path: Path) -> None:
    """Megabytes a file, of which a row shows nothing."""
    path = kept.keep(tmp_path, record())
    whole = kept.row_of(path)
    head, told = path.read_text("utf-8").splitlines()
    assert document_of(kept.read(path)) == document_of(record())
    path.write_text(f"{head}\n{'#' * (len(told) - 1)}}}\n", "utf-8")
    assert replace(kept.row_of(path), stamp=whole.stamp) == whole
    with pytest.raises(UserError, match="cannot be read"):
        kept.read(path)


def test_one_that_was_written_in_one_line_is_listed_as_well(tmp_path: Path) -> None:
    path = kept.keep(tmp_path, record())
    whole = kept.row_of(path)
    path.write_text(json.dumps(document_of(record())) + "\n", "utf-8")
    assert replace(kept.row_of(path), stamp=whole.stamp) == whole


def test_one_that_was_cut_off_is_no_comparison_in_the_list_either(tmp_path: Path) -> None:
    path = kept.keep(tmp_path, record())
    path.write_bytes(path.read_bytes()[:-40])
    assert "cannot be read" in kept.row_of(path).problem


def test_a_folder_that_is_not_there_holds_none_and_one_that_cannot_be_read_says_so(
    tmp_path: Path,
) -> None:
    place = tmp_path / "comparisons"
    assert result_of(kept.listed(place)) == ()
    place.touch()
    with pytest.raises(UserError, match="comparisons cannot be read: Not a directory"):
        result_of(kept.listed(place))


def test_what_cannot_be_kept_is_told_with_what_helps(
    tmp_path: Path, small_disk: Callable[..., Path]
) -> None:
    full = small_disk("size=4k")
    (full / "other").write_bytes(b"x" * 4096)
    with pytest.raises(UserError, match=r"could not be kept in .*: No space left") as told:
        kept.keep(full, record())
    assert "make room on the disk" in told.value.hint
    (tmp_path / "taken").touch()
    with pytest.raises(UserError, match=r"could not be kept in .*: File exists") as told:
        kept.keep(tmp_path / "taken", record())
    assert "may write" in told.value.hint and "room" not in told.value.hint


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "cannot be read"),
        ("[]", "no comparison"),
        ('{"kind": "other"}', "no comparison"),
        ('{"kind": "comparison", "schema_version": 99}', "newer"),
        ('{"kind": "comparison", "rows": [{}]}', "damaged"),
        ('{"kind": "comparison", "rows": 3}', "damaged"),
    ],
)
def test_a_file_that_cannot_be_read_says_so_and_has_its_row(
    tmp_path: Path, text: str, words: str
) -> None:
    path = tmp_path / "torn.json"
    path.write_text(text, "utf-8")
    with pytest.raises(UserError, match=words):
        kept.read(path)
    (row,) = result_of(kept.listed(tmp_path))
    assert words in row.problem
