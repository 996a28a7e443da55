"""The process that talks to the hub: `python -P -m models.download.child`.

It exists for one act of the user, is ended by the window to cancel, and is the only one that
imports huggingface_hub.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.download import messages
from models.download.choices import CONFIG
from models.download.messages import (
    Beginning,
    Fetch,
    Fetched,
    Listing,
    Look,
    ReadBeginning,
    RemoteFile,
    Stored,
)
from models.engine.codec import MESSAGE_TYPES, message_types
from models.engine.wire import Wire
from models.errors import UserError
from models.library.gguf_header import read_beginning
from models.library.mlx_dimensions import read_dimensions

if TYPE_CHECKING:
    from models.download.cache import RepositoryCache

KNOWN = {**MESSAGE_TYPES, **message_types(messages)}
_COMMIT, _SHA256 = re.compile("[0-9a-f]{40}"), re.compile("[0-9a-f]{64}")
TOLD_EVERY_S = 0.1
BEGINNING_BYTES = 256 << 10  # the keys before the vocabulary take some kilobytes
LOOK_TIMEOUT_S = 30.0


def main() -> None:
    wire = Wire.of_process(KNOWN)
    wire.hello()
    for request_id, request in wire.requests():
        if request.leave.reason:
            wire.door.open_process(request.leave.reason, request.leave.proxies)
        wire.send(request_id, _answer(wire, request_id, request))


def _answer(wire: Wire, request_id: int, request: Any) -> Any:
    from models.download import trouble

    try:
        if isinstance(request, Look):
            return _look(request)
        if isinstance(request, ReadBeginning):
            return _read_beginning(request)
        return _fetch(wire, request_id, request)
    except Exception as error:  # noqa: BLE001 - every end of a request is an answer
        return trouble.answer_to(
            error,
            request.repo,
            has_token=bool(request.leave.token),
            is_fetch=isinstance(request, Fetch),
        )


def _look(request: Look) -> Listing:
    from huggingface_hub import HfApi

    from models.download.cache import RepositoryCache

    hub = HfApi(token=request.leave.token or False, library_name="assay")
    info = hub.model_info(
        request.repo, revision=request.revision, files_metadata=True, timeout=LOOK_TIMEOUT_S
    )
    cache, commit = RepositoryCache(request.repo), info.sha or ""
    if not _COMMIT.fullmatch(commit):
        raise UserError(f"The hub does not say which version of {request.repo} it has.")
    card, tags = info.card_data, info.tags or []
    licence = (card.get("license") if card else None) or _tag(tags, "license:")
    return Listing(
        repo=request.repo,
        revision=request.revision,
        commit=commit,
        files=tuple(_remote_files(info.siblings or [], cache, commit)),
        licence=str(licence or ""),
        is_gated=bool(info.gated),
        is_mlx=info.library_name == "mlx" or "mlx" in tags,
    )


def _remote_files(siblings: list[Any], cache: RepositoryCache, commit: str) -> Iterator[RemoteFile]:
    """Files whose names can stand in a cache: both name and hash become parts of paths."""
    for sibling in siblings:
        large = sibling.lfs
        file = RemoteFile(
            path=sibling.rfilename,
            size_bytes=(large.size if large else sibling.size) or 0,
            sha256=large.sha256 if large else "",
            blob_id=sibling.blob_id or "",
        )
        is_hash = _SHA256.fullmatch(file.sha256) if large else _COMMIT.fullmatch(file.blob_id)
        if is_hash and _stays_inside(file.path):
            yield replace(file, present_bytes=cache.present_bytes(file, commit))


def _stays_inside(path: str) -> bool:
    """On Windows too, where a backslash parts folders and a colon names a drive."""
    return not ({"", ".", ".."}.intersection(path.split("/")) or {"\\", ":"}.intersection(path))


def _tag(tags: list[str], start: str) -> str:
    return next((tag.removeprefix(start) for tag in tags if tag.startswith(start)), "")


def _read_beginning(request: ReadBeginning) -> Beginning:
    from models.download import fetch

    file = request.file
    token = request.leave.token
    data = fetch.read_beginning(request.repo, request.commit, file, token, BEGINNING_BYTES)
    try:
        if file.path == CONFIG:
            config = json.loads(data)
            return Beginning(read_dimensions(config) if isinstance(config, dict) else None)
        return Beginning(read_beginning(data, file.size_bytes, Path(file.path)).dimensions)
    except (UserError, ValueError, RecursionError):  # the forecast is then a rough one
        return Beginning(None)


def _fetch(wire: Wire, request_id: int, request: Fetch) -> Stored:
    from models.download import fetch

    last_s = 0.0

    def told(done_bytes: int, total_bytes: int) -> None:
        nonlocal last_s
        now_s = time.monotonic()
        if now_s - last_s >= TOLD_EVERY_S or done_bytes == total_bytes:
            last_s = now_s
            wire.send(request_id, Fetched(done_bytes, total_bytes))

    return Stored(fetch.fetch(request, told))


if __name__ == "__main__":
    main()
