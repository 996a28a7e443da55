"""Which charts there are, and what each takes from a reading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.widgets.time_chart import Unit
from models.amounts import size_text
from models.hardware.reading import GpuReading, Measured, Reading

Lines = Sequence[tuple[str, Measured]]
SHARED = Measured(reason="It shares the memory of the machine, which has a chart of its own.")
NO_SWAP = Measured(reason="This machine has none.")
PERCENT, MEGAHERTZ = Unit("%", top=100), Unit("MHz", least_top=1000)
WATTS, DEGREES, RATE = Unit("W", least_top=10), Unit("°C", top=100), Unit("B/s", least_top=1e6)


@dataclass(frozen=True)
class Panel:
    """One chart. `lines` are named numbers of a reading; `top` is where its axis ends, 0 where the
    unit knows; `note` stands beside the values."""

    id: str
    title: str
    unit: Unit
    lines: Callable[[Reading], Lines]
    top: Callable[[Reading], float] = lambda _: 0.0
    note: Callable[[Reading], str] = lambda _: ""
    is_graphics: bool = False


def _one(field: str) -> Callable[[Reading], Lines]:
    return lambda reading: (("", getattr(reading, field)),)


def _of(measured: Measured) -> str:
    return "" if measured.value is None else f"of {size_text(round(measured.value))}"


def _programs(reading: Reading) -> str:
    load = reading.load_average.value
    return "" if load is None else f"{load:.1f} programs want to run"


def _memory_note(reading: Reading) -> str:
    level = reading.memory_pressure_level
    return _of(reading.memory_total_bytes) + (f", pressure {level}" if level else "")


def _disk_note(reading: Reading) -> str:
    free = reading.disk_free_bytes.value
    return "" if free is None else f"{size_text(round(free))} free"


def _swap(reading: Reading) -> Lines:
    return (("", reading.swap_used_bytes if _has_swap(reading) else NO_SWAP),)


def _swap_traffic(reading: Reading) -> Lines:
    if not _has_swap(reading):
        return (("", NO_SWAP),)
    return (("in", reading.swap_in_bytes_s), ("out", reading.swap_out_bytes_s))


def _has_swap(reading: Reading) -> bool:
    return reading.swap_total_bytes.value != 0


def _other_parts(reading: Reading) -> Lines:
    """Power of what counts its energy, but is neither the processor nor a graphics processor."""
    return [
        (energy.name, energy.power_w)
        for domain, energy in reading.energy.items()
        if domain != "cpu" and not domain.startswith("gpu")
    ]


def _graphics(field: str) -> Callable[[Reading], Lines]:
    """This field of every graphics processor."""
    return lambda reading: _of_cards(reading.gpus, field, reading.gpu_reason)


def _of_cards(gpus: Sequence[GpuReading], field: str, absent: str) -> Lines:
    if not gpus:
        return (("", Measured(reason=absent)),)
    names = gpu_names(gpus) if len(gpus) > 1 else [""]
    return [(name, getattr(gpu, field)) for name, gpu in zip(names, gpus, strict=True)]


def _graphics_memory(reading: Reading) -> Lines:
    own = [gpu for gpu in reading.gpus if gpu.has_own_memory]
    if reading.gpus and not own:
        return (("", SHARED),)
    return _of_cards(own, "memory_used_bytes", reading.gpu_reason)


def _largest(field: str) -> Callable[[Reading], float]:
    return lambda reading: max(
        (getattr(gpu, field).value or 0.0 for gpu in reading.gpus), default=0
    )


def _graphics_total(reading: Reading) -> str:
    return _of(reading.gpus[0].memory_total_bytes) if len(reading.gpus) == 1 else ""


def _limit(reading: Reading) -> str:
    limit = reading.gpus[0].power_limit_w.value if len(reading.gpus) == 1 else None
    return "" if limit is None else f"of {limit:.0f} W at most"


def gpu_names(gpus: Sequence[GpuReading]) -> list[str]:
    """Short names; equal ones are numbered."""
    names = [gpu.name.removeprefix("NVIDIA ").removeprefix("GeForce ") for gpu in gpus]
    several = {name for name, count in Counter(names).items() if count > 1}
    return [f"{name} {place}" if name in several else name for place, name in enumerate(names)]


PANELS = (
    Panel("cpu", "Processor", PERCENT, _one("cpu_percent"), note=_programs),
    Panel("memory", "Memory", Unit("B", least_top=1e9), _one("memory_used_bytes"),
          lambda r: r.memory_total_bytes.value or 0.0, _memory_note),
    Panel("pressure", "Waiting for memory", Unit("%", least_top=10),
          _one("memory_pressure_percent"), note=lambda _: "of the time"),
    Panel("disk", "Disk", RATE,
          lambda r: (("reading", r.disk_read_bytes_s), ("writing", r.disk_write_bytes_s)),
          note=_disk_note),
    Panel("cpu_power", "Processor power", WATTS, _one("cpu_power_w")),
    Panel("cpu_temperature", "Processor temperature", DEGREES, _one("cpu_temperature_c")),
    Panel("cpu_clock", "Processor clock", MEGAHERTZ, _one("cpu_clock_mhz")),
    Panel("other_power", "Power of other parts", WATTS, _other_parts),
    Panel("swap", "Swap", Unit("B", least_top=1e9), _swap,
          lambda r: r.swap_total_bytes.value or 0.0, lambda r: _of(r.swap_total_bytes)),
    Panel("swap_traffic", "Moved to and from swap", RATE, _swap_traffic),
    Panel("gpu_load", "Graphics load", PERCENT, _graphics("load_percent"),
          is_graphics=True),
    Panel("gpu_power", "Graphics power", WATTS, _graphics("power_w"),
          _largest("power_limit_w"), _limit, is_graphics=True),
    Panel("gpu_memory", "Graphics memory", Unit("B", least_top=1e9), _graphics_memory,
          _largest("memory_total_bytes"), _graphics_total, is_graphics=True),
    Panel("gpu_temperature", "Graphics temperature", DEGREES, _graphics("temperature_c"),
          is_graphics=True),
    Panel("gpu_clock", "Graphics clock", MEGAHERTZ, _graphics("graphics_clock_mhz"),
          is_graphics=True),
    Panel("gpu_memory_clock", "Graphics memory clock", MEGAHERTZ, _graphics("memory_clock_mhz"),
          is_graphics=True),
)  # fmt: skip
