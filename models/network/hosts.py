"""Which hosts are this machine."""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit


def is_loopback(host: object) -> bool:
    """Whether a host is this machine by its address, or is exactly "localhost"."""
    text = text_of(host)
    if text.lower() == "localhost":
        return True
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback


def host_of(address: str) -> str:
    """The host of a URL ("https://lab.example:8000/v1"), of "host:port", or of a bare host, as
    names are looked up: in small letters, and in ASCII ("xn--…") where it has others."""
    try:
        ipaddress.ip_address(address)
    except ValueError:
        url = address if "//" in address else f"//{address}"
        return as_looked_up(urlsplit(url).hostname or "")
    return address


def as_looked_up(name: str) -> str:
    """Raises nothing: a name that cannot be written in ASCII cannot be reached either."""
    name = name.lower()
    if name.isascii():
        return name
    import idna  # what httpx does

    try:
        return idna.encode(name).decode("ascii")
    except idna.IDNAError:
        return name


def text_of(host: Any) -> str:
    if isinstance(host, (bytes, bytearray)):
        return bytes(host).decode("ascii", "replace")
    return str(host)
