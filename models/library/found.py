"""What a look at a folder finds: groups of files that make one model."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from models.library.file_names import display_name, is_projector, is_sidecar, shard


@dataclass(frozen=True)
class FoundModel:
    """The files of one model. `sha256` is what the store names the file, where it does so."""

    name: str
    source: str
    path: Path
    files: tuple[Path, ...] = ()
    projector_path: Path | None = None
    missing_parts: int = 0
    sha256: str = ""
    is_mlx: bool = False

    @property
    def id(self) -> str:
        return id_of(self.path)


def id_of(path: Path) -> str:
    """What a model is known by in records: its path, shortened."""
    return hashlib.sha256(str(path).encode("utf-8", "surrogateescape")).hexdigest()[:12]


def group_files(paths: Iterable[Path], source: str) -> list[FoundModel]:
    """Shard sets and projectors of one folder as one model each."""
    ordered = sorted(paths)
    projector = next((path for path in ordered if is_projector(path)), None)
    sets: dict[tuple[str, int], list[Path]] = {}
    for path in ordered:
        if is_sidecar(path):
            continue
        part = shard(path)
        sets.setdefault((part.base, part.total) if part else (path.name, 0), []).append(path)
    return [
        FoundModel(
            name=display_name(files[0]),
            source=source,
            path=files[0],
            files=tuple(files),
            projector_path=projector,
            missing_parts=max(0, total - len(files)),
        )
        for (_, total), files in sets.items()
    ]
