"""Splitters stay where the user put them, also over a restart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtWidgets import QSplitter, QWidget


def splitter_sizes(page: QWidget) -> dict[str, list[int]]:
    """Sizes of every splitter with an object name that has been laid out."""
    splitters = page.findChildren(QSplitter)
    return {s.objectName(): s.sizes() for s in splitters if s.objectName() and any(s.sizes())}


def restore_splitters(page: QWidget, sizes: Mapping[str, list[int]]) -> None:
    """Put splitters back; one that has more or fewer parts by now keeps its own idea."""
    for splitter in page.findChildren(QSplitter):
        kept = sizes.get(splitter.objectName(), [])
        if len(kept) == splitter.count() and any(kept):
            splitter.setSizes(kept)


def kept_sizes(saved: Mapping[str, list[int]], pages: Iterable[QWidget]) -> dict[str, list[int]]:
    """Those of this run over those of pages that were not opened."""
    sizes = dict(saved)
    for page in pages:
        sizes |= splitter_sizes(page)
    return sizes
