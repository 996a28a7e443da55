"""Charts of results as pictures. Brings matplotlib: import it inside jobs only."""

from labs.experiments.figures.drawing import draw

__all__ = ["draw"]
