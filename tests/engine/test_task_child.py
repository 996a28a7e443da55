"""A process with one task ends with its parent, whatever it is at."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from models.cancel import CancelToken
from models.engine.messages import Ping, encode
from models.library.library import Library
from models.long_work import result_of
from models.quantize.quantize import Wish, quantize
from tests.engine.tiny_kinds import llama

ROOT = Path(__file__).parents[2]
PATIENCE_S = 20
PARENT = """
import sys
from pathlib import Path
from models.cancel import CancelToken
from models.library.library import Library
from models.quantize.quantize import Wish, quantize

source, target = map(Path, sys.argv[1:])
(entry,) = Library(target.with_name("index")).add(source)
for _ in quantize(Wish(entry, target, "Q4_K_M", True), CancelToken()):
    print("under way", flush=True)
"""


def test_a_child_ends_when_its_parent_is_gone_though_its_task_goes_on() -> None:
    words = [sys.executable, "-m", "tests.engine.endless_child"]
    with subprocess.Popen(words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdin and child.stdout
        assert b"hello" in child.stdout.readline()
        child.stdin.write(encode(Ping(), 1))
        child.stdin.flush()
        assert b"ping" in child.stdout.readline()
        try:
            child.stdin.close()
            assert child.wait(PATIENCE_S) == 0
        finally:
            child.kill()


@pytest.mark.slow
@pytest.mark.model
def test_a_killed_program_leaves_no_process_and_the_next_sweeps_its_file(
    starter: Path, tmp_path: Path
) -> None:
    words = [sys.executable, "-c", PARENT, str(starter), str(tmp_path / "made.gguf")]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE) as parent:
        assert parent.stdout and parent.stdout.readline()
        children = psutil.Process(parent.pid).children()
        parent.kill()
    assert psutil.wait_procs(children, PATIENCE_S)[1] == []
    assert len(list(tmp_path.glob(".*.partial"))) == 1
    (entry,) = Library(tmp_path / "index").add(llama(tmp_path / "tiny.gguf"))
    result_of(quantize(Wish(entry, tmp_path / "other.gguf", "Q8_0"), CancelToken()))
    assert list(tmp_path.glob(".*.partial")) == []
