"""The door, tried in processes of its own, because an audit hook cannot be removed."""

from __future__ import annotations

import subprocess
import sys

import pytest

from models.errors import UserError
from models.network import Refused, is_loopback

BEYOND = "192.0.2.1"  # reserved for documentation, RFC 5737

SHUT = {
    "a connection": f"socket.socket().connect(('{BEYOND}', 80))",
    "a quiet connection": f"socket.socket().connect_ex(('{BEYOND}', 80))",
    "a datagram": f"socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('{BEYOND}', 53))",
    "a message": f"socket.socket(type=socket.SOCK_DGRAM).sendmsg([b'x'], (), 0, ('{BEYOND}', 53))",
    "a name": "socket.getaddrinfo('assay.invalid', 80)",
    "a name, the old way": "socket.gethostbyname('assay.invalid')",
    "a name, with aliases": "socket.gethostbyname_ex('assay.invalid')",
    "an address turned into a name": f"socket.gethostbyaddr('{BEYOND}')",
    "an address turned into a name, the new way": f"socket.getnameinfo(('{BEYOND}', 80), 0)",
    "an open ear": "socket.socket().bind(('0.0.0.0', 0))",
    "an ear without a name": "socket.socket().bind(('', 0))",
    "a web address": f"urllib.request.urlopen('http://{BEYOND}/')",
}

OPEN = {
    "loopback": "a = socket.create_server(('127.0.0.1', 0)); "
    "b = socket.create_connection(a.getsockname()); b.sendmsg([b'x'])",
    "localhost": "socket.getaddrinfo('localhost', 80)",
    "no name": "socket.getaddrinfo(None, 80)",
    "a pair": "a, b = socket.socketpair(); a.sendall(b'x')",
    "a socket file": "f = tempfile.mktemp(); socket.socket(socket.AF_UNIX).bind(f); os.unlink(f)",
    "the name of loopback": "socket.gethostbyaddr('127.0.0.1')",
}

START = """
import os, socket, tempfile, time, urllib.request
from models.network import Refused, install_door
told = []
door = install_door(told.append, clock=lambda: 7.0)
"""


def run(code: str) -> str:
    command = [sys.executable, "-c", START + code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("act", SHUT.values(), ids=SHUT.keys())
def test_nothing_beyond_loopback_is_reached(act: str) -> None:
    out = run(f"try:\n    {act}\nexcept OSError as e:\n    print(type(getattr(e, 'reason', e)))")
    assert "Refused" in out


@pytest.mark.parametrize("act", OPEN.values(), ids=OPEN.keys())
def test_loopback_and_socket_files_stay_open(act: str) -> None:
    assert run(f"{act}\nprint(door.attempts)").strip() == "()"


def test_an_opened_door_lets_its_own_thread_through_and_shuts_again() -> None:
    udp = "socket.socket(type=socket.SOCK_DGRAM).connect_ex"  # sends nothing
    out = run(f"""
import threading
def other():
    try: {udp}(("{BEYOND}", 9))
    except Refused: print("other thread refused")
with door.opened("a download"):
    {udp}(("{BEYOND}", 9))
    thread = threading.Thread(target=other); thread.start(); thread.join()
try: {udp}(("{BEYOND}", 9))
except Refused: print("shut again")
print([(a.allowed, a.reason) for a in door.attempts])
""")
    ledger = [(True, "a download"), (False, ""), (False, "")]
    assert out.splitlines() == ["other thread refused", "shut again", str(ledger)]


def test_a_door_opened_for_one_host_looks_up_no_other_name() -> None:
    out = run("""
with door.opened("a server", "assay.invalid"):
    for name in ("assay.invalid", "other.invalid"):
        try: socket.getaddrinfo(name, 80)
        except Refused: print(name, "refused")
        except OSError: print(name, "asked for")
""")
    assert out.splitlines() == ["assay.invalid asked for", "other.invalid refused"]


def test_the_ledger_says_who_asked_for_what_and_when() -> None:
    out = run("""
def phone_home():
    try: urllib.request.urlopen("http://assay.invalid/")
    except OSError: pass
phone_home()
print(*told)
""")
    expected = "Attempt(time=7.0, asker='__main__.phone_home', event='socket.getaddrinfo', "
    assert out.startswith(expected + "host='assay.invalid', allowed=False")


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("::1%lo", True),
        ("::ffff:127.0.0.1", True), ("localhost", True), (b"LOCALHOST", True),
        ("0.0.0.0", False), ("::", False), ("", False), ("10.0.0.1", False),
        ("::ffff:8.8.8.8", False), ("localhost.evil.example", False), ("127.1.evil", False),
    ],
)  # fmt: skip
def test_loopback_is_judged_by_address_and_not_by_likeness(host: object, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_a_refusal_is_a_sentence_for_users_and_a_failed_connection_for_libraries() -> None:
    refused = Refused("example.org")
    assert isinstance(refused, UserError) and isinstance(refused, OSError)
    assert "example.org" in str(refused) and refused.hint
