"""The labs that are worked through on other pages, in the order in which they are offered."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class GuidedLab:
    """`code` is its number in the course; `page` and `target` say where it is worked on, as
    `Navigation.open` takes them; `covers` are the targets that show what is to be predicted, until
    the predictions are locked; `about` what it takes; `also` the pages that give what is kept, too.
    Its sheet is `id`.md in assets/sheets."""

    id: str
    code: str
    title: str
    summary: str
    about: str
    page: str
    target: str = ""
    covers: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def pages(self) -> tuple[str, ...]:
        return (self.page, *self.also)


GUIDED_LABS: tuple[GuidedLab, ...] = (
    GuidedLab(
        "tokens", "L02", "Tokens",
        "What a model reads instead of words: your name, two languages, a web address, code and "
        "the digits of π, counted; and a tokenizer of your own.",
        "40 minutes. Any model, or none.", "tokens", "text",
        ("text",),
    ),
    GuidedLab(
        "sampling", "L03", "Sampling",
        "What temperature does to one real choice of the next token, and what it cannot do.",
        "50 minutes. The starter, or any model that shows its probabilities.", "tokens",
        "next", ("next",), ("labs",),
    ),
    GuidedLab(
        "fit-and-speed", "L06", "Will it fit, how fast can it be",
        "Work out memory and the greatest possible speed of a model before it is loaded; then "
        "measure both.",
        "40 minutes. Any GGUF model.", "telemetry", "limit",
        ("limit", "loads"),
    ),
    GuidedLab(
        "benchmark", "L07", "An honest benchmark",
        "Warm up, measure five times, report the middle and the spread, and promise only that.",
        "40 minutes. Any model on this machine.", "telemetry", "benchmark",
        ("benchmark",),
    ),
    GuidedLab(
        "quantization", "L08", "Quantization",
        "Make smaller files of one model, measure what each has lost, and decide for one.",
        "45 minutes. The starter and 400 MB of disk.", "quantization",
        "make", ("make", "compare"),
    ),
    GuidedLab(
        "chat-template", "L09", "Chat template",
        "What a model is really sent, what a wrong template does, and what a system prompt costs.",
        "30 minutes. Any model with a chat template.", "tokens", "template",
        ("template",),
    ),
)  # fmt: skip


def guided_lab(lab_id: str) -> GuidedLab:
    """Raises KeyError for an id that is not in the list."""
    return {lab.id: lab for lab in GUIDED_LABS}[lab_id]


def labs_of(page: str) -> tuple[GuidedLab, ...]:
    return tuple(lab for lab in GUIDED_LABS if lab.page == page)
