"""The hub as the window and the command line see it: look a repository up, download from it.

Everything that talks to the hub runs in a process of its own; see hub_process.py.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from models.cancel import CancelToken
from models.download.choices import Choice, choices_of, default_choice
from models.download.hub_process import HubProcess, LockedError
from models.download.hub_token import HubToken
from models.download.messages import (
    Beginning,
    Fetch,
    Fetched,
    Leave,
    Listing,
    Look,
    ReadBeginning,
    Stored,
)
from models.download.offer import Offer
from models.download.pace import DownloadProgress, Pace
from models.download.repository import Repository
from models.download.way import Way
from models.errors import EngineDied, UserError
from models.network import Act, Attempt, Gate, host_of, is_loopback
from models.remote.tokens import Tokens

ENDPOINT = "https://huggingface.co"
KEEP_FREE_BYTES = 256 << 20  # a system without any free space breaks elsewhere


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
        """By scheme. Raises UserError for one that cannot be used."""
        return self._way().proxies(self._gate)

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
        with self._out(look_reason(repository)) as (process, leave):
            listing, leave = self._list(process, repository, leave, cancel)
            choices = choices_of(listing)
            first = default_choice(choices, repository.file)
            if first is None:
                raise nothing_to_run(listing.repo, bool(choices))
            yield f"Reading the header of {first.name}"
            request = ReadBeginning(listing.repo, listing.commit, first.header, leave)
            beginning = self._read_beginning(process, request, cancel)
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
        with self._out(download_reason(choice)) as (process, leave):
            if offer.needs_token:
                leave = replace(leave, token=self.token.read())
            request = Fetch(
                listing.repo, listing.revision, listing.commit, choice.files,
                self._keep_free_bytes, leave,
            )  # fmt: skip
            answers = process.answers(request, cancel)
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
    def _out(self, reason: str) -> Iterator[tuple[HubProcess, Leave]]:
        """A process that may go out for one act, ended with it."""
        was_shut = False
        process: HubProcess | None = None

        def shut() -> None:
            nonlocal was_shut
            was_shut = True
            if process is not None:
                process.kill("sealed")

        with self._gate.act(reason, self.endpoint, on_shut=shut) as open_for:
            environment, proxies = self._environment_of_process(), self.proxies()
            # A hub on this machine may send its visitors elsewhere: that needs a leave of its own.
            leave = Leave(open_for, proxies if open_for else {})
            process = HubProcess(environment, self._note)
            try:
                if was_shut:  # while there was no process yet that could be ended
                    raise _sealed_meanwhile()
                process.wait_for_hello()
                yield process, leave
            except LockedError:
                if self.token.may_be_sent:
                    raise
                raise self.token.refusal() from None
            except EngineDied as error:
                raise _sealed_meanwhile() if was_shut else error from None
            finally:
                process.kill("stop")
                process.close()

    def _note(self, attempt: Attempt) -> None:
        self._gate.ledger.add(replace(attempt, process="Download"))

    def _environment_of_process(self) -> dict[str, str]:
        found = {"HF_HUB_CACHE": str(self._cache), "HF_ENDPOINT": self.endpoint}
        return {**found, **self._way().certificates()}

    def _list(
        self, process: HubProcess, repository: Repository, leave: Leave, cancel: CancelToken
    ) -> tuple[Listing, Leave]:
        """The listing, and the way with the token where that was needed."""
        try:
            request = Look(repository.repo, repository.revision, leave)
            listing = process.answer(request, cancel)
        except LockedError:
            if not self.token.read():
                raise
            leave = replace(leave, token=self.token.read())
            request = Look(repository.repo, repository.revision, leave)
            listing = process.answer(request, cancel)
        if listing.is_gated:
            leave = replace(leave, token=self.token.read())
        return listing, leave

    def _read_beginning(
        self, process: HubProcess, request: ReadBeginning, cancel: CancelToken
    ) -> Beginning:
        """A gated file tells nothing without a token; its forecast is then a rough one."""
        try:
            beginning: Beginning = process.answer(request, cancel)
        except LockedError:
            return Beginning(None)
        return beginning


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
