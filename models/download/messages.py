"""What the window and the download process say to each other, one JSON object a line."""

from __future__ import annotations

from dataclasses import dataclass, field

from models.library.dimensions import Dimensions


@dataclass(frozen=True)
class RemoteFile:
    """One file of a repository. Large files are named by their SHA-256, small ones only by
    `blob_id`, the SHA-1 that git gives them. `present_bytes` are in the cache already."""

    path: str
    size_bytes: int
    sha256: str = ""
    blob_id: str = ""
    present_bytes: int = 0


@dataclass(frozen=True)
class Leave:
    """With what the process may go out: the act that opens its door ("" stays on this machine),
    the proxies of the user, and a token ("" sends none)."""

    reason: str = ""
    proxies: dict[str, str] = field(default_factory=dict, repr=False)  # may hold a password
    token: str = field(default="", repr=False)


@dataclass(frozen=True)
class Look:
    """List a repository."""

    repo: str
    revision: str
    leave: Leave
    type: str = "look"


@dataclass(frozen=True)
class Listing:
    """`commit` is what `revision` stands for now. `is_gated`: its files want a token."""

    repo: str
    revision: str
    commit: str
    files: tuple[RemoteFile, ...]
    licence: str = ""
    is_gated: bool = False
    is_mlx: bool = False
    type: str = "listing"


@dataclass(frozen=True)
class ReadBeginning:
    """Read the header of a GGUF file, or the config.json of an MLX folder, from its first bytes."""

    repo: str
    commit: str
    file: RemoteFile
    leave: Leave
    type: str = "read_beginning"


@dataclass(frozen=True)
class Beginning:
    """None where the beginning does not tell the sizes."""

    dimensions: Dimensions | None
    type: str = "beginning"


@dataclass(frozen=True)
class Fetch:
    """Bring files into the cache. So many bytes of the disk are left free."""

    repo: str
    revision: str
    commit: str
    files: tuple[RemoteFile, ...]
    keep_free_bytes: int
    leave: Leave
    type: str = "fetch"


@dataclass(frozen=True)
class Fetched:
    """Bytes of all files together that are here, those of an earlier try included."""

    done_bytes: int
    total_bytes: int
    type: str = "fetched"


@dataclass(frozen=True)
class Stored:
    """Where the files are now, in the order of the request."""

    paths: tuple[str, ...]
    type: str = "stored"


@dataclass(frozen=True)
class Locked:
    """The hub gives this only to someone it knows, or not to this one."""

    message: str
    hint: str
    type: str = "locked"
