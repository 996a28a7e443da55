"""What happens to the machine between two trials is seen."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

from labs.experiments.running.events import SWAP_STEP_BYTES, MachineWatch, throttle_count


def watched() -> tuple[SimpleNamespace, MachineWatch]:
    machine = SimpleNamespace(wall=0.0, steady=0.0, battery=False, swap=0, throttled=0)
    watch = MachineWatch(
        lambda: machine.wall, lambda: machine.steady, lambda: machine.battery,
        lambda: machine.swap, lambda: machine.throttled,
    )  # fmt: skip
    return machine, watch


def test_a_wall_clock_that_runs_ahead_is_a_sleep() -> None:
    machine, watch = watched()
    machine.wall, machine.steady = 3600.0, 1.0
    assert watch.clock_step_s() == 3599.0
    machine.wall, machine.steady = 3605.0, 6.0
    assert watch.clock_step_s() == 0.0


def test_a_wall_clock_that_falls_behind_was_set_back() -> None:
    machine, watch = watched()
    machine.wall, machine.steady = -3600.0, 1.0
    assert watch.clock_step_s() == -3601.0


def test_battery_swap_and_throttling_are_told_once() -> None:
    machine, watch = watched()
    machine.battery, machine.swap, machine.throttled = True, 2 * SWAP_STEP_BYTES, 3
    assert [change["kind"] for change in watch.changes()] == ["battery", "swap", "throttling"]
    assert watch.changes() == []
    machine.battery = False
    assert watch.changes() == [{"kind": "mains"}]


def test_throttling_is_counted_where_the_system_counts_it(tmp_path: Path) -> None:
    assert throttle_count(tmp_path) == 0
    counter = tmp_path / "cpu0" / "thermal_throttle" / "package_throttle_count"
    counter.parent.mkdir(parents=True)
    counter.write_text("7\n")
    assert throttle_count(tmp_path) == 7
