"""What can be made of a file: GGUF types with their real mix, and MLX folders."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.amounts import size_text
from models.cancel import CancelToken
from models.convert.convert import Wish as MlxWish
from models.convert.convert import convert, refuse, usual_name
from models.drafts import draft_of
from models.errors import UserError
from models.library.entry import ModelEntry
from models.library.gguf_header import read_header
from models.library.library import Library
from models.library.type_mix import mix_text
from models.quantize.plan import Plan, lossy_types
from models.quantize.quantize import Wish as GgufWish
from models.quantize.quantize import plan_all, quantize

ENDING = ".gguf"
MLX_BITS = (8, 6, 4, 0)  # 0: floats of 16 bits
MLX_WORDS = {8: "MLX, 8 bits", 6: "MLX, 6 bits", 4: "MLX, 4 bits", 0: "MLX, 16-bit floats"}
_GROUP_BITS = 32 / 64  # a scale and a bias of 16 bits for 64 weights


@dataclass(frozen=True)
class Target:
    """One row: a type of GGUF, or an MLX folder. `problem` says why it cannot be made; `remark`
    what is unusual about it; `in_name_only`: it would bear a name that it does not deserve."""

    name: str
    size_bytes: int
    bits_per_weight: float
    mix: str
    remark: str = ""
    problem: str = ""
    in_name_only: bool = False
    quantization: str = ""  # of a GGUF file
    mlx_bits: int | None = None

    @property
    def is_mlx(self) -> bool:
        return self.mlx_bits is not None


@dataclass(frozen=True)
class Offer:
    """All that can be made of a source. `lossy`: the types in which it has lost something."""

    entry: ModelEntry
    targets: tuple[Target, ...]
    lossy: tuple[str, ...]


@dataclass(frozen=True)
class MakeWish:
    entry: ModelEntry
    target: Target
    path: Path
    allow_requantize: bool = False


@dataclass(frozen=True)
class MadeFile:
    """`entry` is the new one as the library lists it."""

    source: ModelEntry
    entry: ModelEntry


def look_at(library: Library, name: str, cancel: CancelToken) -> Generator[str, None, Offer]:
    """The engine's own dry run for every type. Raises UserError for what is no GGUF file."""
    yield "Looking at the file"
    entry = library.refresh(library.resolve(name))
    headers = _refuse_source(entry)
    yield "Asking the engine what each type would give"
    plans = plan_all(entry, cancel)
    targets = sorted(map(_of_plan, plans), key=lambda each: -each.size_bytes)
    targets += [_of_mlx(entry, bits) for bits in MLX_BITS]
    targets.sort(key=lambda each: bool(each.problem))  # what cannot be made comes last
    return Offer(entry, tuple(targets), lossy_types(headers))  # fmt: skip


def _refuse_source(entry: ModelEntry) -> tuple[Any, ...]:
    if entry.format != "gguf":
        raise UserError(
            f"{entry.name} is no GGUF file.", "Choose a GGUF file; all else is made of these."
        )
    if entry.problem:
        raise UserError(entry.problem)
    return tuple(read_header(path) for path in entry.files)


def _of_plan(plan: Plan) -> Target:
    remark, problem = (plan.remark, "") if plan.can_be_made else ("", plan.remark)
    return Target(
        plan.quantization, 0 if plan.problem else plan.size_bytes, plan.mix.bits_per_weight,
        mix_text(plan.mix), remark, problem, plan.can_be_made and plan.is_substituted,
        plan.quantization,
    )  # fmt: skip


def _of_mlx(entry: ModelEntry, bits: int) -> Target:
    """A place that surely does not exist: what is refused has other reasons."""
    wish = MlxWish(entry, Path.home() / usual_name(entry, bits, 16), bits)
    problem = ""
    try:
        refuse(MlxWish(entry, _unused(wish.folder), bits))
    except UserError as error:
        problem = str(error)
    packed = bits + _GROUP_BITS if bits else 16.0
    mix = f"{bits} bits in groups of 64" if bits else "F16"
    return Target(MLX_WORDS[bits], wish.size_bytes, packed, mix, problem=problem, mlx_bits=bits)


def _unused(folder: Path) -> Path:
    number, free = 1, folder
    while os.path.exists(free):
        number += 1
        free = folder.with_name(f"{folder.name}-{number}")
    return free


def usual_path(entry: ModelEntry, target: Target, folder: Path) -> Path:
    """Where it is put unless the user wants it otherwise; a number where that is taken."""
    if target.mlx_bits is not None:
        return _unused(folder / usual_name(entry, target.mlx_bits, 16))
    stem = entry.path.stem.removesuffix(f"-{entry.quantization}").removesuffix(
        f".{entry.quantization}"
    )
    path = folder / f"{stem}-{target.quantization}.gguf"
    number = 1
    while os.path.exists(path):  # of a folder that cannot be: no
        number += 1
        path = folder / f"{stem}-{target.quantization}-{number}.gguf"
    return path


def file_name(name: str, target: Target) -> str:
    """As it will stand on the disk: a GGUF file is known by its ending."""
    name = name.strip()
    is_whole = target.is_mlx or not name or name.lower().endswith(ENDING)
    return name if is_whole else f"{name}{ENDING}"


def name_problem(folder: Path, name: str) -> str:
    """A sentence where nothing can be made under that name, else ""."""
    if not folder.is_absolute():
        return "Give the whole path of the folder."
    if not name:
        return "Give it a name."
    if Path(name).name != name:
        return "A name holds no “/”: the folder stands above it."
    try:
        draft_of(folder / name).lstat()  # its name is the longer one
    except FileNotFoundError:
        pass
    except NotADirectoryError:
        return f"{folder} is no folder."
    except PermissionError:
        return f"{folder} may not be looked into. Choose another folder."
    except OSError as error:
        return f"{name[:40]}… cannot be a name: {error.strerror or error}."
    if (folder / name).exists():
        return f"{name} is there already. Choose another name."
    return ""


def free_text(folder: Path, target: Target) -> tuple[str, bool]:
    """A sentence on the room there, and whether the file fits."""
    place = next((each for each in (folder, *folder.parents) if each.is_dir()), None)
    if place is None:
        return f"There is no folder {folder}.", False
    if not os.access(place, os.W_OK | os.X_OK):
        return f"Nothing may be written in {place}. Choose another folder.", False
    free = shutil.disk_usage(place).free
    told = f"Takes {size_text(target.size_bytes)} of {size_text(free)} free there."
    if free < target.size_bytes:
        return f"{told} That is not enough room.", False
    return told, True


def make(library: Library, wish: MakeWish, cancel: CancelToken) -> Generator[Any, None, MadeFile]:
    """Write the file or folder, and list it. Nothing is left where it is stopped or fails."""
    target = wish.target
    _make_folder(wish.path.parent)
    if target.mlx_bits is not None:
        yield from convert(MlxWish(wish.entry, wish.path, target.mlx_bits), cancel)
    else:
        yield from quantize(
            GgufWish(wish.entry, wish.path, target.quantization, wish.allow_requantize), cancel
        )
    added = library.add(wish.path)
    return MadeFile(wish.entry, library.refresh(added[0]))


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"The folder {folder} could not be made: {error.strerror or error}.",
            "Choose another one.",
        ) from error
