"""What an Ollama server is asked beside replies: its version and its models."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from models.engine.messages import Connection
from models.errors import UserError
from models.library.entry import ModelEntry
from models.remote import channel
from models.remote.channel import LIST_DEADLINE_S, MOST_LIST_BYTES, Channel
from models.remote.server import OLLAMA, START_OLLAMA

LOOK_S = 10.0  # it reads the header of every model for its list
MOST = 1 << 63
CLOUD = "ollama.com"
_ODD = (ValueError, TypeError, AttributeError, LookupError, OverflowError, RecursionError)
_SCALES = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}


def version(connection: Connection) -> str:
    """ "0.12.11". Raises UserError where no Ollama answers."""
    return str(get(connection, "/api/version").get("version", ""))


def list_models(connection: Connection) -> tuple[ModelEntry, ...]:
    """Every model that the server lists. Raises UserError where it does not answer.

    The answer is read as it comes: the `ollama` client drops the fields that tell which models
    run on another machine.
    """
    listed = get(connection, "/api/tags").get("models")
    sound = listed if isinstance(listed, list) else ()
    found = (_entry(each) for each in sound if isinstance(each, dict))
    return tuple(entry for entry in found if entry.name != "ollama:")


@contextmanager
def in_sentences(address: str) -> Iterator[None]:
    """Turn what the `ollama` client and what lies below it raise into UserError; hold nothing but
    the exchange itself in it, because answers of a wrong shape raise errors of any kind."""
    import ollama

    try:
        with channel.in_sentences(OLLAMA, address, START_OLLAMA):
            yield
    except ollama.ResponseError as error:
        raise _said(error.status_code, error.error) from error
    except ConnectionError as error:  # the client's word for a connection that was refused
        raise channel.sentence_for(httpx.ConnectError(""), OLLAMA, address, START_OLLAMA) from error
    except _ODD as error:  # no answer of Ollama's
        raise channel.sentence_for(error, OLLAMA, address) from error


def unknown(name: str) -> UserError:
    return UserError(f"Ollama has no model “{name}”.", "Pull it first, or choose one that it has.")


def broke_off(address: str) -> UserError:
    """The stream ended without saying that the reply was done."""
    return channel.sentence_for(httpx.RemoteProtocolError(""), OLLAMA, address)


def _said(status: int, words: str) -> UserError:
    if status == 404 and "not found" in words:
        return UserError(f"Ollama says: {words.rstrip('.')}.", "Pull the model again.")
    if status < 0:  # inside a stream that had begun
        return UserError(
            f"Ollama broke off with an error: {words.strip().rstrip('.')}.", "Send again."
        )
    return channel.refusal(OLLAMA, status, words.strip())


def get(connection: Connection, path: str) -> dict[str, Any]:
    way = Channel(connection, LOOK_S)
    with (
        in_sentences(connection.address),
        httpx.Client(base_url=connection.address, **way.options) as client,
    ):
        answer = channel.read_json(client, path, MOST_LIST_BYTES, LIST_DEADLINE_S)
        if not isinstance(answer, dict):
            raise httpx.DecodingError("no JSON object")
        return answer


def name_of(model: dict[str, Any]) -> str:
    return _text(model, "model") or _text(model, "name")


def _entry(model: dict[str, Any]) -> ModelEntry:
    details = model.get("details")
    details = details if isinstance(details, dict) else {}
    name = f"ollama:{name_of(model)}"
    return ModelEntry(
        id=name,
        name=name,
        path=Path(name),
        format="ollama",
        size_bytes=count_of(model.get("size")),
        source=OLLAMA,
        quantization=_text(details, "quantization_level"),
        architecture=_text(details, "family"),
        n_params=parameters(_text(details, "parameter_size")),
        n_ctx_train=count_of(details.get("context_length")),
        has_chat_template=True,
        manifest_sha256=_text(model, "digest").removeprefix("sha256:"),
        elsewhere=runs_at(model),
        problem=_problem(model),
        complete=True,
    )


def runs_at(model: dict[str, Any]) -> str:
    """The host that runs a listed model where it is not the server itself, else ""."""
    if host := _text(model, "remote_host"):
        return _host_of(host)
    tag = name_of(model).rpartition(":")[2]
    in_the_cloud = tag == "cloud" or tag.endswith("-cloud")
    return CLOUD if in_the_cloud or _text(model, "remote_model") else ""


def _host_of(address: str) -> str:
    try:
        return urlsplit(address).hostname or address
    except ValueError:
        return address


def parameters(size: str) -> int:
    """ "7.6B" → 7,600,000,000; 0 for what is no such number."""
    found = re.fullmatch(r"([\d.]+)\s*([KMBT])", size.strip())
    try:
        return round(float(found[1]) * _SCALES[found[2]]) if found else 0
    except (ValueError, OverflowError):
        return 0


def _problem(model: dict[str, Any]) -> str:
    can = model.get("capabilities")
    if isinstance(can, list) and can and "completion" not in can:
        does = "It turns text into vectors" if "embedding" in can else "It does something else"
        return f"This model does not write text. {does}."
    return ""


def _text(values: dict[str, Any], key: str) -> str:
    value = values.get(key)
    return value if isinstance(value, str) else ""


def count_of(value: Any) -> int:
    """A number of bytes, tokens or parameters; 0 for what cannot be one."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and 0 < value < MOST else 0
