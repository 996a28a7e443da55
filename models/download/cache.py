"""Where the hub's cache keeps one repository. Used in the download process only.

Layout: https://huggingface.co/docs/hub/local-cache
"""

from __future__ import annotations

from pathlib import Path

from huggingface_hub import constants
from huggingface_hub.file_download import repo_folder_name

from models.download.messages import RemoteFile


class RepositoryCache:
    """Content lies in `blobs` by its hash; `snapshots` link to it by commit and name."""

    def __init__(self, repo: str) -> None:
        root, name = Path(constants.HF_HUB_CACHE), repo_folder_name(repo_id=repo, repo_type="model")
        self.folder = root / name
        self.locks = root / ".locks" / name

    def blob(self, file: RemoteFile) -> Path:
        return self.folder / "blobs" / (file.sha256 or file.blob_id)

    def partial(self, file: RemoteFile) -> Path:
        """What is here of a file that is on its way."""
        blob = self.blob(file)
        return blob.with_name(f"{blob.name}.incomplete")

    def is_here(self, file: RemoteFile, commit: str) -> bool:
        """Whole. Where links cannot be made, content lies in the snapshot itself."""
        return self.blob(file).exists() or self._in_snapshot(file, commit).exists()

    def present_bytes(self, file: RemoteFile, commit: str) -> int:
        """How much of a file is here, whole or as an earlier try left it."""
        for path in (self.blob(file), self._in_snapshot(file, commit), self.partial(file)):
            if path.exists():
                return min(path.stat().st_size, file.size_bytes)
        return 0

    def note_revision(self, revision: str, commit: str) -> None:
        """Other tools find the snapshot of a branch by this."""
        if revision == commit:
            return
        ref = self.folder / "refs" / revision
        ref.parent.mkdir(parents=True, exist_ok=True)
        ref.write_text(commit)

    def _in_snapshot(self, file: RemoteFile, commit: str) -> Path:
        return self.folder / "snapshots" / commit / file.path
