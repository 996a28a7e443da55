"""Which weights answer, as the library knows them."""

from __future__ import annotations

from dataclasses import dataclass, field

from models.engine.messages import LoadSettings
from models.library.entry import ModelEntry
from models.library.library import Library


@dataclass(frozen=True)
class ModelIdentity:
    """What a reply keeps about its model; `sha256` is empty until the file was read whole.
    `manifest_sha256` is how Ollama names a version of a model: no hash of its weights."""

    name: str
    fingerprint: str = ""
    sha256: str = ""
    quantization: str = ""
    load: LoadSettings = field(default_factory=LoadSettings)
    manifest_sha256: str = ""


def identity_of(library: Library, entry: ModelEntry) -> ModelIdentity:
    """Raises UserError when a file cannot be read. Only local weights have a fingerprint."""
    return ModelIdentity(
        entry.name,
        library.fingerprint(entry) if entry.is_local else "",
        library.known_sha256(entry) if entry.is_local else "",
        entry.quantization,
        library.load_settings(entry),
        entry.manifest_sha256,
    )
