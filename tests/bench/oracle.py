"""`python -m tests.bench.oracle SOURCES BASE OTHER [TEXT] [WINDOWS]`: llama-perplexity beside ours.

SOURCES is llama.cpp's tree of the installed version, as it lies in `vendor/llama.cpp` of the source
package of llama-cpp-python. The tool's own functions are cut out of it, compiled against the
installed library (a second, instead of minutes for all of llama.cpp), and run on the same files,
text and windows. Optional: it needs a C++ compiler and the sources.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).parent / "children"
TEXT = Path("assets/texts/prose.txt")
BEGINNING = "struct results_perplexity {"
WITHOUT = r"\nstatic results_perplexity perplexity_v2\(.*?\n}\n"
FUNCTIONS = (
    r"\nstatic results_perplexity perplexity\(.*?\n}\n",
    r"\nstatic void kl_divergence\(.*?\n}\n",
)
LINES = {
    "kld": r"Mean    KLD: *(\S+) ± *(\S+)",
    "kld_99": r"99\.0%   KLD: *(\S+)",
    "perplexity_base": r"Mean PPL\(base\) *: *(\S+) ± *(\S+)",
    "perplexity": r"Mean PPL\(Q\) *: *(\S+) ± *(\S+)",
    "perplexity_ratio": r"Mean PPL\(Q\)/PPL\(base\) *: *(\S+) ± *(\S+)",
    "rms_delta_p": r"RMS Δp *: *(\S+) ± *(\S+)",
    "same_top": r"Same top p: *(\S+) ± *(\S+)",
}
PERCENT = ("rms_delta_p", "same_top")


def main() -> int:
    sources, base, other, *rest = sys.argv[1:]
    text = rest[0] if rest else str(TEXT)
    windows = rest[1] if len(rest) > 1 else "4"
    with tempfile.TemporaryDirectory() as folder:
        tool = build(Path(sources), Path(folder))
        kept = f"{folder}/base.kld"
        subprocess.run([tool, base, text, kept, windows], check=True, stdout=subprocess.DEVNULL)
        theirs = subprocess.check_output([tool, other, "-", kept, windows], text=True)
    words = [sys.executable, "-m", "app", "compare", base, other, "--text", text]
    ours = subprocess.check_output([*words, "--windows", windows, "--no-speed", "--json"])
    measures = json.loads(ours)["rows"][1]["measures"]
    print(f"{'':18}{'ours':>26}{'llama-perplexity':>26}")
    for name, pattern in LINES.items():
        scale = 100 if name in PERCENT else 1
        figure, found = measures[name], re.search(pattern, theirs)
        error = figure["se_tokens"]
        mine = f"{scale * figure['value']:.6f}" + (f" ± {scale * error:.6f}" if error else "")
        print(f"{name:18}{mine:>26}{' ± '.join(found.groups()) if found else 'not told':>26}")
    return 0


def build(sources: Path, folder: Path) -> str:
    source = (sources / "tools" / "perplexity" / "perplexity.cpp").read_text("utf-8")
    end = re.search(WITHOUT, source, re.DOTALL)
    pieces = [re.search(pattern, source, re.DOTALL) for pattern in FUNCTIONS]
    if end is None or None in pieces:
        raise SystemExit("perplexity.cpp is not as expected; is it of another version?")
    cut = source[source.index(BEGINNING) : end.start()] + "".join(p[0] for p in pieces if p)
    (folder / "cut_out.inc").write_text(cut, "utf-8")
    spec = find_spec("llama_cpp")
    assert spec is not None and spec.origin is not None
    libraries = Path(spec.origin).parent / "lib"
    words = ["c++", "-std=c++17", "-O2", f"-I{sources}/include", f"-I{sources}/ggml/include",
             f"-I{folder}", str(HERE / "llama_perplexity.cpp"), "-o", f"{folder}/tool",
             f"-L{libraries}", "-lllama", "-lggml", "-lggml-base", f"-Wl,-rpath,{libraries}",
             "-lpthread"]  # fmt: skip
    subprocess.run(words, check=True)
    return f"{folder}/tool"


if __name__ == "__main__":
    sys.exit(main())
