"""Looks for models below the places of other tools and the user's folders, reading only."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from models.library import mlx_folder, ollama
from models.library.file_names import is_model_file
from models.library.found import FoundModel, group_files
from models.library.roots import Root

_MAX_DEPTH = 12
_SKIPPED = {".git", ".locks", "node_modules", "__pycache__", ".venv"}


@dataclass
class Walk:
    """One look at all places. `unreadable` collects folders that could not be opened."""

    unreadable: list[Path] = field(default_factory=list)
    _seen: set[tuple[int, int]] = field(default_factory=set)

    def find(self, root: Root) -> Iterator[FoundModel]:
        """The models below a root; nothing when the root does not exist."""
        if root.layout == "ollama":
            yield from ollama.find(root.path, root.source, self.unreadable)
        elif root.layout == "hugging_face":
            yield from self._hugging_face(root)
        elif root.layout == "file":
            yield self._file(root)
        else:
            yield from self._folder(root.path, root.source, _MAX_DEPTH)

    def _hugging_face(self, root: Root) -> Iterator[FoundModel]:
        """`models--org--name/snapshots/<commit>/…`, whose files link to blobs named by hash.

        Layout: https://huggingface.co/docs/hub/local-cache
        """
        for repository in sorted(self._list(root.path)[0]):
            if not repository.name.startswith("models--"):
                continue
            title = repository.name.removeprefix("models--").replace("--", "/")
            snapshots = self._list(repository / "snapshots")[0]
            for snapshot in sorted(snapshots, key=_modified_ns, reverse=True):
                for found in self._folder(snapshot, root.source, _MAX_DEPTH):
                    name = title.rpartition("/")[2] if found.is_mlx else found.name
                    yield replace(found, name=name, sha256=_blob_hash(found))

    def _file(self, root: Root) -> FoundModel:
        """One chosen file with the parts and the projector beside it, also when it is gone."""
        beside = (path for path in self._list(root.path.parent)[1] if is_model_file(path.name))
        for found in group_files(beside, root.source):
            if root.path in found.files:
                return found
        return FoundModel(root.path.stem, root.source, root.path, (root.path,))

    def _folder(self, folder: Path, source: str, depth: int) -> Iterator[FoundModel]:
        if not self._enter(folder):
            return
        folders, files = self._list(folder)
        if mlx_folder.is_mlx_folder(folder, files):
            yield FoundModel(folder.name, source, folder, is_mlx=True)
        yield from group_files((path for path in files if is_model_file(path.name)), source)
        if depth > 0:
            for child in sorted(folders):
                yield from self._folder(child, source, depth - 1)

    def _enter(self, folder: Path) -> bool:
        """False for a folder that was seen before: links may run in circles."""
        try:
            status = folder.stat()
        except OSError:
            return False
        key = (status.st_dev, status.st_ino)
        if key in self._seen:
            return False
        self._seen.add(key)
        return True

    def _list(self, folder: Path) -> tuple[list[Path], list[Path]]:
        """Folders and other items in a folder; both empty where it is missing or closed to us."""
        folders: list[Path] = []
        files: list[Path] = []
        try:
            with os.scandir(folder) as items:
                for item in items:
                    if item.name in _SKIPPED:
                        continue
                    (folders if _is_folder(item) else files).append(folder / item.name)
        except (FileNotFoundError, NotADirectoryError):
            pass  # most tools are not installed, and folders vanish while we look
        except OSError:
            self.unreadable.append(folder)
        return folders, files


def _is_folder(item: os.DirEntry[str]) -> bool:
    try:
        return item.is_dir()
    except OSError:  # a link in a circle
        return False


def _modified_ns(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _blob_hash(found: FoundModel) -> str:
    """Blobs of large files are named by their SHA-256 (64 digits), of small ones by a git hash."""
    if len(found.files) != 1:
        return ""
    try:
        name = os.path.basename(os.readlink(found.path))
    except OSError:
        return ""
    is_hash = len(name) == 64 and all(digit in "0123456789abcdef" for digit in name)
    return name if is_hash else ""
