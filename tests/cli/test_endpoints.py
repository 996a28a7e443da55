"""Servers of others on the command line: added, asked, run through an experiment, forgotten."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.__main__ import main
from app.paths import Paths
from app.services import MOST_LOADED, open_services
from models.cancel import CancelToken
from models.engine.messages import Generate, Part
from models.long_work import result_of
from tests.servers.broken_openai import Behaviour, broken_openai, words
from tests.servers.llama_server import llama_server

Assay = Callable[..., tuple[int, str, str]]


@pytest.fixture
def assay(home: Path, capsys: pytest.CaptureFixture[str]) -> Assay:
    """Run `assay` with these words; exit code, stdout and stderr."""

    def run(*words: str) -> tuple[int, str, str]:
        code = main(list(words))
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        return code, captured.out, captured.err

    return run


@pytest.fixture(scope="module")
def real_server(starter: Path) -> Iterator[str]:
    with llama_server(starter) as address:
        yield address


def added(assay: Assay, address: str, name: str = "lab") -> str:
    code, out, _ = assay("models", "endpoints", "add", name, address)
    assert code == 0
    return out


def test_a_server_is_added_listed_and_forgotten(assay: Assay) -> None:
    with broken_openai(Behaviour()) as address:
        assert f"Added lab at {address}.\n    endpoint:lab/tiny" in added(assay, address)
        assert "endpoint:lab/tiny" in assay("models", "list")[1]
    listed = json.loads(assay("models", "endpoints", "list", "--json")[1])
    assert listed == {"endpoints": [{"name": "lab", "address": address}]}
    assert "is forgotten" in assay("models", "endpoints", "remove", "lab")[1]
    assert "No server was added" in assay("models", "endpoints", "list")[1]


def test_a_server_that_does_not_run_yet_is_added_all_the_same(assay: Assay) -> None:
    with broken_openai(Behaviour()) as address:
        pass
    assert "could not be asked yet: lab does not answer" in added(assay, address)
    code, _, err = assay("chat", "Hello", "--model", "endpoint:lab/tiny")
    assert code == 1 and "does not answer" in err


def test_nothing_leaves_the_machine_while_assay_is_sealed(assay: Assay) -> None:
    assert "Sealed" in added(assay, "http://192.0.2.7:8000/v1", "far")
    code, _, err = assay("chat", "Hello", "--model", "endpoint:far/tiny")
    assert code == 1 and "Sealed" in err and "--open-door" in err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("add", "a/b", "http://127.0.0.1:1"), "cannot be called"),
        (("add", "lab", "ftp://x"), "no address of a server"),
        (("add", "lab", "localhost:1", "--token-file", "none"), "could not be read"),
        (("remove", "lab"), "There is no server called “lab”"),
    ],
)
def test_what_cannot_be_is_a_sentence(assay: Assay, words: tuple[str, ...], told: str) -> None:
    code, _, err = assay("models", "endpoints", *words)
    assert code == 1 and told in err


def test_names_and_sentences_do_not_move_the_cursor(assay: Assay) -> None:
    with broken_openai(Behaviour(listed=({"id": "a\x1b[2Jb"},))) as address:
        out = added(assay, address)
        err = assay("chat", "Hello", "--model", "endpoint:lab/other")[2]
    assert "endpoint:lab/a[2Jb" in out and "endpoint:lab/a[2Jb" in err
    assert "\x1b" not in out + err


def test_a_file_that_holds_no_single_token_is_refused(assay: Assay, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("two words")
    words = ("add", "lab", "localhost:1", "--token-file", str(tmp_path / "token"))
    assert "does not hold one token" in assay("models", "endpoints", *words)[2]


@pytest.mark.model
def test_a_chat_with_a_server_that_others_wrote(assay: Assay, real_server: str) -> None:
    added(assay, real_server)
    words = ("Say hello.", "--model", "endpoint:lab/starter", "--json", "--seed", "4")
    code, out, _ = assay("chat", *words, "--max-tokens", "8")
    answer = json.loads(out)
    assert (code, answer["state"], answer["stop_reason"]) == (0, "complete", "length")
    assert answer["text"] and answer["reply_tokens"] == 8
    assert answer["provenance"]["backend_build"].startswith("llama-cpp-python")


@pytest.mark.model
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_brittleness_runs_in_the_lane_that_a_server_can_give(
    assay: Assay, real_server: str, tmp_path: Path
) -> None:
    added(assay, real_server)
    words = ("--items", "2", "--formats", "2", "--mode", "cold", "--out", str(tmp_path / "run"))
    code, out, err = assay("run", "brittleness", "--model", "endpoint:lab/starter", *words)
    assert code == 0, err
    lines = (tmp_path / "run" / "trials.jsonl").read_text("utf-8").splitlines()
    trials = [json.loads(line) for line in lines]
    assert trials and not any(trial.get("error") for trial in trials)
    assert "free" in out + (tmp_path / "run" / "report.md").read_text()


def test_a_loaded_model_follows_its_server_to_another_address(home: Path) -> None:
    with (
        broken_openai(Behaviour(stream=words("old"))) as old,
        broken_openai(Behaviour(stream=words("new"))) as new,
        closing(open_services(Paths(home, home / "cache"))) as services,
    ):
        said = []
        for address in (old, new):
            services.servers.add("lab", address)
            entry = services.library.resolve_to_run("endpoint:lab/tiny")
            with result_of(services.lease(entry, holder="chat")) as lease:
                asked = lease.engine.generate(
                    Generate("", (Part("Hi", role="user"),)), CancelToken()
                )
                said.append(result_of(asked).text)
    assert said == ["old", "new"]


def test_only_so_many_models_are_loaded_at_a_time(home: Path) -> None:
    with closing(open_services(Paths(home, home / "cache"))) as services:
        for place in range(MOST_LOADED + 2):
            entry = services.library.resolve_to_run(f"sim:able?accuracy=0.{place + 1}")
            result_of(services.lease(entry, holder="chat")).release()
        assert len(services.pool.status()) == MOST_LOADED
