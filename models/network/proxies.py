"""The proxies of the user's surroundings, put aside until an act is allowed to use them."""

from __future__ import annotations

import sys
from collections.abc import Mapping, MutableMapping

ENDING = "_proxy"
SCHEMES = ("http", "https", "all")
EXCEPT = "no"  # beside the schemes: the hosts that are reached without a proxy
NOT_PROXIES = ("no_proxy", "NO_PROXY")


def put_aside(environment: MutableMapping[str, str]) -> dict[str, str]:
    """Take the proxies out of an environment, by scheme ("http", "https", "all"), and with them
    the hosts that need none ("no").

    NO_PROXY "*" stays behind: libraries that look for proxies find none then, on macOS and Windows
    not even those of the system's settings.
    """
    found: dict[str, str] = {}
    ours = {f"{scheme}{ENDING}" for scheme in (*SCHEMES, EXCEPT)}
    for name in [name for name in environment if name.lower() in ours]:
        scheme, value = name.lower().removesuffix(ENDING), environment.pop(name).strip()
        if value:
            found[scheme] = value if scheme == EXCEPT else with_scheme(value)
    environment.update(dict.fromkeys(NOT_PROXIES, "*"))
    return found if found.keys() - {EXCEPT} else {}


def with_scheme(address: str) -> str:
    """The address of a proxy as libraries want it; "proxy.example:3128" is one over HTTP."""
    return address if "://" in address else f"http://{address}"


def without_password(address: str) -> str:
    """The address of a proxy as it may be shown."""
    scheme, marker, rest = address.rpartition("://")
    return f"{scheme}{marker}{rest.rpartition('@')[2]}"


def put_back(environment: MutableMapping[str, str], proxies: Mapping[str, str]) -> None:
    """Let the libraries of a process that exists for one allowed act find these proxies."""
    for name in NOT_PROXIES:
        environment.pop(name, None)
    for scheme, value in proxies.items():
        environment[f"{scheme}{ENDING}"] = environment[f"{scheme}{ENDING}".upper()] = value


def of_system() -> dict[str, str]:
    """What the system's own settings say, on macOS and Windows."""
    import urllib.request

    if sys.platform == "darwin":
        return urllib.request.getproxies_macosx_sysconf()
    if sys.platform == "win32":
        return urllib.request.getproxies_registry()
    return {}
