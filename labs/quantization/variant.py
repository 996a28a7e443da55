"""What is compared: a model file, and the types its attention cache is kept in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import get_args

from models.engine.messages import CacheType, LoadSettings
from models.errors import UserError
from models.library.entry import ModelEntry

CACHE_TYPES: tuple[str, ...] = get_args(CacheType)


@dataclass(frozen=True)
class Variant:
    """`settings` as the model is loaded; `cache` the types of keys and values, () as loaded."""

    entry: ModelEntry
    settings: LoadSettings
    cache: tuple[CacheType, CacheType] | None = None

    @property
    def label(self) -> str:
        return self.entry.name + (f"@{'/'.join(self.cache)}" if self.cache else "")

    @property
    def context_settings(self) -> LoadSettings:
        if self.cache is None:
            return self.settings
        return replace(self.settings, type_k=self.cache[0], type_v=self.cache[1])


def variants_of(
    words: Sequence[str],
    resolve: Callable[[str], ModelEntry],
    settings_of: Callable[[ModelEntry], LoadSettings],
) -> tuple[Variant, ...]:
    """Each "NAME", "NAME@q8_0" for keys and values, or "NAME@f16/q8_0"; the first is the base.

    All are loaded as the user's settings for the base say: what is saved for another file, such
    as a smaller cache type, would be measured as the loss of its weights. Raises UserError.
    """
    named = [_named(word, resolve) for word in words]
    settings = settings_of(named[0][0])
    return tuple(Variant(entry, settings, cache) for entry, cache in named)


def _named(
    word: str, resolve: Callable[[str], ModelEntry]
) -> tuple[ModelEntry, tuple[CacheType, CacheType] | None]:
    name, mark, types = word.rpartition("@")
    keys, has_both, values = types.partition("/")
    if not mark or keys not in CACHE_TYPES:
        return _resolved(word, types if mark else "", resolve), None
    if has_both and values not in CACHE_TYPES:
        raise UserError(f"“{values}” is no type of a cache.", f"Types: {', '.join(CACHE_TYPES)}.")
    cache: tuple[CacheType, CacheType] = (keys, values or keys)  # type: ignore[assignment]
    return resolve(name), cache


def _resolved(word: str, types: str, resolve: Callable[[str], ModelEntry]) -> ModelEntry:
    """A path may hold an @, so that is tried first."""
    try:
        return resolve(word)
    except UserError as error:
        if not types:
            raise
        raise UserError(
            f"{error.message.rstrip('.')}, and {types} is no type of a cache.",
            f"Types: {', '.join(CACHE_TYPES)}.",
        ) from error
