"""The process that converts: `python -P -m models.convert.child`. It is killed to cancel."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from models.convert import messages
from models.convert.kinds import ROPE_FACTORS, Kind, config_of, kind_of
from models.convert.messages import Convert, Converted, ConvertProgress
from models.convert.source import Source
from models.convert.tokenizer import settings_of, tokenizer_of
from models.convert.writer import Writer
from models.engine.codec import MESSAGE_TYPES, message_types
from models.engine.messages import Failed
from models.engine.mlx_library import MlxLibrary, library
from models.engine.task_child import serve
from models.engine.wire import Wire
from models.errors import UserError

KNOWN = {**MESSAGE_TYPES, **message_types(messages)}


def _answer(request: Convert, told: Callable[[Any], None]) -> Any:
    try:
        return convert(request, lambda done, total: told(ConvertProgress(done, total)))
    except UserError as error:
        return Failed("user", error.message, error.hint)
    except OSError as error:
        return Failed("user", f"The model could not be written: {error.strerror or error}.",
                      "Free some space, or name another folder.")  # fmt: skip
    except Exception as error:  # noqa: BLE001 - the parent shows it as a bug with its traceback
        return Failed("bug", f"{type(error).__name__}: {error}", log=traceback.format_exc())


def convert(request: Convert, told: Callable[[int, int], None]) -> Converted:
    """Fill the folder `request.target`. Raises UserError for what cannot be converted."""
    source = Source([Path(path) for path in request.files])
    kind, folder = kind_of(source), Path(request.target)
    config, made, settings = config_of(source, kind), tokenizer_of(source), settings_of(source)
    config |= _special_ids(source)
    mlx = library()
    if not mlx.is_on_gpu:
        mlx.mx.disable_compile()
    layers = _quantizable(mlx, config, request.group_size)
    if request.bits:
        quantization = {"group_size": request.group_size, "bits": request.bits, "mode": "affine"}
        config["quantization"] = config["quantization_config"] = quantization
    folder.mkdir(parents=True)
    for name, content in (("config", config), ("tokenizer", made), ("tokenizer_config", settings)):
        (folder / f"{name}.json").write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    dtype = _dtype(mlx, kind, request)
    writer = Writer(mlx.mx, folder, layers, request.bits, request.group_size, dtype)
    _write(source, kind, writer, told)
    mlx.lm.load_model(folder, lazy=True, strict=True)  # names and shapes are what MLX asks for
    return Converted(writer.total_bytes, 8 * writer.total_bytes / max(1, writer.n_weights))


def _write(source: Source, kind: Kind, writer: Writer, told: Callable[[int, int], None]) -> None:
    names = {name: kind.target_name(name) for name in source.shapes if name != ROPE_FACTORS}
    for done, (name, values) in enumerate(source.tensors()):
        told(done, len(source.shapes))
        if name in names:
            writer.add(names[name], kind.change(source, name, values))
    writer.close()
    told(len(source.shapes), len(source.shapes))


def _quantizable(mlx: MlxLibrary, config: dict[str, Any], group_size: int) -> set[str]:
    """The layers that MLX would pack itself: of a kind that can be, in rows of whole groups."""
    model_class, arguments = mlx.lm._get_classes(config)
    model = model_class(arguments.from_dict(config))
    return {
        name
        for name, module in model.named_modules()
        if hasattr(module, "to_quantized") and module.weight.shape[-1] % group_size == 0
    }


def _dtype(mlx: MlxLibrary, kind: Kind, request: Convert) -> Any:
    if not request.bits and request.float_bits == 32:
        return mlx.mx.float32
    return mlx.mx.bfloat16 if kind.needs_bfloat else mlx.mx.float16


def _special_ids(source: Source) -> dict[str, int]:
    ids = {name: source.value(f"tokenizer.ggml.{name}_token_id") for name in ("bos", "eos")}
    return {f"{name}_token_id": i for name, i in ids.items() if isinstance(i, int)}


if __name__ == "__main__":
    serve(Wire.of_process(KNOWN), _answer)
