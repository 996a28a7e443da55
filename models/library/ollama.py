"""Ollama's store: manifests that name blobs by their SHA-256; opened read-only."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from models.library.found import FoundModel

_MODEL = "application/vnd.ollama.image.model"
_PROJECTOR = "application/vnd.ollama.image.projector"
_MAX_MANIFEST_BYTES = 1 << 20


def find(store: Path, source: str, unreadable: list[Path]) -> Iterator[FoundModel]:
    """A model for every manifest `manifests/<host>/<namespace>/<name>/<tag>` with its weights."""
    for manifest in _manifests(store / "manifests", unreadable):
        layers = _layers(manifest)
        digest = layers.get(_MODEL, "")
        if not digest:
            continue
        blob = _blob(store, digest)
        projector = layers.get(_PROJECTOR, "")
        yield FoundModel(
            name=_name(manifest.relative_to(store / "manifests").parts),
            source=source,
            path=blob,
            files=(blob,),
            projector_path=_blob(store, projector) if projector else None,
            sha256=digest,
        )


def weights_of(store: Path, name: str, manifest_sha256: str) -> Path | None:
    """The weights of what a server calls `name`, where this store holds that very version of it:
    its manifest has the SHA-256 that the server tells."""
    for manifest in _manifests(store / "manifests", []):
        if _name(manifest.relative_to(store / "manifests").parts) != name:
            continue
        digest = _layers(manifest).get(_MODEL, "")
        if digest and hashlib.sha256(manifest.read_bytes()).hexdigest() == manifest_sha256:
            blob = _blob(store, digest)
            return blob if blob.is_file() else None
    return None


def _manifests(folder: Path, unreadable: list[Path]) -> list[Path]:
    try:
        return sorted(path for path in folder.glob("*/*/*/*") if path.is_file())
    except OSError:
        unreadable.append(folder)
        return []


def _layers(manifest: Path) -> dict[str, str]:
    """SHA-256 by media type; empty for anything that is no manifest."""
    try:
        if manifest.stat().st_size > _MAX_MANIFEST_BYTES:
            return {}
        data: Any = json.loads(manifest.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    layers = data.get("layers") if isinstance(data, dict) else None
    found = {}
    for layer in layers if isinstance(layers, list) else ():
        if isinstance(layer, dict) and (digest := _digest(layer.get("digest"))):
            found[str(layer.get("mediaType"))] = digest
    return found


def _digest(value: Any) -> str:
    """The 64 digits of "sha256:…"; "" otherwise, so that no manifest can point elsewhere."""
    digits = value.removeprefix("sha256:") if isinstance(value, str) else ""
    sound = len(digits) == 64 and all(digit in "0123456789abcdef" for digit in digits)
    return digits if sound else ""


def _blob(store: Path, digest: str) -> Path:
    return store / "blobs" / f"sha256-{digest}"


def _name(parts: tuple[str, ...]) -> str:
    """ "llama3:8b" for the official library, "someone/llama3:8b" for others."""
    host, namespace, name, tag = parts
    prefix = "" if namespace == "library" else f"{namespace}/"
    host = "" if host == "registry.ollama.ai" else f"{host}/"
    return f"{host}{prefix}{name}:{tag}"
