"""The lab of the experiments' own tests, and its one garbage collection."""

from tests.labs.experiments.conftest import lab, libraries_are_searched_once

__all__ = ["lab", "libraries_are_searched_once"]
