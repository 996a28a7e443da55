"""A model hub on loopback: the parts of the Hugging Face hub's public API that downloads use.

Names, headers and errors as in https://huggingface.co/docs/hub/api and the requests that
huggingface_hub makes. Large files are redirected to a second server, as the hub does.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

COMMIT = "c0ffee" * 6 + "c0ff"
LARGE = (".gguf", ".safetensors")
RELEASE_S = 30.0


@dataclass(frozen=True)
class Seen:
    """A request as it arrived; `server` is "hub" or "storage"."""

    server: str
    method: str
    path: str
    headers: dict[str, str]


@dataclass
class Repository:
    files: dict[str, bytes]
    licence: str = "apache-2.0"
    is_gated: bool = False
    tags: tuple[str, ...] = ()


@dataclass
class LoopbackHub:
    """What it holds and how it misbehaves; changed by tests while it runs.

    `cut_after` has for each coming answer with large content the bytes after which the connection
    is dropped; `fails_after_cut` is the status of every answer after that. `hold_after`: so many
    bytes, then nothing until `released`. `wrong` are paths whose announced hash is another one.
    `broken` answers these paths with a status instead; `hashes` are told instead of true ones.
    """

    repositories: dict[str, Repository] = field(default_factory=dict)
    token: str = "hf_right"
    cut_after: list[int] = field(default_factory=list)
    hold_after: int | None = None
    released: threading.Event = field(default_factory=threading.Event)
    wrong: set[str] = field(default_factory=set)
    broken: dict[str, int] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    fails_after_cut: int = 0
    ignores_ranges: bool = False
    seen: list[Seen] = field(default_factory=list)
    endpoint: str = ""
    storage: str = ""

    def add(self, repo: str, files: dict[str, bytes], **more: Any) -> None:
        self.repositories[repo] = Repository(files, **more)

    def content_requests(self) -> list[Seen]:
        """What was asked of the storage."""
        return [each for each in self.seen if each.server == "storage"]

    def content(self, digest: str) -> bytes:
        for repository in self.repositories.values():
            for data in repository.files.values():
                if sha256(data) == digest:
                    return data
        raise KeyError(digest)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def git_sha1(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


@contextmanager
def running_hub() -> Iterator[LoopbackHub]:
    hub = LoopbackHub()
    servers = [_serve(hub, _HubAnswers, "hub"), _serve(hub, _StorageAnswers, "storage")]
    hub.endpoint, hub.storage = (f"http://127.0.0.1:{s.server_port}" for s in servers)
    threads = [threading.Thread(target=s.serve_forever, args=(0.01,)) for s in servers]
    for thread in threads:
        thread.start()
    try:
        yield hub
    finally:
        hub.released.set()
        for server, thread in zip(servers, threads, strict=True):
            server.shutdown()
            server.server_close()
            thread.join()


def hub_answers(hub: LoopbackHub) -> type[BaseHTTPRequestHandler]:
    """The hub's side for a server of another kind."""
    return _bound(hub, _HubAnswers, "hub")


def _bound(hub: LoopbackHub, answers: type[_Answers], name: str) -> type[BaseHTTPRequestHandler]:
    return type(name, (answers,), {"hub": hub, "server_name": name})


def _serve(hub: LoopbackHub, answers: type[_Answers], name: str) -> ThreadingHTTPServer:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _bound(hub, answers, name))
    server.daemon_threads = False
    return server


class _Answers(BaseHTTPRequestHandler):
    hub: LoopbackHub
    server_name: str
    timeout = RELEASE_S

    def do_GET(self) -> None:
        self._note_and_answer()

    def do_HEAD(self) -> None:
        self._note_and_answer()

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def answer(self, path: str) -> None:
        raise NotImplementedError

    def _note_and_answer(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.hub.seen.append(Seen(self.server_name, self.command, self.path, headers))
        with suppress(BrokenPipeError, ConnectionResetError):
            self.answer(unquote(urlsplit(self.path).path).strip("/"))

    def send(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class _HubAnswers(_Answers):
    def answer(self, path: str) -> None:
        if path in self.hub.broken:
            self.send(self.hub.broken[path])
        elif path.startswith("api/models/"):
            self._tell_of(path.removeprefix("api/models/").partition("/revision/")[0])
        elif "/resolve/" in path:
            repo, _, rest = path.partition("/resolve/")
            self._resolve(repo, rest.partition("/")[2])
        else:
            self.send(404)

    def _tell_of(self, repo: str) -> None:
        repository = self.hub.repositories.get(repo)
        if repository is None:
            self.send(401, X_Error_Code="RepoNotFound", X_Error_Message="Repository not found")
            return
        body = {
            "id": repo,
            "modelId": repo,
            "sha": COMMIT,
            "private": False,
            "gated": "manual" if repository.is_gated else False,
            "disabled": False,
            "tags": list(repository.tags),
            "cardData": {"license": repository.licence},
            "siblings": [self._sibling(*item) for item in repository.files.items()],
        }
        self.send(200, json.dumps(body).encode(), Content_Type="application/json")

    def _sibling(self, path: str, data: bytes) -> dict[str, Any]:
        blob_id = git_sha1(data + b"!") if path in self.hub.wrong else git_sha1(data)
        told: dict[str, Any] = {"rfilename": path, "size": len(data), "blobId": blob_id}
        if path.endswith(LARGE):
            told["lfs"] = {"sha256": self._hash(path, data), "size": len(data), "pointerSize": 134}
        return told

    def _hash(self, path: str, data: bytes) -> str:
        if path in self.hub.hashes:
            return self.hub.hashes[path]
        return sha256(data + b"!") if path in self.hub.wrong else sha256(data)

    def _resolve(self, repo: str, path: str) -> None:
        repository = self.hub.repositories[repo]
        if repository.is_gated and not self._is_let_in():
            return
        data = repository.files.get(path)
        if data is None:
            self.send(404, X_Error_Code="EntryNotFound", X_Repo_Commit=COMMIT)
        elif path.endswith(LARGE):
            self.send(
                302,
                Location=f"{self.hub.storage}/{sha256(data)}",
                X_Repo_Commit=COMMIT,
                X_Linked_Etag=f'"{self._hash(path, data)}"',
                X_Linked_Size=str(len(data)),
            )
        else:
            self.send(200, data, X_Repo_Commit=COMMIT, ETag=f'"{git_sha1(data)}"')

    def _is_let_in(self) -> bool:
        sent = self.headers.get("Authorization", "")
        if sent == f"Bearer {self.hub.token}":
            return True
        status = 403 if sent else 401
        self.send(status, X_Error_Code="GatedRepo", X_Error_Message="Access is restricted.")
        return False


class _StorageAnswers(_Answers):
    def answer(self, path: str) -> None:
        if self.hub.fails_after_cut and not self.hub.cut_after:
            self.send(self.hub.fails_after_cut)
            return
        data = self.hub.content(path)
        start, end, status = self._range(len(data))
        self.send_response(status)
        if status == 206:
            self.send_header("Content-Range", f"bytes {start}-{end - 1}/{len(data)}")
        self.send_header("Content-Length", str(end - start))
        self.end_headers()
        if self.command != "HEAD":
            self._write(data[start:end])

    def _range(self, size: int) -> tuple[int, int, int]:
        wanted = self.headers.get("Range", "")
        if not wanted or self.hub.ignores_ranges:
            return 0, size, 200
        first, _, last = wanted.removeprefix("bytes=").partition("-")
        return int(first), min(size, int(last) + 1) if last else size, 206

    def _write(self, data: bytes) -> None:
        self.close_connection = True
        if self.hub.cut_after:
            self.wfile.write(data[: self.hub.cut_after.pop(0)])
            return
        if self.hub.hold_after is None:
            self.wfile.write(data)
            return
        self.wfile.write(data[: self.hub.hold_after])
        self.wfile.flush()
        self.hub.released.wait(RELEASE_S)
        self.wfile.write(data[self.hub.hold_after :])
