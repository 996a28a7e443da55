"""The hub as the window and the command line see it: look a repository up, download from it.

Everything that talks to the hub runs in a child process; see child.py.
"""

from __future__ import annotations

import queue
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from models.cancel import CancelToken
from models.download import messages
from models.download.choices import Choice, choices_of, default_choice
from models.download.hub_token import HubToken
from models.download.messages import (
    Beginning,
    Fetch,
    Fetched,
    Leave,
    Listing,
    Locked,
    Look,
    ReadBeginning,
    Stored,
)
from models.download.offer import Offer
from models.download.pace import DownloadProgress, Pace
from models.download.repository import Repository
from models.engine.codec import MESSAGE_TYPES, message_types
from models.engine.messages import Failed
from models.engine.process import Child, Ended
from models.errors import Cancelled, EngineDied, UserError
from models.network import Act, Attempt, Gate, host_of, is_loopback
from models.network.proxies import EXCEPT, with_scheme, without_password
from models.remote.tokens import Tokens

CHILD = "models.download.child"
KNOWN = {**MESSAGE_TYPES, **message_types(messages)}
ENDPOINT = "https://huggingface.co"
KEEP_FREE_BYTES = 256 << 20  # a system without any free space breaks elsewhere
LOOK_EVERY_S = 0.1

QUIET = {
    "HF_HUB_OFFLINE": "0", "TRANSFORMERS_OFFLINE": "0",
    "HF_HUB_DISABLE_XET": "1",  # native code of its own, which the door does not see
    "HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_UPDATE_CHECK": "1",
    "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1", "HF_TOKEN": "", "HF_OIDC_RESOURCE": "",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1", "HF_HUB_DISABLE_SYMLINKS_WARNING": "1",
}  # fmt: skip


class LockedError(UserError):
    """The hub wants to know who asks: an access token is missing, or opens nothing."""


@dataclass(frozen=True)
class Way:
    """How this machine reaches the hub. `proxy` and `ca_file` are what the user set, "" for none:
    then the proxy of the surroundings and the certificates of the system hold."""

    proxy: str = ""
    ca_file: str = ""


def look_reason(repository: Repository) -> str:
    """Of the act, as the gate and the Network page show it."""
    return f"Look up {repository.repo} at the hub"


def download_reason(choice: Choice) -> str:
    return f"Download {choice.name}"


class Hub:
    """Made once a home. `environment` is the user's; of it HF_ENDPOINT, HF_TOKEN and SSL_CERT_FILE
    are heeded. Files go to `cache`."""

    def __init__(
        self,
        gate: Gate,
        cache: Path,
        tokens: Tokens,
        way: Callable[[], Way] = Way,
        environment: Mapping[str, str] | None = None,
        keep_free_bytes: int = KEEP_FREE_BYTES,
    ) -> None:
        self._gate = gate
        self._cache = cache
        self._way = way
        self._environment = environment or {}
        self._keep_free_bytes = keep_free_bytes
        self.token = HubToken(tokens, self.endpoint, self._environment.get("HF_TOKEN", ""))

    @property
    def endpoint(self) -> str:
        return self._environment.get("HF_ENDPOINT") or ENDPOINT

    @property
    def cache(self) -> Path:
        return self._cache

    def proxies(self) -> dict[str, str]:
        """By scheme: the one from the settings, else those of the surroundings with the hosts
        that need none (see Gate.proxies). Raises UserError for one that cannot be used."""
        chosen = self._way().proxy and with_scheme(self._way().proxy)
        found = {"http": chosen, "https": chosen} if chosen else self._gate.proxies()
        for scheme, address in found.items():
            if scheme != EXCEPT and not address.startswith(("http://", "https://")):
                shown = without_password(address)
                raise UserError(
                    f"The proxy “{shown}” cannot be used: its address begins neither with "
                    "http:// nor with https://.",
                    "Change it in the settings under Network, or in the variable HTTPS_PROXY.",
                )
        return found

    def act(self, reason: str) -> Act | None:
        """What needs the user's yes while Assay is sealed; None where nothing does."""
        host = host_of(self.endpoint)
        if not self._gate.is_sealed or is_loopback(host):
            return None
        return Act(reason, host)

    def look(self, repository: Repository, cancel: CancelToken) -> Generator[str, None, Offer]:
        """What a repository has, with the sizes that the fit forecast needs.

        The token is sent only where the hub asks for one. Raises UserError, LockedError and Sealed.
        """
        yield f"Looking up {repository.repo}"
        with self._out(look_reason(repository)) as (child, leave):
            listing, leave = self._list(child, repository, leave, cancel)
            choices = choices_of(listing)
            first = default_choice(choices, repository.file)
            if first is None:
                raise nothing_to_run(listing.repo, bool(choices))
            yield f"Reading the header of {first.name}"
            request = ReadBeginning(listing.repo, listing.commit, first.header, leave)
            beginning = self._read_beginning(child, request, cancel)
        needs_token = listing.is_gated or bool(leave.token)
        return Offer(listing, choices, first, beginning.dimensions, needs_token)

    def download(
        self, offer: Offer, choice: Choice, cancel: CancelToken
    ) -> Generator[DownloadProgress, None, Path]:
        """Bring a choice into the cache; the path of its first file, or of its folder.

        A cancel, a cut and the end of the window leave what has arrived, and the next download
        goes on from there. Raises UserError, LockedError and Sealed.
        """
        listing, pace = offer.listing, Pace()
        with self._out(download_reason(choice)) as (child, leave):
            if offer.needs_token:
                leave = replace(leave, token=self.token.read())
            request = Fetch(
                listing.repo, listing.revision, listing.commit, choice.files,
                self._keep_free_bytes, leave,
            )  # fmt: skip
            answers = _ask(child, request, cancel)
            yield pace.step(choice.present_bytes, choice.size_bytes)
            stored, done_bytes = None, choice.present_bytes
            for answer in answers:
                if isinstance(answer, Stored):
                    stored = answer
                    continue
                if isinstance(answer, Fetched):
                    done_bytes = answer.done_bytes
                yield pace.step(done_bytes, choice.size_bytes)
        assert isinstance(stored, Stored)
        first = Path(stored.paths[0])
        return first.parent if choice.format == "mlx" else first

    # ---- inside ----------------------------------------------------------------------------

    @contextmanager
    def _out(self, reason: str) -> Iterator[tuple[Child, Leave]]:
        """A child that may go out for one act, ended with it."""
        was_shut = False
        child: Child | None = None

        def shut() -> None:
            nonlocal was_shut
            was_shut = True
            if child is not None:
                child.kill("sealed")

        with self._gate.act(reason, self.endpoint, on_shut=shut) as open_for:
            environment, proxies = self._child_environment(), self.proxies()
            # A hub on this machine may send its visitors elsewhere: that needs a leave of its own.
            leave = Leave(open_for, proxies if open_for else {})
            child = Child(CHILD, environment, KNOWN, self._note)
            try:
                if was_shut:  # while there was no process yet that could be ended
                    raise _sealed_meanwhile()
                child.wait_for_hello()
                yield child, leave
            except LockedError:
                if self.token.may_be_sent:
                    raise
                raise self.token.refusal() from None
            except EngineDied as error:
                raise _sealed_meanwhile() if was_shut else error from None
            finally:
                child.kill("stop")
                child.close()

    def _note(self, attempt: Attempt) -> None:
        self._gate.ledger.add(replace(attempt, process="Download"))

    def _child_environment(self) -> dict[str, str]:
        found = {**QUIET, "HF_HUB_CACHE": str(self._cache), "HF_ENDPOINT": self.endpoint}
        if ca_file := self._way().ca_file:
            if not Path(ca_file).is_file():
                raise UserError(
                    f"There are no certificates at {ca_file}.",
                    "Name another file in the settings under Network, or none.",
                )
            found["SSL_CERT_FILE"] = ca_file
        return found

    def _list(
        self, child: Child, repository: Repository, leave: Leave, cancel: CancelToken
    ) -> tuple[Listing, Leave]:
        """The listing, and the way with the token where that was needed."""
        try:
            request = Look(repository.repo, repository.revision, leave)
            listing = _answer(child, request, cancel)
        except LockedError:
            if not self.token.read():
                raise
            leave = replace(leave, token=self.token.read())
            request = Look(repository.repo, repository.revision, leave)
            listing = _answer(child, request, cancel)
        if listing.is_gated:
            leave = replace(leave, token=self.token.read())
        return listing, leave

    def _read_beginning(
        self, child: Child, request: ReadBeginning, cancel: CancelToken
    ) -> Beginning:
        """A gated file tells nothing without a token; its forecast is then a rough one."""
        try:
            beginning: Beginning = _answer(child, request, cancel)
        except LockedError:
            return Beginning(None)
        return beginning


def _ask(child: Child, request: Any, cancel: CancelToken) -> Iterator[Any]:
    """Every answer to a request, the last one included, and None after each silent second.

    Raises Cancelled, UserError and EngineDied.
    """
    _, answers = child.send(request)
    silent_s = 0.0
    while True:
        cancel.raise_if_cancelled()
        try:
            answer = answers.get(timeout=LOOK_EVERY_S)
        except queue.Empty:
            silent_s += LOOK_EVERY_S
            if silent_s >= 1.0:
                silent_s = 0.0
                yield None
            continue
        silent_s = 0.0
        if isinstance(answer, Ended):
            raise _ended(child)
        if isinstance(answer, Locked):
            raise LockedError(answer.message, answer.hint)
        if isinstance(answer, Failed):
            raise _failure(answer)
        yield answer
        if not isinstance(answer, Fetched):
            return


def _answer(child: Child, request: Any, cancel: CancelToken) -> Any:
    return next(answer for answer in _ask(child, request, cancel) if answer is not None)


def _failure(answer: Failed) -> Exception:
    if answer.kind == "user":
        return UserError(answer.message, answer.hint)
    if answer.kind == "cancelled":
        return Cancelled()
    return RuntimeError(f"{answer.message}\n{answer.log}")


def _ended(child: Child) -> EngineDied:
    end = child.exit()
    return EngineDied(
        end.kind,
        f"The download process ended by itself ({end.describe()}).",
        "Start the download again; what has arrived is kept.",
        end.log,
    )


def _sealed_meanwhile() -> UserError:
    return UserError(
        "Assay was sealed, so the download was ended.",
        "What has arrived is kept; a new download goes on from there.",
    )


def nothing_to_run(repo: str, has_parts: bool) -> UserError:
    if has_parts:
        return UserError(
            f"{repo} has only parts of models.", "Choose a repository that has all parts."
        )
    return UserError(
        f"{repo} has no model that can be run here: neither GGUF files nor MLX weights.",
        "Many models have a second repository with GGUF in its name.",
    )
