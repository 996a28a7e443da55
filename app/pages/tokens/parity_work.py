"""The long work of the parity doctor as a generator; it knows no Qt."""

from __future__ import annotations

from collections.abc import Generator

from app.services import Services
from labs.tokens.parity.doctor import Parity, compare_sources
from labs.tokens.reading import read_text
from models.cancel import CancelToken
from models.tokenizers.source import find_source, told_apart


def hold_against(
    services: Services, names: list[str], text: str, parse_special: bool, cancel: CancelToken
) -> Generator[str, None, Parity]:
    """Raises UserError where one of both cannot be read, Cancelled."""
    one, other = told_apart([find_source(services.library, name) for name in names])
    return (
        yield from compare_sources(
            services.tokenizers, one, other, read_text(text).text, cancel,
            parse_special=parse_special,
        )
    )  # fmt: skip
