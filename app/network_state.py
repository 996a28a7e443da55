"""How Assay stands to the network, in words. Knows no Qt."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class NetworkState:
    """`outside` are the acts that are out there now, in the user's words; `refused` counts what
    was refused since the start."""

    is_sealed: bool
    outside: tuple[str, ...] = ()
    refused: int = 0

    @property
    def is_shut(self) -> bool:
        """Sealed, and nothing out there by the user's leave."""
        return self.is_sealed and not self.outside

    @property
    def sentence(self) -> str:
        if self.outside:
            return f"Open for: {', '.join(self.outside)}."
        if not self.is_sealed:
            return "Open: what you ask for may leave this machine, nothing else."
        times = "once" if self.refused == 1 else f"{self.refused} times"
        history = f"Refused {times} since the start." if self.refused else "Nothing has tried to."
        return f"Sealed: nothing leaves this machine. {history}"
