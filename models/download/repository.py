"""What a person pastes: a repository id or an address of the hub."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from models.errors import UserError

_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}"
_ID = re.compile(rf"^{_NAME}(/{_NAME})?$")
_REVISION = re.compile(r"^[A-Za-z0-9][\w./-]*$")
_FILE_WORDS = ("blob", "resolve", "raw", "tree")
_HOSTS = ("huggingface.co", "hf.co", "www.huggingface.co")
_EXAMPLE = "Paste one such as bartowski/Llama-3.2-1B-Instruct-GGUF, or its address on the hub."


@dataclass(frozen=True)
class Repository:
    """`file` is the one file that an address names, or ""; `revision` a branch, tag or commit."""

    repo: str
    revision: str = "main"
    file: str = ""


def parse_repository(text: str, endpoint: str = "") -> Repository:
    """From "owner/name", "hf.co/owner/name", or any address of a repository or of a file in it at
    the hub, or at `endpoint`, the address of another hub that is asked instead.

    Raises UserError for what cannot be one, and for an address of another host.
    """
    text = text.strip().strip("\"'<>").removeprefix("hf://")
    if not text:
        raise UserError("Nothing was pasted.", _EXAMPLE)
    parts = _path_of(text, endpoint).strip("/").split("/")
    if parts[0] in ("datasets", "spaces"):
        raise UserError(f"{text} is no model: it names one of the {parts[0]}.", _EXAMPLE)
    if parts[0] == "models" and len(parts) > 2:
        parts = parts[1:]
    repo = "/".join(parts[:2])
    if not _ID.match(repo) or "--" in repo or ".." in repo:
        raise UserError(f"“{text}” is no repository of the hub.", _EXAMPLE)
    if len(parts) < 4 or parts[2] not in _FILE_WORDS:
        return Repository(repo)
    revision, file = unquote(parts[3]), unquote("/".join(parts[4:]))
    if not _REVISION.match(revision) or ".." in revision:
        raise UserError(f"“{revision}” is no version of a repository.", _EXAMPLE)
    return Repository(repo, revision, file if parts[2] != "tree" else "")


def _path_of(text: str, endpoint: str) -> str:
    """The part behind the host, where there is one."""
    if "://" not in text:
        host, _, path = text.partition("/")
        return urlsplit(f"//{text}").path if host in _HOSTS and path else text
    at, of_endpoint = _split(text), _split(endpoint)
    if at.hostname in _HOSTS or (at.hostname and at.netloc == of_endpoint.netloc):
        return at.path.removeprefix(of_endpoint.path.rstrip("/"))
    raise UserError(f"{at.hostname or text} is not the hub that models are fetched from.", _EXAMPLE)


def _split(address: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError as error:
        raise UserError(f"“{address}” is no address.", _EXAMPLE) from error
