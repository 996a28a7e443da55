"""The scripted model behind the tests' Ollama server: it writes what follows from the question."""

from __future__ import annotations

import hashlib
import json
import random
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SENTENCES = (
    "The sea is wide and never still. Its colour follows the sky, from grey to green to blue. "
    "Waves begin far out and end on the sand. Fish live in it, and whales, and much that nobody "
    "has seen. People cross it in ships and look at it from the shore. Salt stays on the skin. "
)


def tokens_of(text: str) -> list[str]:
    """Words with the blank before them, in pieces of at most six letters."""
    return re.findall(r"\s*[^\s]{1,6}|\s+", text)


@dataclass
class ScriptedModel:
    """`says` answers everything with one text; without it a reply is drawn from sentences, the
    same for the same question and seed. `thinks` is written first, where thinking is on."""

    name: str
    says: str = ""
    thinks: str = ""
    digest: str = hashlib.sha256(b"a manifest").hexdigest()
    listed: dict[str, Any] = field(default_factory=dict)  # more fields of /api/tags
    capabilities: tuple[str, ...] = ("completion",)
    context_length: int = 8192

    def reply(self, request: dict[str, Any]) -> list[str]:
        asked = request["messages"][-1]["content"] if request.get("messages") else ""
        form = request.get("format")
        if form:
            return tokens_of(json.dumps(_example(form)))
        if self.says:
            return tokens_of(self.says)
        if asked.startswith("Repeat: "):
            return tokens_of(asked.removeprefix("Repeat: "))
        options = request.get("options", {})
        seed = options.get("seed", 0) if options.get("temperature", 0.8) > 0 else 0
        words = tokens_of(SENTENCES)
        start = random.Random(f"{asked} {seed}").randrange(len(words))
        return ((words[start:] + words[:start]) * 40)[:500]


def _example(form: Any) -> Any:
    """The smallest value of a JSON schema, as far as the tests ask for one."""
    kind = form.get("type") if isinstance(form, dict) else "object"
    if kind == "object":
        properties = form.get("properties", {}) if isinstance(form, dict) else {}
        return {name: _example(each) for name, each in properties.items()}
    return {"boolean": True, "integer": 7, "number": 0.5, "array": []}.get(str(kind), "sea")


def stored_model(store: Path, weights: Path) -> ScriptedModel:
    """A model in Ollama's own store: a manifest whose hash the server tells, and a blob."""
    digest = "0" * 64
    layer = {"mediaType": "application/vnd.ollama.image.model", "digest": f"sha256:{digest}"}
    manifest = store / "manifests/registry.ollama.ai/library/stored/latest"
    manifest.parent.mkdir(parents=True)
    manifest.write_text(json.dumps({"layers": [layer]}), "utf-8")
    (store / "blobs").mkdir()
    (store / "blobs" / f"sha256-{digest}").symlink_to(weights)
    told = hashlib.sha256(manifest.read_bytes()).hexdigest()
    return ScriptedModel("stored:latest", digest=told)
