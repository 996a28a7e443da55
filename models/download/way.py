"""How this machine reaches the hub: through which proxy, and whose certificates it trusts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from models.errors import UserError
from models.network import Gate
from models.network.proxies import EXCEPT, with_scheme, without_password


@dataclass(frozen=True)
class Way:
    """`proxy` and `ca_file` are what the user set, "" for none: then the proxy of the surroundings
    and the certificates of the system hold."""

    proxy: str = ""
    ca_file: str = ""

    def proxies(self, gate: Gate) -> dict[str, str]:
        """By scheme: the one from the settings, else those of the surroundings with the hosts
        that need none (see Gate.proxies). Raises UserError for one that cannot be used."""
        chosen = self.proxy and with_scheme(self.proxy)
        found = {"http": chosen, "https": chosen} if chosen else gate.proxies()
        for scheme, address in found.items():
            if scheme != EXCEPT and not address.startswith(("http://", "https://")):
                shown = without_password(address)
                raise UserError(
                    f"The proxy “{shown}” cannot be used: its address begins neither with "
                    "http:// nor with https://.",
                    "Change it in the settings under Network, or in the variable HTTPS_PROXY.",
                )
        return found

    def certificates(self) -> dict[str, str]:
        """The variable that names them to Python's TLS, where the user set some. Raises UserError
        where they are not there."""
        if not self.ca_file:
            return {}
        if not Path(self.ca_file).is_file():
            raise UserError(
                f"There are no certificates at {self.ca_file}.",
                "Name another file in the settings under Network, or none.",
            )
        return {"SSL_CERT_FILE": self.ca_file}
