"""The window may be open before the engine is built."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
sys.modules["llama_cpp"] = None
from models.engine.llama_library import library
from models.errors import UserError
try:
    library()
except UserError as error:
    print(error)
"""


def test_an_engine_that_is_not_built_yet_is_a_sentence():
    ended = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True)
    assert "not ready yet" in ended.stdout
    assert "start.py" in ended.stdout
