"""What is left to draw from, whatever the size of the logits: only their distances count."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.servers.mlx_model import needs_mlx

pytestmark = needs_mlx
DRAWS = 24
# In a process of its own, as MLX is always loaded.
DRAW = """
import json, sys
from dataclasses import replace
from models.engine.messages import Sampling
from models.engine.mlx_library import library
from models.engine.mlx_sampling import MlxSampler
loaded, settings = library(), Sampling(temperature=1.0, samplers=("top_p",))
found = {}
for shift in (-200.0, 0.0, 200.0):
    for top_p in (0.0, 0.6, 0.9):
        sampler = MlxSampler(loaded, replace(settings, top_p=top_p), 7)
        logits = loaded.mx.log(loaded.mx.array([0.5, 0.3, 0.15, 0.05])) + shift
        drawn = {int(sampler.draw(logits).item()) for _ in range(int(sys.argv[1]))}
        found[f"{shift:g} {top_p:g}"] = sorted(drawn)
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def drawn() -> dict[str, list[int]]:
    asked = [sys.executable, "-c", DRAW, str(DRAWS)]
    return json.loads(subprocess.run(asked, check=True, capture_output=True).stdout)


@pytest.mark.parametrize("shift", ["-200", "0", "200"])
@pytest.mark.parametrize(("top_p", "kept"), [("0", [0]), ("0.6", [0, 1]), ("0.9", [0, 1, 2])])
def test_top_p_keeps_the_fewest_tokens_that_reach_it(drawn, shift, top_p, kept) -> None:
    assert drawn[f"{shift} {top_p}"] == kept
