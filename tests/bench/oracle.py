"""`python -m tests.bench.oracle SOURCES BASE OTHER [TEXT] [WINDOWS]`: llama-perplexity beside ours.

SOURCES is llama.cpp's tree of the installed version, as it lies in `vendor/llama.cpp` of the source
package of llama-cpp-python. The tool's own functions run on the same files, text and windows (see
cut_out.py). Optional: it needs a C++ compiler and the sources.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.cut_out import built, cut_out

TEXT = Path("assets/texts/prose.txt")
PIECES = (
    r"struct results_perplexity {.*?(?=\nstatic results_perplexity perplexity_v2\()",
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
    source = sources / "tools" / "perplexity" / "perplexity.cpp"
    return built("llama_perplexity.cpp", cut_out(source, PIECES), sources, folder)


if __name__ == "__main__":
    sys.exit(main())
