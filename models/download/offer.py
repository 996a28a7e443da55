"""What a repository offers, each choice with the forecast whether it fits, before it is fetched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from models.download.choices import Choice
from models.download.messages import Listing
from models.engine.messages import LoadSettings
from models.fit import Forecast, forecast
from models.hardware.memory import MemoryFree
from models.library.dimensions import Dimensions


@dataclass(frozen=True)
class Offer:
    """`default` is what a person gets who does not choose. `dimensions` come from the header of
    the default choice and hold for the others, which differ only in their types; None where no
    header could be read, and forecasts are then rough."""

    listing: Listing
    choices: tuple[Choice, ...]
    default: Choice
    dimensions: Dimensions | None = None
    needs_token: bool = False

    def forecasts(self, memory: MemoryFree) -> dict[str, Forecast]:
        """By the id of the choice, with the usual settings of a load."""
        return {
            choice.id: forecast(
                _Sizes(choice.weights_bytes, self.dimensions), LoadSettings(), memory
            )
            for choice in self.choices
        }

    def recommended(self, forecasts: Mapping[str, Forecast]) -> Choice | None:
        """The default where it fits, else the largest that does; None where none does."""
        if forecasts[self.default.id].verdict == "fits":
            return self.default
        fitting = [
            choice
            for choice in self.choices
            if forecasts[choice.id].verdict == "fits" and not choice.missing_parts
        ]
        return max(fitting, key=lambda choice: choice.size_bytes, default=None)


@dataclass(frozen=True)
class _Sizes:
    size_bytes: int
    dimensions: Dimensions | None
