"""Attempts on disk: answers, locked predictions, artifacts, handing in."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from labs.lab_book.attempt import Attempt, Sheet
from labs.lab_book.book import LabBook, free_archive, hand_in
from labs.lab_book.guided import GuidedLab
from labs.lab_book.sheet_text import parse_sheet
from models.errors import UserError
from models.long_work import result_of

LAB = GuidedLab("tea", "L99", "Tea", "How long it draws.", "Water.", "kitchen")
GUESS, SEEN, PROMISE = "How long will it take?", "How long did it take?", "What do you promise?"
SHEET = Sheet(LAB, parse_sheet(f"""## Predict first

> ? {GUESS}

## Run

> ? {SEEN}

## Artifact

> ! tea.json: what the kettle shows

> ?! promise.md: {PROMISE}
"""), "v1")  # fmt: skip
NINE, TEN = (datetime(2026, 11, 3, hour, tzinfo=UTC) for hour in (9, 10))


@pytest.fixture
def attempt(tmp_path: Path) -> Attempt:
    return LabBook(tmp_path / "book", "Assay 1").latest(SHEET)


def reopened(attempt: Attempt) -> tuple[Attempt, dict[str, str]]:
    again = Attempt(attempt.path, SHEET)
    return again, again.read()


def test_a_sheet_names_what_it_wants_of_a_page_and_which_answer_is_a_file() -> None:
    kinds = [(b.kind, b.file) for b in SHEET.blocks if b.file]
    assert kinds == [("artifact", "tea.json"), ("question", "promise.md")]
    assert SHEET.predictions == (GUESS,)


def test_nothing_is_on_disk_before_the_first_answer(attempt: Attempt) -> None:
    attempt.read()
    assert not attempt.path.parent.exists()


def test_answers_come_back_after_a_restart(attempt: Attempt) -> None:
    attempt.write({GUESS: "Three\n## minutes", SEEN: "Five"}, NINE)
    assert reopened(attempt)[1] == {GUESS: "Three\n## minutes", SEEN: "Five", PROMISE: ""}


def test_a_locked_prediction_stays_as_it_was_with_the_time_it_was_written(attempt: Attempt) -> None:
    attempt.write({GUESS: "Three"}, NINE)
    attempt.lock({GUESS: "Three"}, TEN)
    attempt.write({GUESS: "Five, I always knew", SEEN: "Five"}, TEN)
    again, answers = reopened(attempt)
    assert (answers[GUESS], answers[SEEN]) == ("Three", "Five")
    assert again.is_locked
    assert again.notes.written_at[GUESS] == NINE.astimezone().isoformat(timespec="seconds")


def test_a_prediction_changed_in_the_file_is_not_believed(attempt: Attempt) -> None:
    attempt.lock({GUESS: "Three"})
    answers = attempt.path / "answers.md"
    answers.write_text(answers.read_text().replace("Three", "Five"))
    assert reopened(attempt)[1][GUESS] == "Three"


def test_an_answer_may_repeat_what_the_sheet_itself_writes(attempt: Attempt) -> None:
    """As somebody does who pastes the whole file into one field."""
    pasted = f"before\n## Run\n\\## Run\n> ? {SEEN}\nbehind"
    attempt.write({GUESS: pasted, SEEN: "Five"})
    answers = reopened(attempt)[1]
    assert (answers[GUESS], answers[SEEN]) == (pasted, "Five")


def test_half_a_letter_in_an_answer_is_saved_as_a_question_mark(attempt: Attempt) -> None:
    attempt.write({GUESS: "a\ud83d"})
    assert reopened(attempt)[1][GUESS] == "a?"


def test_what_another_program_wrote_meanwhile_is_put_aside(attempt: Attempt) -> None:
    file = attempt.path / "answers.md"
    attempt.write({SEEN: "Five"})
    for number, words in enumerate(("Six", "Seven"), start=1):
        file.write_text(file.read_text().replace("Five", words))
        attempt.write({SEEN: "Five"})
        assert attempt.aside == f"answers-elsewhere-{number}.md"
        assert words in (attempt.path / attempt.aside).read_text()
    assert reopened(attempt)[1][SEEN] == "Five"
    attempt.write({SEEN: "Eight"})
    assert not attempt.aside


def test_an_artifact_that_was_deleted_is_no_longer_said_to_be_kept(attempt: Attempt) -> None:
    attempt.keep("tea.json", "{}")
    (attempt.path / "tea.json").unlink()
    assert not reopened(attempt)[0].notes.kept_at
    attempt.write({SEEN: "Five"})
    assert json.loads((attempt.path / "lab.json").read_text())["artifacts"] == []


def test_a_locked_prediction_outlives_its_question(attempt: Attempt) -> None:
    """The sheet of a later version asks otherwise."""
    attempt.lock({GUESS: "Three"})
    blocks = tuple(replace(b, text="How long?") if b.text == GUESS else b for b in SHEET.blocks)
    later = Attempt(attempt.path, replace(SHEET, blocks=blocks))
    later.read()
    later.write({SEEN: "Five"})
    assert reopened(attempt)[1][GUESS] == "Three"


def test_a_mark_that_editors_put_before_a_text_does_not_matter(attempt: Attempt) -> None:
    attempt.write({SEEN: "Five"})
    for file in attempt.path.iterdir():
        file.write_text(file.read_text("utf-8"), "utf-8-sig")
    assert reopened(attempt)[1][SEEN] == "Five"


def test_artifacts_and_answers_that_are_files_lie_beside_the_answers(attempt: Attempt) -> None:
    attempt.write({PROMISE: "Four minutes at most."})
    attempt.keep("tea.json", "{}", NINE)
    assert (attempt.path / "promise.md").read_text() == "Four minutes at most.\n"
    assert (attempt.path / "tea.json").read_text() == "{}\n"
    assert list(reopened(attempt)[0].notes.kept_at) == ["tea.json"]


def test_starting_over_keeps_the_older_attempts(attempt: Attempt, tmp_path: Path) -> None:
    attempt.write({SEEN: "Five"})
    book = LabBook(tmp_path / "book")
    book.new(SHEET).write({SEEN: "Six"})
    assert [each.words for each in book.attempts(SHEET)] == ["Attempt 2", "Attempt 1"]
    assert [each.read()[SEEN] for each in book.attempts(SHEET)] == ["Six", "Five"]


def test_dates_and_the_version_of_the_sheet_are_on_record(attempt: Attempt) -> None:
    attempt.write({SEEN: "Five"}, NINE)
    data = json.loads((attempt.path / "lab.json").read_text())
    assert (data["code"], data["sheet_version"], data["made_by"]) == ("L99", "v1", "Assay 1")
    assert data["begun_at"] == NINE.astimezone().isoformat(timespec="seconds")


def test_the_answers_tell_a_reader_when_they_were_locked_and_what_was_kept(
    attempt: Attempt,
) -> None:
    attempt.lock({GUESS: "Three"}, NINE)
    attempt.keep("tea.json", "{}", TEN)
    head = (attempt.path / "answers.md").read_text().partition("## ")[0]
    nine, ten = (at.astimezone().isoformat(timespec="seconds") for at in (NINE, TEN))
    assert f"Predictions were locked {nine}." in head
    assert f"`tea.json` was kept {ten}." in head


def test_handing_in_packs_everything_into_one_file(attempt: Attempt, tmp_path: Path) -> None:
    attempt.write({SEEN: "Five"})
    attempt.keep("tea.json", "{}")
    packed = zipfile.ZipFile(result_of(hand_in(attempt, tmp_path / "mine.zip")))
    names = {"answers.md", "lab.json", "tea.json"}
    assert set(packed.namelist()) == {f"L99-tea-attempt-1/{name}" for name in names}


def test_a_folder_that_cannot_hold_the_zip_is_a_sentence(attempt: Attempt, tmp_path: Path) -> None:
    attempt.write({SEEN: "Five"})
    with pytest.raises(UserError, match="cannot be packed"):
        result_of(hand_in(attempt, tmp_path / "nowhere" / "mine.zip"))


def test_a_place_that_cannot_be_written_is_a_sentence(attempt: Attempt, tmp_path: Path) -> None:
    (tmp_path / "book").write_text("a file where the folder should be")
    with pytest.raises(UserError, match="cannot be saved"):
        attempt.write({SEEN: "Five"})


def test_a_lock_that_cannot_be_saved_locks_nothing(attempt: Attempt, tmp_path: Path) -> None:
    (tmp_path / "book").write_text("a file where the folder should be")
    with pytest.raises(UserError):
        attempt.lock({GUESS: "Three"})
    assert not attempt.is_locked


def with_notes(**changed: object) -> str:
    whole = {"begun_at": "", "changed_at": "", "predictions_locked_at": "", "predictions": [],
             "artifacts": []}  # fmt: skip
    return json.dumps(whole | changed)


@pytest.mark.parametrize("text", [
    "{", "[]", '{"predictions": [{}]}', with_notes(begun_at=5), with_notes(artifacts={"file": 1}),
    with_notes(artifacts=[{"file": "tea.json", "kept_at": 5}]),
    with_notes(predictions=[{"question": GUESS, "written_at": "", "answer": 5}]),
])  # fmt: skip
def test_damaged_dates_are_a_sentence_and_the_answers_stay(attempt: Attempt, text: str) -> None:
    attempt.write({SEEN: "Five"})
    (attempt.path / "lab.json").write_text(text)
    with pytest.raises(UserError, match="damaged"):
        Attempt(attempt.path, SHEET).read()
    assert "Five" in (attempt.path / "answers.md").read_text()


@pytest.mark.parametrize(
    ("kept", "told"),
    [
        ("/home/kim/models/tea.gguf", "tea.gguf"), ("C:\\Users\\kim\\tea.gguf", "tea.gguf"),
        ("/", "/"), ("tea", "tea"), ("and/or", "and/or"),
    ],
)  # fmt: skip
def test_what_is_kept_names_files_and_not_where_they_lie(
    attempt: Attempt, kept: str, told: str
) -> None:
    attempt.keep("tea.json", json.dumps({"model": [{"path": kept}], "text": "/usr/bin/tea"}))
    found = json.loads((attempt.path / "tea.json").read_text())
    assert found == {"model": [{"path": told}], "text": "/usr/bin/tea"}


def test_a_second_hand_in_is_offered_another_name(attempt: Attempt, tmp_path: Path) -> None:
    attempt.write({GUESS: "four"})
    assert free_archive(tmp_path, attempt) == "L99-tea-attempt-1.zip"
    (tmp_path / "L99-tea-attempt-1.zip").touch()
    assert free_archive(tmp_path, attempt) == "L99-tea-attempt-1-2.zip"
