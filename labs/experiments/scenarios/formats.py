"""Formats: the same facts laid out or told in another way, without losing or adding one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from labs.experiments.scenarios.sets import Scenario, ScenarioSet
from models.errors import UserError

Family = Literal["layout", "tone"]
Fields = Sequence[tuple[str, str]]  # label and value of each slot, in the order of the set

_SLOT = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class Format:
    """`write` turns an item of a set into the text that states its facts; `spell` gives a value
    as it stands there."""

    id: str
    title: str
    family: Family
    write: Callable[[ScenarioSet, Scenario], str]
    spell: Callable[[str], str] = str


def _layout(
    format_id: str, title: str, write: Callable[[Fields], str], spell: Callable[[str], str] = str
) -> Format:
    def of_item(made: ScenarioSet, item: Scenario) -> str:
        return write([(slot.label, item.facts[slot.id]) for slot in made.slots])

    return Format(format_id, title, "layout", of_item, spell)


def _joined(pattern: str, separator: str) -> Callable[[Fields], str]:
    return lambda fields: separator.join(
        pattern.format(label=label, LABEL=label.upper(), low=label.lower(), value=value, n=n)
        for n, (label, value) in enumerate(fields, start=1)
    )


def _json(fields: Fields) -> str:
    return json.dumps(dict(fields), ensure_ascii=False, indent=2)


def _in_json(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)[1:-1]


def _table(fields: Fields) -> str:
    rows = [f"| {label} | {value} |" for label, value in fields]
    return "\n".join(["| Fact | Value |", "| --- | --- |", *rows])


def _xml(fields: Fields) -> str:
    return "\n".join(f'<fact name="{label}">{value}</fact>' for label, value in fields)


# The first is the baseline. Separators, casing, enumeration and containers after the grammar of
# Sclar and others 2023 (arXiv 2310.11324).
LAYOUTS: tuple[Format, ...] = (
    _layout("lines", "One fact a line", _joined("{label}: {value}", "\n")),
    _layout("json", "JSON", _json, _in_json),
    _layout("table", "Table", _table),
    _layout("run-in", "One running line", _joined("{label}: {value}", "; ")),
    _layout("capitals", "Capitals", _joined("{LABEL} = {value}", "\n")),
    _layout("numbered", "Numbered", _joined("{n}) {label}: {value}", "\n")),
    _layout("bullets", "Bullets", _joined("- {low} – {value}", "\n")),
    _layout("tags", "Tags", _xml),
)


def formats_of(made: ScenarioSet, family: Family) -> tuple[Format, ...]:
    """All formats of one family for this set, the baseline first."""
    if family == "layout":
        return LAYOUTS
    return tuple(Format(tone.id, tone.title, "tone", _writer(tone.text)) for tone in made.tones)


def _writer(text: str) -> Callable[[ScenarioSet, Scenario], str]:
    return lambda _set, item: _SLOT.sub(lambda found: item.facts[found[1]], text)


def render(made: ScenarioSet, item: Scenario, chosen: Format) -> str:
    """The facts of an item in a format. Raises UserError when a fact is lost or added."""
    text = chosen.write(made, item)
    fault = fact_fault(made, item, chosen, text)
    if fault:
        raise UserError(
            f"The format “{chosen.title}” cannot be used for the item {item.id}: {fault}.",
            "Correct the text of the format, or leave it out.",
        )
    return text


def fact_fault(made: ScenarioSet, item: Scenario, chosen: Format, text: str) -> str:
    """What a rendering loses or adds, as half a sentence; "" where it says the facts alone."""
    for slot in made.slots:
        if not states(text, chosen.spell(item.facts[slot.id])):
            return f"it does not state “{item.facts[slot.id]}” ({slot.label})"
    known = set(_NUMBER.findall(" ".join((*item.facts.values(), *(s.label for s in made.slots)))))
    written = re.sub(r"(?m)^\d+\) ", "", text) if chosen.family == "layout" else text
    added = [number for number in _NUMBER.findall(written) if number not in known]
    return f"it adds the number {added[0]}, which is no fact of the item" if added else ""


def states(text: str, value: str) -> bool:
    """Is `value` there as a whole, not as part of a longer word, number or time?"""
    pattern = rf"(?<![\w])(?<!\d[:.,])(?<!\d-){re.escape(value)}(?!\w|[:.,]\d|-\d)"
    return re.search(pattern, text) is not None


def tone_faults(made: ScenarioSet) -> tuple[str, ...]:
    """Sentences on tones whose text does not use exactly the slots of the set."""
    slots, faults = {slot.id for slot in made.slots}, []
    for tone in made.tones:
        used = set(_SLOT.findall(tone.text))
        if used - slots:
            faults.append(f"The tone {tone.id} uses {_names(used - slots)}, which is no fact.")
        if slots - used:
            faults.append(f"The tone {tone.id} leaves out {_names(slots - used)}.")
    return tuple(faults)


def _names(slots: set[str]) -> str:
    return " and ".join("{" + slot + "}" for slot in sorted(slots))
