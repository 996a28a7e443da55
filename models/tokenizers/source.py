"""Where tokenizers lie, and how one is asked for by name."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from assets import ENCODINGS
from models.errors import UserError
from models.library.entry import ModelEntry, short_name
from models.library.library import Library
from models.remote.ollama_weights import weights_on_disk

Kind = Literal["gguf", "folder", "json", "sentencepiece", "tiktoken", "simulated"]
SHIPPED = {"cl100k": "cl100k_base.tiktoken"}
SHIPPED_WORDS = {"cl100k": "cl100k, of GPT-3.5 and GPT-4"}
_SUFFIXES: dict[str, Kind] = {
    ".json": "json",
    ".model": "sentencepiece",
    ".spm": "sentencepiece",
    ".tiktoken": "tiktoken",
}
_IN_FOLDER = (
    "tokenizer.json", "tokenizer.model", "tokenizer_config.json", "config.json",
    "generation_config.json", "chat_template.jinja", "chat_template.json",
)  # fmt: skip
Stamp = tuple[tuple[int, int], ...]  # time of change in ns and size in bytes, of each file
_BEGINNING_BYTES = 4096
FILE_FILTER = "Tokenizers and models (*.json *.model *.spm *.tiktoken *.gguf)"


@dataclass(frozen=True)
class Source:
    """One tokenizer: who reads it, the file or folder, and its name on screen. `where` is the part
    of its path in its name, where others of that name stand beside it."""

    kind: Kind
    path: str
    name: str
    where: str = ""

    @property
    def stamp(self) -> Stamp:
        """Changes when one of its files does; raises UserError when it is gone."""
        if self.kind == "simulated":
            return ()
        try:
            told = [os.stat(path) for path in self._files()]
        except OSError as error:
            raise UserError(
                f"The tokenizer {self.name} is not there any more: {error.strerror}.",
                "Choose another one.",
            ) from error
        return tuple((each.st_mtime_ns, each.st_size) for each in told)

    def _files(self) -> list[Path]:
        path = Path(self.path)
        if self.kind not in ("folder", "json"):
            return [path]
        folder = path if self.kind == "folder" else path.parent
        # A folder's own time says nothing of changes inside its files.
        return [path, *(folder / name for name in _IN_FOLDER if (folder / name).is_file())]


def find_source(library: Library, name: str) -> Source:
    """ "cl100k", a model as `Library.resolve` takes it, or the path of a tokenizer file
    (tokenizer.json, a SentencePiece model, a .tiktoken file) or of a folder that holds one.

    Raises UserError where there is none, or only a server knows it.
    """
    if name.removesuffix("_base") in SHIPPED:
        short = name.removesuffix("_base")
        return Source("tiktoken", str(ENCODINGS / SHIPPED[short]), short)
    path = Path(os.path.expanduser(name))
    if path.is_file() and path.suffix in _SUFFIXES:
        return Source(
            _SUFFIXES[path.suffix], str(path.absolute()), short_name(str(path.absolute()))
        )
    if path.suffix in _SUFFIXES and path.parent.name and not path.exists():
        raise UserError(f"There is no file {path}.", "Choose another tokenizer.")
    if path.is_dir() and (path / "tokenizer.json").is_file():
        return Source("folder", str(path.absolute()), path.name)
    return source_of(library.refresh(library.resolve(name)))


def is_tokenizer_file(path: Path) -> bool:
    """By its ending, and a JSON file by what stands at its beginning."""
    if path.suffix != ".json":
        return path.suffix in _SUFFIXES
    try:
        with path.open("rb") as file:
            return b'"added_tokens"' in file.read(_BEGINNING_BYTES)
    except OSError:
        return False


def told_apart(sources: Sequence[Source]) -> list[Source]:
    """With the nearest part of their paths in which they differ, where several share a name."""
    return [_apart(source, [each for each in sources if each.name == source.name])
            for source in sources]  # fmt: skip


def _apart(source: Source, alike: Sequence[Source]) -> Source:
    """The same file twice stays as it is."""
    paths = {each.path for each in alike}
    if len(paths) < 2:
        return source
    parts = {path: Path(path).parts[::-1] for path in paths}
    for depth in range(min(map(len, parts.values()))):
        if len({each[depth] for each in parts.values()}) == len(paths):
            where = parts[source.path][depth]
            break
    else:
        where = str(Path(source.path).parent)
    return replace(source, name=f"{source.name} ({where})", where=where)


def source_of(entry: ModelEntry) -> Source:
    """The tokenizer of a model in the list, read from its file: it need not be loaded.

    Raises UserError where only a server knows it.
    """
    if entry.format == "gguf":
        return Source("gguf", str(entry.files[0]), entry.name)
    if entry.format == "mlx":
        return Source("folder", str(entry.path), entry.name)
    if entry.format == "sim":
        return Source("simulated", "", entry.name)
    weights = weights_on_disk(entry) if entry.format == "ollama" and not entry.elsewhere else None
    if weights is None:
        raise UserError(
            f"The tokens of {entry.name} are known to its server only.",
            "Choose a model whose file lies on this machine.",
        )
    return Source("gguf", str(weights), entry.name)
