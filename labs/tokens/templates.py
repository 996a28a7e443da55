"""Widespread chat templates, to see what another one would make of the same messages."""

from __future__ import annotations

from dataclasses import dataclass

from assets import TEMPLATES

NAMES = {"chatml": "ChatML", "llama-3": "Llama 3", "alpaca": "Alpaca"}


@dataclass(frozen=True)
class KnownTemplate:
    name: str
    text: str


def known_templates() -> tuple[KnownTemplate, ...]:
    return tuple(
        KnownTemplate(name, (TEMPLATES / f"{file}.jinja").read_text("utf-8"))
        for file, name in NAMES.items()
    )
