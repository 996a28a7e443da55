"""What the machine did is kept with a run, over stops, and said where it matters for times."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from labs.experiments.record.machine_kept import TELEMETRY, keep_stretch, kept_machine
from labs.experiments.report.document import document_of
from labs.experiments.report.record import read_record
from labs.experiments.running.runner import TrialsDone
from labs.telemetry.gathering import Watch
from labs.telemetry.summary import Summary
from labs.telemetry.words import caveats_of, rows_of
from models.cancel import CancelToken
from models.errors import Cancelled
from models.hardware.reading import Measured, Reading
from tests.labs.experiments.running import Lab
from tests.labs.telemetry.made_readings import GB, made_reading


class Swaps:
    """Sensors of a machine that moves memory to the disk and runs on battery."""

    latest = None

    def subscribe(self, callback: Callable[[Reading], None]) -> Callable[[], None]:
        for at in range(4):
            callback(made_reading(float(at), swap_out_bytes_s=Measured(0.2 * GB),
                                  swap_in_bytes_s=Measured(0.0), on_battery=True))  # fmt: skip
        return lambda: None


def test_a_run_keeps_what_the_machine_did_and_its_report_says_so(lab: Lab, tmp_path: Path) -> None:
    made = lab.plan(tmp_path / "run", "sim:by-format")
    lab.finish(made, watch=Watch(Swaps(), lambda: 5 * GB))
    found = kept_machine(made)
    assert found and (found.n_readings, found.took_s) == (4, 3.0)
    assert found.extents["workers"].most == 5 * GB
    report = made.file("report.md").read_text()
    assert "The machine during the run" in report and "5.00 GB at most" in report
    assert "Memory ran short: 600.0 MB to the disk" in report and "on battery" in report


def test_a_stopped_run_that_goes_on_has_both_stretches(lab: Lab, tmp_path: Path) -> None:
    made, cancel = lab.plan(tmp_path / "run", "sim:by-format"), CancelToken()
    with lab.working(), pytest.raises(Cancelled):
        for event in lab.run(made, cancel=cancel, watch=Watch(Swaps())).work():
            if isinstance(event, TrialsDone):
                cancel.cancel()
    lab.finish(made, watch=Watch(Swaps()))
    assert len(made.json(TELEMETRY)["stretches"]) == 2
    found = kept_machine(made)
    assert found and found.n_readings == 8


def test_a_run_without_it_is_whole(lab: Lab, tmp_path: Path) -> None:
    made = lab.plan(tmp_path / "run", "sim:by-format")
    lab.finish(made)
    assert not made.file(TELEMETRY).exists() and kept_machine(made) is None
    assert document_of(read_record(made))


def test_a_damaged_file_loses_no_run_and_begins_anew(lab: Lab, tmp_path: Path) -> None:
    made = lab.plan(tmp_path / "run", "sim:by-format")
    for damage in ("{", '{"stretches": 7}', '{"stretches": [{"extents": 3}, 9]}'):
        made.file(TELEMETRY).write_text(damage)
        assert kept_machine(made) is None
    keep_stretch(made, Summary(took_s=2.0, n_readings=4))
    assert kept_machine(made) == Summary(took_s=2.0, n_readings=4)


def test_a_quiet_run_has_no_caveat_and_every_row_says_something() -> None:
    summary = Summary(60.0, 120, throttle_reason="This system does not tell.")
    assert not list(caveats_of(summary))
    rows = dict(rows_of(summary))
    assert rows["Watched"] == "1 min, 120 readings" and all(rows.values())
    assert rows["Held back"] == "This system does not tell."


def test_each_cause_of_long_times_is_a_sentence() -> None:
    summary = Summary(
        60.0, 120, swapped_in_bytes=2.0 * GB, on_battery_s=60.0, throttled_s=12.0,
        throttle_causes=("heat of the processor",),
    )  # fmt: skip
    found = dict(caveats_of(summary))
    assert set(found) == {"swap", "battery", "throttling"}
    assert "2.00 GB back" in found["swap"] and "all the time" in found["battery"]
    assert "12 s of 1 min, by heat of the processor" in found["throttling"]
