"""Which graphics cards of a Linux laptop sleep now; asking the driver would wake them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

PCI = Path("/sys/bus/pci/devices")
NVIDIA, DISPLAY = "0x10de", "0x03"


def nvidia_cards(pci: Path = PCI) -> tuple[Path, ...]:
    return display_cards(NVIDIA, pci)


def display_cards(vendor: str, pci: Path = PCI) -> tuple[Path, ...]:
    """The folders of a maker's graphics cards, named by PCI address ("0000:01:00.0")."""
    try:
        devices = sorted(pci.iterdir())
    except OSError:
        return ()
    return tuple(d for d in devices if _word(d / "vendor") == vendor and _is_display(d))


def asleep(cards: Iterable[Path]) -> frozenset[str]:
    """The addresses of those that the kernel has suspended.

    https://docs.kernel.org/power/runtime_pm.html
    """
    status = {card.name: _word(card / "power" / "runtime_status") for card in cards}
    return frozenset(name for name, word in status.items() if word == "suspended")


def may_sleep(cards: Iterable[Path]) -> bool:
    """Whether the kernel suspends one of them while nobody uses it, as laptops do."""
    return any(_word(card / "power" / "control") == "auto" for card in cards)


def _is_display(device: Path) -> bool:
    return _word(device / "class").startswith(DISPLAY)


def _word(file: Path) -> str:
    try:
        return file.read_text().strip()
    except OSError:
        return ""
