"""MLX models: a folder with config.json and safetensors files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from models.engine import mlx_library
from models.errors import UserError
from models.library import safetensors

_MAX_JSON_BYTES = 32 << 20
_TOKENIZERS = ("tokenizer.json", "tokenizer.model")
_PART = re.compile(r"-(\d{5})-of-(\d{5})\.safetensors$")


def is_mlx_folder(folder: Path, files: Iterable[Path]) -> bool:
    """config.json beside safetensors that MLX wrote, not every folder of that shape."""
    names = {path.name for path in files}
    weights = sorted(name for name in names if name.endswith(".safetensors"))
    if "config.json" not in names or not weights:
        return False
    if isinstance(read_config(folder).get("quantization"), dict):
        return True
    try:
        return safetensors.read_header(folder / weights[0]).note.get("format") == "mlx"
    except UserError:
        return False


def weight_files(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted(folder.glob("*.safetensors")))


def read_config(folder: Path) -> dict[str, Any]:
    return read_json(folder / "config.json")


def n_ctx_train(config: Mapping[str, Any]) -> int:
    """0 where it is not told; of a model with pictures it stands one level down."""
    inner = config.get("text_config")
    for place in (config, inner if isinstance(inner, dict) else {}):
        n_ctx = place.get("max_position_embeddings")
        if isinstance(n_ctx, int) and n_ctx > 0:
            return n_ctx
    return 0


def chat_template(folder: Path) -> str:
    """A file of its own, or an entry of the tokenizer's settings; of several the default one."""
    try:
        return (folder / "chat_template.jinja").read_text("utf-8")
    except (OSError, ValueError):
        pass
    for name in ("chat_template.json", "tokenizer_config.json"):
        template = read_json(folder / name).get("chat_template")
        if isinstance(template, list):
            named = {each.get("name"): each for each in template if isinstance(each, dict)}
            template = named.get("default", {}).get("template")
        if isinstance(template, str):
            return template
    return ""


def quantization(config: Mapping[str, Any]) -> str:
    """ "4-bit", "4-bit mix" where layers have bits of their own, "MXFP4"; "" for whole numbers."""
    settings = config.get("quantization")
    if not isinstance(settings, dict) or not isinstance(settings.get("bits"), int):
        return ""
    if (mode := settings.get("mode", "affine")) != "affine":
        return str(mode).upper()[:20]
    bits = settings["bits"]
    layers = [each for each in settings.values() if isinstance(each, dict)]
    is_mix = any(each.get("bits", bits) != bits for each in layers)
    return f"{bits}-bit mix" if is_mix else f"{bits}-bit"


def problem(folder: Path) -> str:
    """Why a folder cannot be run, in a sentence; "" where it can."""
    if not folder.is_dir():
        return f"The folder {folder.name} is not there any more. Look for models again."
    if not mlx_library.is_installed():
        return f"{mlx_library.NOT_INSTALLED} {mlx_library.HOW_TO_INSTALL}"
    if read_config(folder).get("model_file"):
        return "This model brings program code that would have to run, and Assay runs none."
    if not any((folder / name).is_file() for name in _TOKENIZERS):
        return "The folder has no tokenizer.json. Download or convert the model again."
    return _weights_problem(weight_files(folder))


def _weights_problem(files: tuple[Path, ...]) -> str:
    parts = [found for path in files if (found := _PART.search(path.name))]
    total = max((int(part[2]) for part in parts), default=0)
    if missing := total - len(parts):
        return (
            f"{missing} of {total} parts of this model are missing. Put all parts into one folder."
        )
    if not any(path.name.startswith("model") for path in files):
        return "The folder has no weights that MLX reads: their names begin with “model”."
    try:
        for path in files:
            safetensors.read_header(path)
    except UserError as error:
        return str(error)
    return ""


def read_json(path: Path, max_bytes: int = _MAX_JSON_BYTES) -> dict[str, Any]:
    """The object in a file; an empty one where there is none that can be read."""
    try:
        if path.stat().st_size > max_bytes:
            return {}
        data = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}
