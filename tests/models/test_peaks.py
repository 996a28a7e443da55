"""What a load took is remembered for the settings it was loaded with."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.engine.messages import LoadSettings
from models.engine.pool import EngineStatus
from models.library.library import Library
from models.library.peaks import note_peaks
from tests.gguf_files import write_gguf

SETTINGS = LoadSettings(n_ctx=2048)


@pytest.mark.parametrize(
    ("state", "n_contexts", "expected"),
    [("ready", 1, 123), ("ready", 2, None), ("loading", 1, None), ("ready", 0, None)],
)
def test_a_single_finished_load_is_remembered(
    tmp_path: Path, state: str, n_contexts: int, expected: int | None
) -> None:
    library = Library(tmp_path / "index")
    (entry,) = library.add(write_gguf(tmp_path / "m" / "tiny.gguf"))
    status = EngineStatus(entry.model, state, "", "", 2048, 123, n_contexts, SETTINGS)  # type: ignore[arg-type]
    note_peaks(library, (status, EngineStatus("sim:echo", "ready", n_contexts=1)))
    assert library.measured_peak(entry, SETTINGS) == expected
    assert library.measured_peak(entry, LoadSettings()) is None
