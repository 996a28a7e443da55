"""Brings files of a repository into the hub's cache. Runs in the download process only.

huggingface_hub knows the addresses, the headers and the layout of the cache. Receiving is done
here, because its own download (2.4) begins anew after a stop and does not check the content.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import filelock
from huggingface_hub import get_session, hf_hub_download, hf_hub_url
from huggingface_hub.utils import build_hf_headers, hf_raise_for_status, httpx

from models.download.cache import RepositoryCache
from models.download.messages import Fetch, RemoteFile
from models.download.partial import Partial, free_bytes, no_room
from models.errors import UserError

TIMEOUT_S = 30.0
PAUSES_S = (0, 1, 2, 4, 8)  # before each new try, while nothing more arrives
_ROUGH = (httpx.TimeoutException, httpx.NetworkError, httpx.RemoteProtocolError)


def fetch(request: Fetch, told: Callable[[int, int], None]) -> tuple[str, ...]:
    """Every file in its place in the cache; `told` hears bytes done and in all.

    Raises UserError, and what huggingface_hub and its HTTP library raise.
    """
    cache = RepositoryCache(request.repo)
    total = sum(file.size_bytes for file in request.files)
    missing = sum(
        file.size_bytes - cache.present_bytes(file, request.commit) for file in request.files
    )
    if missing and free_bytes(cache.folder) < missing + request.keep_free_bytes:
        raise no_room(cache.folder, missing)
    done, paths = 0, []
    for file in request.files:

        def told_of_file(n_bytes: int, before: int = done) -> None:
            told(before + n_bytes, total)

        _fetch_file(request, file, cache, told_of_file)
        done += file.size_bytes
        told(done, total)
        paths.append(_link(request, file, cache))
    cache.note_revision(request.revision, request.commit)
    return tuple(paths)


def read_beginning(repo: str, commit: str, file: RemoteFile, token: str, n_bytes: int) -> bytes:
    """The first bytes of a file; more are not asked for and not waited for."""
    headers = {**_headers(token), "Range": f"bytes=0-{n_bytes - 1}"}
    url = hf_hub_url(repo, file.path, revision=commit)
    beginning = b""
    with get_session().stream("GET", url, headers=headers, timeout=TIMEOUT_S) as response:
        hf_raise_for_status(response)
        for chunk in response.iter_bytes():
            beginning += chunk
            if len(beginning) >= n_bytes:
                break
    return beginning[:n_bytes]


def _fetch_file(
    request: Fetch, file: RemoteFile, cache: RepositoryCache, told: Callable[[int], None]
) -> None:
    if cache.is_here(file, request.commit):
        return
    cache.locks.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(cache.locks / f"{cache.partial(file).name}.lock", timeout=0)
    try:
        with lock:
            _receive_whole(request, file, cache, told)
    except filelock.Timeout as error:
        raise UserError(
            f"{Path(file.path).name} is being downloaded already.",
            "Wait for the other download, or stop it.",
        ) from error


def _receive_whole(
    request: Fetch, file: RemoteFile, cache: RepositoryCache, told: Callable[[int], None]
) -> None:
    partial = Partial(cache.partial(file), file, request.keep_free_bytes, told)
    with closing(partial):
        _receive(hf_hub_url(request.repo, file.path, revision=request.commit), request, partial)
        partial.check()
    partial.move_to(cache.blob(file))


def _receive(url: str, request: Fetch, partial: Partial) -> None:
    """Goes on where it was cut off; for each try the hub names a fresh address to fetch from."""
    pauses = iter(PAUSES_S)
    while not partial.is_whole:
        before, cut = partial.size_bytes, None
        try:
            _receive_once(url, _headers(request.leave.token), partial)
        except _ROUGH as error:
            cut = error
        if partial.size_bytes > before:
            pauses = iter(PAUSES_S)
        pause = 0 if partial.is_whole else next(pauses, None)
        if pause is None:
            name = Path(partial.file.path).name
            raise cut or UserError(f"{name} ends too early at the hub.", "Try again later.")
        time.sleep(pause)


def _receive_once(url: str, headers: dict[str, str], partial: Partial) -> None:
    if partial.size_bytes:
        headers["Range"] = f"bytes={partial.size_bytes}-"
    with get_session().stream("GET", url, headers=headers, timeout=TIMEOUT_S) as response:
        hf_raise_for_status(response)
        if partial.size_bytes and response.status_code != 206:
            partial.restart()
        for chunk in response.iter_bytes():
            partial.write(chunk)


def _link(request: Fetch, file: RemoteFile, cache: RepositoryCache) -> str:
    """The cache's own name for a file whose content is here: nothing more is fetched."""
    path = hf_hub_download(
        request.repo,
        file.path,
        revision=request.commit,
        token=request.leave.token or False,
        library_name="assay",
    )
    linked = Path(path)
    if linked.is_symlink() and linked.resolve() != cache.blob(file).resolve():
        linked.unlink()
        raise UserError(
            f"The hub names two different contents for {file.path}.", "Look at it again later."
        )
    return path


def _headers(token: str) -> dict[str, str]:
    headers: dict[str, str] = build_hf_headers(token=token or False, library_name="assay")
    return {**headers, "Accept-Encoding": "identity"}
