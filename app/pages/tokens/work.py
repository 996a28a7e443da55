"""The long work of the Tokens page as generators; they know no Qt."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.services import Services
from labs.tokens.comparison import Failure, Outcome, compare
from labs.tokens.reading import Reading, read_file, read_text
from labs.tokens.templates import known_templates
from labs.tokens.xray import ChatMessage, Wish, Xray, XrayFailure, xray
from models.cancel import CancelToken
from models.engine.chat_parts import CONTROL_LIKE
from models.errors import UserError
from models.tokenizers.source import Source, find_source, told_apart

OWN_TEMPLATE = ""
MODEL_TEMPLATE = "model:"


@dataclass(frozen=True)
class Read:
    """What was made of the text before it was cut. `control_like` is the first of it that looks
    like a control token, "" without any."""

    reading: Reading
    control_like: str = ""


@dataclass(frozen=True)
class ColumnResult:
    """What column `index` has to show."""

    index: int
    outcome: Outcome | Xray | XrayFailure


@dataclass(frozen=True)
class Choice:
    """One column of the X-ray: a tokenizer by name, and a template: "" its own, "ChatML" a known
    one, "model:NAME" that of another model."""

    tokenizer: str
    template: str = OWN_TEMPLATE


def read(path: Path) -> Generator[str, None, Reading]:
    yield f"Reading {path.name}"
    return read_file(path)


def cut_text(
    services: Services, names: Sequence[str], text: str, parse_special: bool, cancel: CancelToken
) -> Generator[str | Read | ColumnResult, None, None]:
    """Cut a text for every column; a tokenizer that is not there leaves the others."""
    reading = read_text(text)
    yield Read(reading, _control_like(reading.text))
    found: dict[int, Source] = {}
    for index, name in enumerate(names):
        try:
            found[index] = find_source(services.library, name)
        except UserError as error:
            yield ColumnResult(index, Failure(Source("simulated", "", name), error))
    columns, sources = list(found), told_apart(list(found.values()))
    steps = compare(services.tokenizers, sources, reading.text, parse_special, cancel)
    for step in steps:
        yield step if isinstance(step, str) else ColumnResult(columns.pop(0), step)


def _control_like(text: str) -> str:
    if "<" not in text and "[" not in text:  # a long text is looked through in no time
        return ""
    found = CONTROL_LIKE.search(text)
    return found[0] if found else ""


def render_chat(
    services: Services,
    choices: Sequence[Choice],
    messages: Sequence[ChatMessage],
    careless: bool,
    cancel: CancelToken,
) -> Generator[str | ColumnResult, None, None]:
    """The chat for every column, by its template and its tokenizer. Raises UserError where there
    is no message."""
    wishes: dict[int, Wish] = {}
    for index, choice in enumerate(choices):
        try:
            wishes[index] = _wish(services, choice)
        except UserError as error:
            source = Source("simulated", "", choice.tokenizer)
            yield ColumnResult(index, XrayFailure(Wish(source), error))
    columns = list(wishes)
    steps = xray(
        services.tokenizers, services.sandbox, list(wishes.values()), messages, datetime.now(),
        cancel, careless=careless,
    )  # fmt: skip
    for step in steps:
        yield step if isinstance(step, str) else ColumnResult(columns.pop(0), step)


def _wish(services: Services, choice: Choice) -> Wish:
    source = find_source(services.library, choice.tokenizer)
    if choice.template.startswith(MODEL_TEMPLATE):
        name = choice.template.removeprefix(MODEL_TEMPLATE)
        return Wish(source, template_of=find_source(services.library, name))
    known = next((each for each in known_templates() if each.name == choice.template), None)
    return Wish(source, known)
