"""Names and addresses of servers as people write them."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from models.errors import UserError

OLLAMA_PORT = 11434
ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}


def ollama_address(environ: Mapping[str, str]) -> str:
    """The base URL that the `ollama` command would use: OLLAMA_HOST, else this machine. An
    address to listen at (0.0.0.0) is asked on this machine; nonsense falls back to it too."""
    said = environ.get("OLLAMA_HOST", "").strip().strip("\"'")
    scheme, marker, rest = said.rpartition("://")
    parts = _split(f"{scheme or 'http'}://{rest}")
    if parts is None:
        return ollama_address({})
    default = {"http": 80, "https": 443}.get(scheme, OLLAMA_PORT) if marker else OLLAMA_PORT
    host = parts.hostname or "127.0.0.1"
    port = _port(parts) or default
    return f"{parts.scheme}://{_bracketed(ANY_ADDRESS.get(host, host))}:{port}"


def endpoint_address(said: str) -> str:
    """The base URL of an OpenAI-compatible server. "localhost:1234" gets http:// in front and
    /v1 behind it. Raises UserError for what is no address."""
    said = said.strip()
    parts = _split(said if "://" in said else f"http://{said}")
    sound = parts and parts.scheme in ("http", "https") and parts.hostname and " " not in said
    if parts is None or not sound or parts.username or parts.query or _port(parts) == 0:
        raise UserError(
            f"“{said}” is no address of a server.", "Write it like http://127.0.0.1:1234/v1."
        )
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/') or '/v1'}"


def endpoint_name(said: str) -> str:
    """A name that fits into endpoint:NAME/MODEL. Raises UserError for any other."""
    name = said.strip()
    if not re.fullmatch(r"[\w.\- ]{1,40}", name) or name.casefold() == "ollama":
        raise UserError(
            f"A server cannot be called “{name}”." if name else "The server has no name.",
            "Use letters, digits, blanks, points and hyphens, and another name than Ollama.",
        )
    return name


def _split(address: str) -> SplitResult | None:
    """None for what can be no address: each library has an error of its own for it."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        if "[" in parts.netloc or re.fullmatch(r"\d+(\.\d+){3}", host):
            ipaddress.ip_address(host)
        elif not host.isascii() or host.startswith("xn--"):
            import idna  # what httpx does

            idna.decode(idna.encode(host))
    except ValueError:  # idna.IDNAError among them
        return None
    return parts if host.isprintable() else None


def _port(parts: SplitResult) -> int | None:
    """None where none is written, 0 where it is no port."""
    try:
        return parts.port
    except ValueError:
        return 0


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
