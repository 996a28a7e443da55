"""One model in the list: a GGUF file or shard set, an MLX folder, a simulated model, or one that a
server runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from models.library.dimensions import Dimensions

ModelFormat = Literal["gguf", "mlx", "sim", "ollama", "endpoint"]


@dataclass(frozen=True)
class ModelEntry:
    """What the list, the pickers and the command line know about a model.

    `id` follows the path and is stable over scans; load settings are saved under it. `name` is
    unique within a library. Everything after `source` may be empty or 0 until the header is read
    completely (`complete`). `problem` is a sentence when the model cannot be run as it is.
    """

    id: str
    name: str
    path: Path
    format: ModelFormat
    size_bytes: int
    source: str  # "Starter", "Hugging Face", "LM Studio", "Added by you", …
    quantization: str = ""  # as the file names itself: "Q4_K_M"
    architecture: str = ""
    n_params: int = 0
    n_ctx_train: int = 0
    bits_per_weight: float = 0.0
    title: str = ""  # general.name of the header
    licence: str = ""
    shards: tuple[Path, ...] = ()  # every file of the set in order; () for a single file
    projector_path: Path | None = None  # an mmproj- file beside it: the model could see images
    has_chat_template: bool = False
    dimensions: Dimensions | None = None  # what the fit forecast needs
    sha256: str = ""  # full hash once known (computed here, or the name of the file in its store)
    fingerprint: str = ""  # size, header and sampled blocks; known after the first look
    problem: str = ""
    complete: bool = False
    elsewhere: str = ""  # the host that really runs it, where a server on this machine passes it on
    manifest_sha256: str = ""  # how Ollama names the version of a model: the hash of its manifest

    @property
    def model(self) -> str:
        """What `Pool.lease` takes: the path, "sim:NAME", or the name at a server."""
        return str(self.path) if self.is_local else self.name

    @property
    def is_local(self) -> bool:
        """Weights of this machine that one of Assay's own processes loads."""
        return self.format in ("gguf", "mlx")

    @property
    def is_served(self) -> bool:
        """A server runs it: what it takes of memory is not ours to forecast."""
        return self.format in ("ollama", "endpoint")

    @property
    def files(self) -> tuple[Path, ...]:
        """Every weight file of the entry, without the projector."""
        return self.shards or ((self.path,) if self.format == "gguf" else ())

    @property
    def can_run(self) -> bool:
        return not self.problem

    @property
    def is_starter(self) -> bool:
        return self.source == "Starter"


TOKENIZER_FILES = ("tokenizer.json", "tokenizer.model", "spiece.model")


def short_name(model: str) -> str:
    """What stands for `ModelEntry.model` where no entry is at hand: the file's name without folder
    and ending, or the whole name of a model that has no file here. Of a tokenizer's file, whose
    name every model shares, the folder tells which it is."""
    if model.startswith(("sim:", "ollama:", "endpoint:")):
        return model
    folder, _, name = model.replace("\\", "/").rpartition("/")
    if name in TOKENIZER_FILES and folder:
        return f"{folder.rpartition('/')[2]}/{name}"
    return name.removesuffix(".gguf")
