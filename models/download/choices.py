"""The files of a repository as choices a person can tell apart."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from models.download.messages import Listing, RemoteFile
from models.library.file_names import is_model_file, is_projector, is_sidecar, quantization, shard

SizeName = Literal["Small", "Balanced", "Large"]
DEFAULT_QUANTIZATION = "Q4_K_M"  # as `llama-server -hf` chooses
CONFIG = "config.json"  # of an MLX folder
_USUAL = ("Q3_K_M", DEFAULT_QUANTIZATION, "Q8_0", "Q6_K")

SIZE_SENTENCES: dict[SizeName, str] = {
    "Small": "under 4 bits a weight: least memory, and answers suffer",
    "Balanced": "4 to 5 bits a weight: close to the original at a third of its size",
    "Large": "6 bits a weight or more: nearest to the original, most memory",
}
_BITS = re.compile(r"^(?:UD-)?(?:I|T)?Q(\d)|^(MXFP4)|^B?F(\d+)", re.IGNORECASE)
_MLX_BITS = re.compile(r"(\d)[-_]?bits?", re.IGNORECASE)
# What an MLX folder needs; code that lies beside it is left where it is.
_MLX_ENDINGS = (".safetensors", ".json", ".jinja", ".txt", ".model", ".tiktoken")


@dataclass(frozen=True)
class Choice:
    """One thing to download: a file, a set of parts with its projector, or an MLX folder.

    `files` are all of them, weights first; `missing_parts` counts what the repository lacks.
    """

    name: str
    format: Literal["gguf", "mlx"]
    files: tuple[RemoteFile, ...]
    quantization: str = ""
    missing_parts: int = 0
    n_projectors: int = 0

    @property
    def id(self) -> str:
        """Unique within a repository."""
        return self.files[0].path

    @property
    def header(self) -> RemoteFile:
        """The file whose beginning tells the sizes of the model."""
        if self.format == "gguf":
            return self.files[0]
        return next(file for file in self.files if file.path == CONFIG)

    @property
    def size_bytes(self) -> int:
        return sum(file.size_bytes for file in self.files)

    @property
    def present_bytes(self) -> int:
        """What the cache has already, whole or in part."""
        return sum(file.present_bytes for file in self.files)

    @property
    def weights(self) -> tuple[RemoteFile, ...]:
        """What is loaded: without the projector, without the small files of a folder."""
        if self.format == "mlx":
            return tuple(f for f in self.files if f.path.endswith(".safetensors"))
        return self.files[: len(self.files) - self.n_projectors]

    @property
    def weights_bytes(self) -> int:
        return sum(file.size_bytes for file in self.weights)

    @property
    def size_name(self) -> SizeName | None:
        """None where the name does not tell."""
        return size_name(self.quantization)


def size_name(quantization: str) -> SizeName | None:
    """The plain name of a type: by its bits a weight."""
    match = _BITS.match(quantization) or _MLX_BITS.match(quantization)
    if match is None:
        return None
    bits = int(next((group for group in match.groups() if group and group.isdigit()), "4"))
    return "Small" if bits < 4 else "Balanced" if bits < 6 else "Large"


def choices_of(listing: Listing) -> tuple[Choice, ...]:
    """Smallest first. Empty where the repository has nothing that Assay can run."""
    found = [*_gguf_choices(listing.files), *_mlx_choices(listing)]
    return tuple(sorted(found, key=lambda choice: (choice.size_bytes, choice.name)))


def default_choice(choices: Sequence[Choice], file: str = "") -> Choice | None:
    """The one with `file` in it, else Q4_K_M, else the first; None where there is none."""
    whole = [choice for choice in choices if not choice.missing_parts]
    named = (c for c in whole if file and any(f.path == file for f in c.files))
    usual = (c for c in whole if c.quantization == DEFAULT_QUANTIZATION)
    return next(named, None) or next(usual, None) or next(iter(whole), None)


def _gguf_choices(files: Iterable[RemoteFile]) -> list[Choice]:
    folders: dict[str, list[RemoteFile]] = defaultdict(list)
    for file in files:
        if is_model_file(file.path):
            folders[str(_path(file).parent)].append(file)
    return [choice for group in folders.values() for choice in _choices_in(group)]


def _choices_in(group: list[RemoteFile]) -> list[Choice]:
    """The models of one folder; parts of one set together, each with the projector beside it."""
    projector = _best_projector([f for f in group if is_projector(_path(f))])
    sets: dict[tuple[str, int], list[RemoteFile]] = defaultdict(list)
    for file in sorted(group, key=lambda f: f.path):
        if is_sidecar(_path(file)):
            continue
        part = shard(_path(file))
        sets[(part.base, part.total) if part else (_path(file).stem, 0)].append(file)
    return [
        Choice(
            name=name,
            format="gguf",
            files=(*parts, *projector),
            quantization=quantization(name) or quantization(_path(parts[0]).parent.name),
            missing_parts=max(0, total - len(parts)),
            n_projectors=len(projector),
        )
        for (name, total), parts in sets.items()
    ]


def _best_projector(found: Sequence[RemoteFile]) -> tuple[RemoteFile, ...]:
    """One is enough: F16 where there is a choice, since every engine takes it."""
    ordered = sorted(found, key=lambda f: (quantization(_path(f).name) != "F16", f.size_bytes))
    return tuple(ordered[:1])


def _mlx_choices(listing: Listing) -> list[Choice]:
    """The whole folder at the top of a repository that says it is for MLX."""
    top = [f for f in listing.files if "/" not in f.path and f.path.endswith(_MLX_ENDINGS)]
    weights = [f for f in top if f.path.endswith(".safetensors")]
    if not listing.is_mlx or not weights or not any(f.path == CONFIG for f in top):
        return []
    name = listing.repo.rpartition("/")[2]
    bits = _MLX_BITS.search(name)
    named = f"{bits[1]}-bit" if bits else quantization(name)
    others = [f for f in top if f not in weights]
    return [Choice(name, "mlx", (*weights, *others), named)]


def _path(file: RemoteFile) -> Path:
    return Path(file.path)


def shown_first(choices: Sequence[Choice], default: Choice) -> tuple[Choice, ...]:
    """One choice for each plain name, with the default for its own: a repository may have thirty.

    The usual types stand for their name; where there is none of them, the one in the middle.
    """
    groups: dict[SizeName | None, list[Choice]] = defaultdict(list)
    for choice in choices:
        groups[choice.size_name].append(choice)
    chosen = {name: _typical(group) for name, group in groups.items()}
    chosen[default.size_name] = default
    return tuple(choice for choice in choices if choice in chosen.values())


def _typical(group: Sequence[Choice]) -> Choice:
    usual = (choice for name in _USUAL for choice in group if choice.quantization == name)
    return next(usual, group[len(group) // 2])
