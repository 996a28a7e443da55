"""The user's access token for one hub: where it is kept, and when it may be sent."""

from __future__ import annotations

from models.errors import UserError
from models.network import host_of, is_loopback
from models.remote.tokens import Tokens


class HubToken:
    """`given` comes from the surroundings; one in `tokens` goes before it. A token stands in the
    clear for whoever listens on the way, so it goes over TLS only, or to this machine."""

    def __init__(self, tokens: Tokens, endpoint: str, given: str = "") -> None:
        self._tokens, self._given = tokens, given
        self._host = host_of(endpoint)  # what is meant for one hub goes to no other
        self.may_be_sent = endpoint.startswith("https://") or is_loopback(self._host)

    def read(self) -> str:
        """ "" where there is none, or none may be sent."""
        if not self.may_be_sent:
            return ""
        try:
            return self._tokens.read(self._host) or self._given
        except UserError:  # no keyring; saving one says so
            return self._given

    def save(self, token: str) -> None:
        """Into the keyring of the system; "" takes it out. Raises UserError where there is none,
        or where the token could not be sent."""
        if token.strip() and not self.may_be_sent:
            raise self.refusal()
        self._tokens.write(self._host, token.strip())

    def refusal(self) -> UserError:
        return UserError(
            f"Others could read along on the way, so no token goes to {self._host}.",
            "Name an address of the hub that begins with https:// in HF_ENDPOINT.",
        )
