"""The lab of the experiments' own tests."""

from tests.labs.experiments.conftest import lab

__all__ = ["lab"]
