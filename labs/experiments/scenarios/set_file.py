"""Scenario sets as YAML files: reading with sentences for what is wrong, and writing."""

from __future__ import annotations

import json
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from assets import SCENARIOS
from labs.experiments.scenarios.sets import Question, Scenario, ScenarioSet, Slot, Tone
from models.errors import UserError

# The parser in C, where PyYAML has it, is ten times as fast.
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
LONGEST_FILE_BYTES = 20_000_000
SCHEMA_VERSION = "1"
_KEPT = 8  # a plan's set is asked for again by its design, its report and each table of it


def read_set(path: Path) -> ScenarioSet:
    """Raises UserError with the place and the rule when the file is not a scenario set."""
    try:
        if path.stat().st_size > LONGEST_FILE_BYTES:
            raise UserError(f"{path.name} is larger than 20 MB.", "Split it into several sets.")
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise UserError(f"{path.name} is not UTF-8 text.", "Save it as UTF-8.") from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise UserError(f"The set {path} cannot be read: {reason}.", "Check the path.") from error
    return parse_set(text, path.name)


@lru_cache(_KEPT)
def parse_set(text: str, name: str = "the set") -> ScenarioSet:
    """The set in a YAML text. Everything is read as text: YAML itself would turn `08:00` into
    480 and `yes` into true."""
    try:
        data = yaml.load(text, Loader=_LOADER)
    except (yaml.YAMLError, RecursionError) as error:
        raise UserError(f"{name} is not valid YAML: {_one_line(error)}.", "Correct it.") from error
    _require_schema(data, name)
    return _build(data)


def shipped_sets() -> tuple[Path, ...]:
    return tuple(sorted(SCENARIOS.glob("*.yaml")))


def write_set(made: ScenarioSet) -> str:
    """YAML that `parse_set` reads back as the same set."""
    return yaml.safe_dump(_as_data(made), sort_keys=False, allow_unicode=True, width=100)


def _require_schema(data: Any, name: str) -> None:
    if isinstance(data, dict) and data.get("schema_version", SCHEMA_VERSION) != SCHEMA_VERSION:
        raise UserError(
            f"{name} was made for another version of Assay (schema {data['schema_version']}).",
            "Open it with a newer Assay.",
        )
    errors = sorted(_validator().iter_errors(data), key=lambda e: list(map(str, e.path)))
    if errors:
        first = errors[0]
        place = "/".join(map(str, first.absolute_path)) or "the top"
        more = f" ({len(errors) - 1} more.)" if len(errors) > 1 else ""
        raise UserError(
            f"{name} is not a scenario set. At {place}: {_shorten(first.message)}.{more}",
            "Compare it with a set that ships with Assay.",
        )


@cache
def _validator() -> Draft202012Validator:
    schema = json.loads((SCENARIOS / "set.schema.json").read_text(encoding="utf-8"))
    return Draft202012Validator(schema)


def _build(data: dict[str, Any]) -> ScenarioSet:
    return ScenarioSet(
        id=data["id"],
        version=int(data["version"]),
        title=data["title"],
        classes=tuple(data["classes"]),
        slots=tuple(Slot(key, label) for key, label in data["slots"].items()),
        questions=tuple(
            Question(q["id"], q["text"], dict(q["labels"]), q.get("turned") == "true")
            for q in data["questions"]
        ),
        tones=tuple(
            Tone(t["id"], t.get("title") or t["id"].capitalize(), t["text"].strip())
            for t in data.get("tones", ())
        ),
        items=tuple(_item(each) for each in data["items"]),
        summary=data.get("summary", ""),
        measured=data.get("measured", ""),
        source=data.get("source", ""),
    )


def _item(data: dict[str, Any]) -> Scenario:
    return Scenario(
        id=data["id"],
        facts=dict(data["facts"]),
        truth=data["truth"],
        derivation=data.get("derivation", ""),
        cluster=data.get("cluster", ""),
        domain=data.get("domain", ""),
        tags=tuple(data.get("tags", ())),
        numbers={key: float(value) for key, value in data.get("numbers", {}).items()},
    )


def _as_data(made: ScenarioSet) -> dict[str, Any]:
    data: dict[str, Any] = {
        "schema_version": int(SCHEMA_VERSION),
        "id": made.id,
        "version": made.version,
        "title": made.title,
        "summary": made.summary,
        "measured": made.measured,
        "source": made.source,
        "classes": list(made.classes),
        "slots": {slot.id: slot.label for slot in made.slots},
        "questions": [
            {"id": q.id, "text": q.text, "turned": q.turned, "labels": dict(q.labels)}
            for q in made.questions
        ],
        "tones": [{"id": t.id, "title": t.title, "text": t.text} for t in made.tones],
        "items": [_item_data(item) for item in made.items],
    }
    return {key: value for key, value in data.items() if value not in ("", [])}


def _item_data(item: Scenario) -> dict[str, Any]:
    numbers = {k: int(v) if float(v).is_integer() else v for k, v in item.numbers.items()}
    data = {
        "id": item.id, "cluster": item.cluster, "domain": item.domain, "facts": dict(item.facts),
        "truth": item.truth, "derivation": item.derivation, "tags": list(item.tags),
        "numbers": numbers,
    }  # fmt: skip
    return {key: v for key, v in data.items() if v not in ("", [], {}) or key == "truth"}


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def _shorten(message: str) -> str:
    return message if len(message) <= 160 else message[:157] + "…"
