"""The manifest: everything about a run that its numbers depend on, and can be asked for later."""

from __future__ import annotations

import platform
import re
from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from labs.chat.identity import ModelIdentity
from labs.experiments.record.plan import Plan
from labs.experiments.record.run_folder import MANIFEST, SCHEMA_VERSION, RunFolder
from labs.experiments.running.certificate import Certificate
from labs.experiments.running.subject import Subject
from models.engine.messages import ContextInfo, ModelInfo, Sampling
from models.errors import UserError
from models.hardware.machine import describe

PACKAGES = (
    "llama-cpp-python",
    "mlx",
    "mlx-lm",
    "ollama",
    "numpy",
    "scipy",
    "statsmodels",
    "jinja2",
    "assay-desktop",
)
GREEDY = Sampling(temperature=0.0)
# What tells one version of a model from another: the field of the manifest, and its name.
IDENTITIES = {"sha256": "file", "fingerprint": "file", "manifest_sha256": "manifest at Ollama"}


def sampling_at(temperature: float) -> Sampling:
    """Drawn from all tokens as the model has them: the temperature alone shapes it."""
    return Sampling(temperature, top_k=0, top_p=1.0, min_p=0.0) if temperature > 0 else GREEDY


def start_manifest(plan: Plan, started_at: str, template_clock: str) -> dict[str, Any]:
    """The part that all models share. `template_clock` is the time that templates are told."""
    return {
        "schema_version": SCHEMA_VERSION,
        "plan_hash": plan.hash,
        "started_at": started_at,
        "template_clock": template_clock,
        "seed": plan.seed,
        "sampler": asdict(GREEDY),
        "machine": asdict(describe()),
        "packages": packages(),
        "models": [],
    }


def packages() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def context_entry(context: ContextInfo) -> dict[str, Any]:
    return {**asdict(context), "type": None}


def model_entry(
    subject: Subject, identity: ModelIdentity, info: ModelInfo, context: ContextInfo,
    frame: tuple[str, str], template_hash: str, notes: tuple[str, ...],
) -> dict[str, Any]:  # fmt: skip
    """What the manifest keeps of one model. `template_before` is what the template writes before
    a message by itself, a system prompt of its own included."""
    return {
        "id": subject.id,
        "simulated": subject.is_simulated,
        "name": identity.name,
        "sha256": identity.sha256,
        "fingerprint": identity.fingerprint,
        "manifest_sha256": identity.manifest_sha256,
        "served": info.capabilities.own_template,
        "quantization": identity.quantization,
        "architecture": info.architecture,
        "n_params": info.n_params,
        "weights_bytes": info.weights_bytes,
        "backend": info.backend,
        "backend_build": info.backend_build,
        "device": info.device,
        "conservative_kernels": info.conservative,
        "load": asdict(identity.load),
        "context": context_entry(context),
        "template_hash": template_hash,
        "template": info.chat_template,
        "template_before": frame[0],
        "template_after": frame[1],
        "added_system_prompt": added_system_prompt(frame[0]),
        "notes": list(notes),
        **subject.about(),
    }


def added_system_prompt(before: str) -> str:
    """The words that a template puts in on its own, or "" where it only writes control tokens.

    Control tokens stand in angle or square brackets; role names are single words.
    """
    lines = re.sub(r"<\|.*?\|>|\[/?INST\]", "\n", before).splitlines()
    return "\n".join(line.strip() for line in lines if len(line.split()) >= 3)


def note_certificate(entry: dict[str, Any], certificate: Certificate, thought: int) -> None:
    entry["certificate"] = asdict(certificate)
    entry["mode"] = certificate.mode
    entry["thinking"] = {"thinks": certificate.thinks, "budget_tokens": thought}


def entry_of(manifest: Mapping[str, Any], model: str) -> dict[str, Any] | None:
    """None also for a manifest that somebody has changed."""
    entries = manifest.get("models", [])
    found = entries if isinstance(entries, list) else []
    return next((e for e in found if isinstance(e, dict) and e.get("id") == model), None)


def require_same_weights(entry: Mapping[str, Any], identity: ModelIdentity) -> None:
    """Raises UserError when a resumed run would go on with other weights."""
    for kind, what in IDENTITIES.items():
        before, now = entry.get(kind, ""), getattr(identity, kind)
        if before and now and before != now:
            raise UserError(
                f"The {what} of {entry['id']} has changed since the first half of this run "
                f"(its hash was {before[:12]}…, now it is {now[:12]}…).",
                "Put the old one back, or start a new run.",
            )


def save(folder: RunFolder, manifest: Mapping[str, Any]) -> None:
    folder.write_json(MANIFEST, manifest)
