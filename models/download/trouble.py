"""What goes wrong at the hub or on the way there, in sentences. For the download process only."""

from __future__ import annotations

import ssl
import traceback
from collections.abc import Iterator
from pathlib import Path

from huggingface_hub import constants
from huggingface_hub.errors import (
    DisabledRepoError,
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils import httpx

from models.download.messages import Locked
from models.download.partial import disk_error
from models.engine.messages import Failed
from models.errors import UserError
from models.network import host_of

_KEPT = "What has arrived is kept: starting the download again goes on from there."


def answer_to(error: Exception, repo: str, *, has_token: bool, is_fetch: bool) -> Failed | Locked:
    """The message for the window; a bug of ours carries its traceback."""
    kept = _KEPT if is_fetch else ""
    for cause in _causes(error):
        if isinstance(cause, UserError):
            return Failed("user", cause.message, cause.hint)
    for cause in _causes(error):
        answer = _of_hub(cause, repo, has_token, kept) or _of_way(cause, kept)
        if answer is not None:
            return answer
    return Failed("bug", f"{type(error).__name__}: {error}", log=traceback.format_exc())


def _of_hub(error: BaseException, repo: str, has_token: bool, kept: str) -> Failed | Locked | None:
    """What the hub said."""
    page = f"{constants.ENDPOINT}/{repo}"
    if isinstance(error, GatedRepoError):
        return _gated(repo, page, has_token)
    if isinstance(error, RepositoryNotFoundError):
        return _not_found(error, repo, has_token)
    if isinstance(error, RevisionNotFoundError):
        return _user(f"{repo} has no such version.", f"See what there is at {page}.")
    if isinstance(error, EntryNotFoundError):
        return _user(f"The file is no longer in {repo}.", "Look the repository up again.")
    if isinstance(error, DisabledRepoError):
        return _user(f"The hub has shut {repo} off.", "Choose another repository.")
    if isinstance(error, HfHubHTTPError):
        return _of_status(error.response.status_code, repo, page, has_token, kept)
    return None


def _gated(repo: str, page: str, has_token: bool) -> Locked:
    if has_token:
        return Locked(
            f"Your token does not open {repo}: its owner has not let you in.",
            f"Open {page} in a browser, accept its conditions with the account of the token, and "
            "try again; some owners take days to answer.",
        )
    return Locked(
        f"{repo} is gated: its owner wants to know who downloads it.",
        f"Open {page} in a browser and accept its conditions. Then make an access token with "
        "the right to read in the settings of your account, and save it here.",
    )


def _not_found(error: RepositoryNotFoundError, repo: str, has_token: bool) -> Failed | Locked:
    """Without a token the hub answers alike for what is private and what is not there."""
    text = f"There is no repository {repo} at the hub, or it is private."
    if error.response.status_code == 401 and not has_token:
        return Locked(text, "Check the name. If it is private, save an access token that may read.")
    return _user(text, "Check the name, and whether your account may see it.")


def _of_status(status: int, repo: str, page: str, has_token: bool, kept: str) -> Failed | Locked:
    if status == 401 and has_token:
        return Locked(
            "The hub does not accept the access token.",
            "Make a new one in the settings of your account there, and save it here.",
        )
    if status in (401, 403):
        return _gated(repo, page, has_token)
    if status == 429:
        return _user("The hub asks for a pause: too many requests.", f"Wait a while. {kept}")
    if status >= 500:
        return _user(f"The hub has trouble of its own ({status}).", f"Try again later. {kept}")
    return _user(f"The hub refused the request ({status}).", f"See {page} in a browser.")


def _of_way(error: BaseException, kept: str) -> Failed | None:
    """What happened between here and the hub, or on the disk."""
    host = _host(error)
    if isinstance(error, OSError) and error.filename:  # of this disk, not of a connection
        refused = disk_error(error, Path(error.filename))
        return _user(refused.message, refused.hint)
    if isinstance(error, ssl.SSLCertVerificationError):
        return _user(
            "The certificate of the other side is not trusted on this machine.",
            "If your network has an authority of its own, name its file (PEM) in the settings "
            "under Network.",
        )
    if isinstance(error, httpx.ProxyError):
        return _user(
            f"The proxy did not let the connection through: {error}.",
            "Check the proxy in the settings under Network.",
        )
    if isinstance(error, httpx.TimeoutException):
        return _user(f"{host} did not answer in time.", f"Check the connection. {kept}")
    if isinstance(error, httpx.RemoteProtocolError | httpx.ReadError | httpx.WriteError):
        return _user(f"The connection to {host} was cut.", f"Try again. {kept}")
    if isinstance(error, httpx.ConnectError) and not _is_about_certificates(error):
        return _user(f"{host} could not be reached.", f"Check the connection. {kept}")
    if isinstance(error, httpx.TooManyRedirects):
        return _user(f"{host} sends the request round in circles.", "Try again later.")
    return None


def _is_about_certificates(error: BaseException) -> bool:
    return any(isinstance(cause, ssl.SSLCertVerificationError) for cause in _causes(error))


def _host(error: BaseException) -> str:
    try:
        request = error.request if isinstance(error, httpx.RequestError) else None
    except RuntimeError:  # it was raised before there was one
        request = None
    return host_of(str(request.url)) if request else host_of(constants.ENDPOINT)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what led to it, the latest first."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__


def _user(message: str, hint: str) -> Failed:
    return Failed("user", message, hint.strip())
