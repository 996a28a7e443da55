"""A run on a model that a server runs: free answers, and a record that says what is not known."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from labs.brittleness.experiment import EXPERIMENT as BRITTLENESS
from labs.experiments.record.run_folder import RunFolder
from labs.experiments.report.write import write_reports
from labs.repeats.experiment import EXPERIMENT as REPEATS
from labs.repeats.experiment import Options as RepeatsOptions
from models.engine.pool import Pool
from models.engine.sandbox import Sandbox
from models.errors import UserError
from models.library.library import Library
from models.long_work import result_of
from models.remote.servers import Servers
from tests.labs.experiments.running import Lab
from tests.servers.kept_tokens import KeptTokens
from tests.servers.ollama_model import ScriptedModel
from tests.servers.ollama_server import Script, ollama_server

YES = ScriptedModel("yes:latest", "Yes.", digest="a" * 64)


@dataclass
class Served:
    lab: Lab
    script: Script


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Iterator[Served]:
    with ollama_server(Script(models=[YES])) as (address, script):
        servers = Servers(None, {"OLLAMA_HOST": address}, KeptTokens())
        library = Library(tmp_path_factory.mktemp("home") / "index", servers=servers)
        pool = Pool(connect=servers.connection)
        yield Served(Lab(library, pool, sandbox), script)
        pool.close()


@pytest.fixture(scope="module")
def ran(served: Served, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    folder = tmp_path_factory.mktemp("runs") / "served"
    made = served.lab.plan(folder, "ollama:yes:latest", items=2, options=free())
    served.lab.finish(made)
    return made


def free() -> Any:
    return replace(BRITTLENESS.options(), lane="free")


def entry_of(made: RunFolder) -> dict[str, Any]:
    return json.loads(made.file("manifest.json").read_text("utf-8"))["models"][0]


def test_the_manifest_names_what_is_known_of_the_model(ran: RunFolder) -> None:
    entry = entry_of(ran)
    assert (entry["served"], entry["manifest_sha256"], entry["sha256"]) == (True, "a" * 64, "")
    assert "the server answered each alike" in entry["certificate"]["sentence"]
    kept = json.loads(ran.file("prompts.jsonl").read_text("utf-8").splitlines()[0])
    assert kept["parts"][-1]["role"] == "user"


def test_every_trial_is_greedy_and_thinks_nothing(served: Served, ran: RunFolder) -> None:
    asked = served.script.bodies("/api/chat")
    assert {body["options"]["temperature"] for body in asked} == {0.0}
    assert all(body["options"]["num_ctx"] == 2048 for body in asked)


def test_the_report_says_who_read_the_prompts(ran: RunFolder) -> None:
    write_reports(ran)
    text = ran.file("report.md").read_text("utf-8")
    assert "A server ran this model: the hash of Ollama's manifest" in text
    assert "Threads, cache and batches were the server's own affair" in text
    assert "flash attention" not in text


def test_draws_are_asked_for_with_their_temperature_and_a_seed_of_their_own(
    served: Served, tmp_path: Path
) -> None:
    """This server always says the same: it pays no attention to either, and the report says so."""
    earlier = len(served.script.bodies("/api/chat"))
    made = served.lab.plan(tmp_path / "drawn", "ollama:yes:latest", experiment=REPEATS, items=1,
                           formats=2, options=RepeatsOptions(draws="5"))  # fmt: skip
    served.lab.finish(made, REPEATS)
    asked = [body["options"] for body in served.script.bodies("/api/chat")[earlier:]]
    assert {each["temperature"] for each in asked} == {0.0, 1.0}
    assert len({each["seed"] for each in asked if each["temperature"]}) == 5
    report = made.file("report.md").read_text("utf-8")
    assert "may have cut its draws" in report and "pays no attention to temperature" in report


def test_another_version_at_the_server_is_refused_on_resume(served: Served, ran: RunFolder) -> None:
    trials = ran.file("trials.jsonl")
    lines = trials.read_text("utf-8").splitlines(keepends=True)
    trials.write_text("".join(lines[:-1]), "utf-8")
    served.script.models = [replace(YES, digest="b" * 64)]
    result_of(served.lab.library.scan())
    with pytest.raises(UserError, match="manifest at Ollama of ollama:yes:latest has changed"):
        served.lab.finish(ran)
