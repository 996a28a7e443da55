"""The proxies of the user's surroundings, put aside until an act is allowed to use them."""

from __future__ import annotations

import sys
from collections.abc import Mapping, MutableMapping

ENDING = "_proxy"
NOT_PROXIES = ("no_proxy", "NO_PROXY")


def put_aside(environment: MutableMapping[str, str]) -> dict[str, str]:
    """Take the proxies out of an environment, by scheme ("https", "all", …).

    NO_PROXY "*" stays behind: libraries that look for proxies find none then, on macOS and Windows
    not even those of the system's settings.
    """
    found: dict[str, str] = {}
    for name in [name for name in environment if name.lower().endswith(ENDING)]:
        value = environment.pop(name)
        if name not in NOT_PROXIES and value:
            found[name.lower().removesuffix(ENDING)] = value
    environment.update(dict.fromkeys(NOT_PROXIES, "*"))
    return found


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
