"""Set Assay up and open it: `python3 start.py`; run its tests: `python3 start.py test`.

Needs nothing but Python 3.11 or newer. Running it again goes on where it stopped.
"""

import sys
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - it is the older Pythons that read this
    sys.exit(
        f"""Assay needs Python 3.11 or newer, and this is {sys.version.split()[0]}. Install one:
  Debian, Ubuntu: sudo apt-get install python3.12 python3.12-venv
  Fedora:         sudo dnf install python3.12
  macOS:          brew install python@3.12
  Windows:        winget install Python.Python.3.12
Then start with it, for example: python3.12 start.py"""
    )

from setup.main import let_signals_interrupt, main

if __name__ == "__main__":
    let_signals_interrupt()
    sys.exit(main(Path(__file__).resolve().parent, sys.argv[1:]))
