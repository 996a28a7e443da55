"""Which weights these are: a quick fingerprint, and the full SHA-256 as long work."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.errors import UserError
from models.library.gguf_header import read_header

N_BLOCKS = 64
_BLOCK_BYTES = 4096
_CHUNK_BYTES = 4 << 20
_HEADER_WITHOUT_GGUF_BYTES = 1 << 20


@dataclass(frozen=True)
class HashProgress:
    """`done_bytes` of `total_bytes` have been read."""

    done_bytes: int
    total_bytes: int


def fingerprint(files: Sequence[Path]) -> str:
    """32 hexadecimal digits from size, header hash and 64 sampled blocks of each file.

    Enough to recognise a file again in milliseconds; not a proof against a forger.
    Raises UserError when a file cannot be read.
    """
    whole = hashlib.sha256()
    for path in files:
        try:
            whole.update(_sample(path))
        except OSError as error:
            raise _unreadable(path, error) from error
    return whole.hexdigest()[:32]


def sha256(files: Sequence[Path]) -> Generator[HashProgress, None, str]:
    """The SHA-256 of one file; of a shard set, that of its parts' digests, one a line.

    Raises UserError when a file cannot be read.
    """
    digests, done = [], 0
    try:
        total = sum(path.stat().st_size for path in files)
    except OSError as error:
        raise _unreadable(files[0], error) from error
    for path in files:
        digest = hashlib.sha256()
        try:
            with path.open("rb") as file:
                while chunk := file.read(_CHUNK_BYTES):
                    digest.update(chunk)
                    done += len(chunk)
                    yield HashProgress(done, total)
        except OSError as error:
            raise _unreadable(path, error) from error
        digests.append(digest.hexdigest())
    return combined(digests)


def combined(digests: Sequence[str]) -> str:
    """The digest of a set: of a single file its own, of several that of theirs, one a line."""
    if len(digests) == 1:
        return digests[0]
    return hashlib.sha256("".join(f"{digest}\n" for digest in digests).encode()).hexdigest()


def _sample(path: Path) -> bytes:
    size = path.stat().st_size
    start = min(size, _header_bytes(path))
    digest = hashlib.sha256(struct.pack("<QQ", size, start))
    with path.open("rb") as file:
        digest.update(file.read(start))
        for block in range(N_BLOCKS):
            file.seek(start + (size - start) * block // N_BLOCKS)
            digest.update(file.read(_BLOCK_BYTES))
    return digest.digest()


def _header_bytes(path: Path) -> int:
    try:
        return read_header(path).data_offset
    except UserError:
        return _HEADER_WITHOUT_GGUF_BYTES


def _unreadable(path: Path, error: OSError) -> UserError:
    return UserError(
        f"{path.name} cannot be read: {error.strerror or error}.",
        "It may have been moved or deleted; look for models again.",
    )
