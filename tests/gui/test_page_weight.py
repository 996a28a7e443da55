"""What a page brings in when it is opened: nothing that keeps the window waiting for a second."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = ("numpy", "scipy", "matplotlib", "jinja2", "httpx")
LOOK = """
import importlib, json, sys
importlib.import_module(sys.argv[1])
print(json.dumps([name for name in sys.argv[2:] if name in sys.modules]))
"""


@pytest.mark.parametrize("page", ["tokens", "telemetry", "quantization"])
def test_a_page_is_opened_without_heavy_libraries(page: str) -> None:
    words = [sys.executable, "-c", LOOK, f"app.pages.{page}.page", *HEAVY]
    assert json.loads(subprocess.check_output(words)) == []
