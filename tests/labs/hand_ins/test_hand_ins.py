"""Hand-ins as a teacher opens them: what was written and when, and what does not fit."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from app.runs.run_list import export_zip, list_runs
from labs.hand_ins.copies import with_copies
from labs.hand_ins.lab_hand_in import BY_HAND, LabHandIn
from labs.hand_ins.opening import HandIn, open_hand_in, unpack_run
from labs.hand_ins.origin import ORIGIN, origin_of
from labs.lab_book.attempt import Attempt, sheet_of
from labs.lab_book.book import LabBook, hand_in
from labs.lab_book.guided import guided_lab
from models.errors import UserError
from models.long_work import result_of

NINE, TEN, ELEVEN = (datetime(2026, 11, 3, hour, tzinfo=UTC) for hour in (9, 10, 11))
LAB = guided_lab("sampling")


@pytest.fixture
def attempt(tmp_path: Path) -> Attempt:
    """A lab that was looked into before its predictions were locked."""
    sheet = sheet_of(LAB)
    made = LabBook(tmp_path / "book", "Assay 1").latest(sheet)
    answers = {question: f"I think: {n}" for n, question in enumerate(sheet.predictions)}
    made.show_anyway(answers, NINE)
    made.lock(answers, TEN)
    later = [b.text for b in sheet.blocks if b.kind == "question"][len(answers)]
    made.write(answers | {later: "## Mine\n> a quote"}, ELEVEN)
    made.keep(artifact_of(made), '{"tokens": [1, 2]}', ELEVEN)
    return made


def artifact_of(attempt: Attempt) -> str:
    return next(b.file for b in attempt.sheet.blocks if b.kind == "artifact")


def handed(attempt: Attempt, name: str = "s17.zip") -> Path:
    path: Path = result_of(hand_in(attempt, attempt.path.parents[2] / name))
    return path


def opened(path: Path) -> HandIn:
    found: HandIn = result_of(open_hand_in(path))
    return found


def lab_of(attempt: Attempt) -> LabHandIn:
    (lab,) = opened(handed(attempt)).labs
    return lab


def test_a_lab_is_read_as_it_was_written(attempt: Attempt) -> None:
    lab = lab_of(attempt)
    assert (lab.title, lab.attempt, lab.made_by) == ("L03 Sampling", "Attempt 1", "Assay 1")
    assert lab.blocks == attempt.sheet.blocks
    assert lab.answers == attempt.read()
    assert lab.n_answered == len(attempt.sheet.predictions) + 1
    assert lab.is_locked
    assert datetime.fromisoformat(lab.shown_at) == NINE
    kept = {each.file: each for each in lab.artifacts}[artifact_of(attempt)]
    assert not lab.problems
    assert json.loads(kept.text or "") == {"tokens": [1, 2]}
    assert datetime.fromisoformat(kept.kept_at) == ELEVEN


def change(attempt: Attempt, **values: Any) -> None:
    path = attempt.path / "lab.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def spoil_prediction(attempt: Attempt) -> None:
    path = attempt.path / "answers.md"
    path.write_text(path.read_text().replace("I think: 0", "I knew"))


SPOILT: list[tuple[Callable[[Attempt], Any], str]] = [
    (lambda a: (a.path / "lab.json").unlink(), "lab.json is missing"),
    (lambda a: (a.path / "lab.json").write_text("{"), "lab.json is damaged"),
    (lambda a: (a.path / "lab.json").write_text("[1]"), "lab.json is damaged"),
    (lambda a: (a.path / "answers.md").unlink(), "answers.md is missing"),
    (lambda a: (a.path / artifact_of(a)).unlink(), "was kept, and is not in the archive"),
    (lambda a: (a.path / artifact_of(a)).write_bytes(b"\xff\xfe"), "is no text"),
    (spoil_prediction, "was changed after the lock"),
    (lambda a: change(a, sheet_version="older"), "another version of the sheet"),
    (lambda a: move_to_tomorrow(a), "no lab of that name"),
]


def move_to_tomorrow(attempt: Attempt) -> None:
    change(attempt, lab="of-tomorrow")
    path = attempt.path / "answers.md"
    path.write_text(path.read_text().replace("# L03 Sampling", "# L99 Tomorrow", 1))


@pytest.mark.parametrize(("spoil", "words"), SPOILT, ids=[words for _, words in SPOILT])
def test_what_does_not_fit_is_told_and_the_rest_is_read(
    attempt: Attempt, spoil: Callable[[Attempt], Any], words: str
) -> None:
    spoil(attempt)
    lab = lab_of(attempt)
    assert any(words in told for told in (*lab.problems, *lab.notes))
    assert lab.answers[attempt.sheet.predictions[0]] == "I think: 0"
    assert set(attempt.sheet.predictions) <= set(lab.questions)


def test_answers_of_another_sheet_keep_their_headings(attempt: Attempt) -> None:
    change(attempt, sheet_version="older")
    assert "## Mine\n> a quote" in lab_of(attempt).answers.values()


@pytest.mark.parametrize(("version", "is_said"), [({}, True), ({"sheet_version": "older"}, False)])
def test_only_its_own_sheet_tells_what_was_put_there_by_hand(
    attempt: Attempt, version: dict[str, str], is_said: bool
) -> None:
    (attempt.path / "mine.txt").write_text("Hello")
    change(attempt, **version)
    [mine] = [each for each in lab_of(attempt).artifacts if each.file == "mine.txt"]
    assert (mine.about == BY_HAND) == is_said


def test_a_newer_lab_is_refused(attempt: Attempt) -> None:
    change(attempt, schema_version=2)
    with pytest.raises(UserError, match="written by a newer Assay"):
        lab_of(attempt)


def test_a_class_in_one_archive_is_read_as_many(attempt: Attempt, tmp_path: Path) -> None:
    everybody = tmp_path / "class.zip"
    with zipfile.ZipFile(everybody, "w") as archive:
        for student in ("s17", "s42"):
            for file in attempt.path.iterdir():
                archive.write(file, f"class/{student}/{file.name}")
    assert [lab.folder for lab in opened(everybody).labs] == ["s17", "s42"]


def test_long_answers_that_two_students_share_are_told(attempt: Attempt) -> None:
    sheet = attempt.sheet
    free = [b.text for b in sheet.blocks if b.kind == "question"][len(sheet.predictions)]
    attempt.write({free: "The likeliest token stays first, the others come nearer to it."})
    s17, s42 = (opened(handed(attempt, name)).labs[0] for name in ("s17.zip", "s42.zip"))
    first, second = with_copies((s17, s42))
    assert first.problems == ("1 answer is word for word that of s42.zip.",)
    assert second.problems == ("1 answer is word for word that of s17.zip.",)
    assert with_copies((s17,)) == (s17,)


@pytest.mark.parametrize(
    ("name", "words"), [("s17.zip", "1 zip file: unpack it"), ("essay.docx", "1 other file.")]
)
def test_an_archive_of_something_else_is_refused(tmp_path: Path, name: str, words: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(f"x/{name}", "?")
    with pytest.raises(UserError, match="neither a lab nor a run") as raised:
        opened(tmp_path / "a.zip")
    assert words in raised.value.message


# ---- runs ----


@pytest.fixture
def run_zip(made_run: Path, tmp_path: Path) -> Path:
    path: Path = result_of(export_zip(made_run, tmp_path / "run.zip"))
    return path


def test_a_run_is_put_among_the_own_ones_once(
    run_zip: Path, made_run: Path, tmp_path: Path
) -> None:
    home = tmp_path / "runs"
    home.mkdir()
    found = opened(run_zip)
    assert found.runs == (PurePosixPath(made_run.name),)
    first = result_of(unpack_run(found.archive, found.runs[0], home))
    again = result_of(unpack_run(found.archive, found.runs[0], home))
    assert first == again
    (row,) = result_of(list_runs(home))
    assert (row.path, row.problem) == (first, "")
    assert "A copy of what was handed in as run.zip" in row.handed_in
    assert {p.name for p in first.iterdir()} - {ORIGIN} == {
        p.name for p in made_run.iterdir() if p.name != ".lock"
    }


@pytest.mark.parametrize("note", ["[", "[]", '{"archive": "a.zip", "unpacked_at": 7}', None])
def test_a_note_of_its_origin_that_cannot_be_read_says_nothing(
    tmp_path: Path, note: str | None
) -> None:
    if note is not None:
        (tmp_path / ORIGIN).write_text(note)
    assert origin_of(tmp_path) == ""


def test_another_run_of_the_same_name_stands_beside_it(run_zip: Path, tmp_path: Path) -> None:
    home, found = tmp_path / "runs", opened(run_zip)
    home.mkdir()
    first = result_of(unpack_run(found.archive, found.runs[0], home))
    (first / "trials.jsonl").write_text("")
    second = result_of(unpack_run(found.archive, found.runs[0], home))
    assert second.name == f"{first.name}-2"


def test_a_run_that_cannot_be_read_leaves_nothing_behind(made_run: Path, tmp_path: Path) -> None:
    broken = Path(shutil.copytree(made_run, tmp_path / "broken"))
    plan = json.loads((broken / "plan.json").read_text())
    (broken / "plan.json").write_text(json.dumps(plan | {"schema_version": 99}))
    (broken / "results.json").unlink(missing_ok=True)
    found = opened(result_of(export_zip(broken, tmp_path / "run.zip")))
    home = tmp_path / "runs"
    home.mkdir()
    with pytest.raises(UserError, match="newer Assay"):
        result_of(unpack_run(found.archive, found.runs[0], home))
    assert not list(home.iterdir())
