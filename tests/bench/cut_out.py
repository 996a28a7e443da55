"""Functions of llama.cpp's own tools, cut out of their sources and compiled against the installed
library: a second, instead of minutes for all of llama.cpp."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).parent / "children"


def cut_out(source: Path, patterns: Sequence[str]) -> list[str]:
    """What each finds in the file. Exits where one finds nothing."""
    text = source.read_text("utf-8")
    found = [re.search(pattern, text, re.DOTALL) for pattern in patterns]
    if None in found:
        raise SystemExit(f"{source.name} is not as expected; is it of another version?")
    return [each[0] for each in found if each]


def built(program: str, pieces: Sequence[str], sources: Path, folder: Path) -> str:
    """The path of `program`, a file in `children` that includes `cut_out.inc`."""
    (folder / "cut_out.inc").write_text("".join(pieces), "utf-8")
    spec = find_spec("llama_cpp")
    assert spec is not None and spec.origin is not None
    libraries = Path(spec.origin).parent / "lib"
    words = ["c++", "-std=c++17", "-O2", f"-I{sources}/include", f"-I{sources}/ggml/include",
             f"-I{folder}", str(HERE / program), "-o", f"{folder}/tool", f"-L{libraries}",
             "-lllama", "-lggml", "-lggml-base", f"-Wl,-rpath,{libraries}",
             "-lpthread"]  # fmt: skip
    subprocess.run(words, check=True)
    return f"{folder}/tool"
