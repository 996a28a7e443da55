"""Text as it comes, from a file or a field, made fit to be cut; what was changed is said."""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from models.amounts import size_text
from models.errors import UserError
from models.tokenizers.tokenizers import MAX_TEXT_BYTES

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"),
          (codecs.BOM_UTF16_BE, "utf-16-be"))  # fmt: skip
_HALF = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Reading:
    """`notes` are sentences on what was not text and was replaced or left out."""

    text: str
    notes: tuple[str, ...] = ()


def read_text(text: str) -> Reading:
    """Half characters (lone surrogates, which no UTF-8 can hold) become "�"."""
    with suppress(UnicodeEncodeError):
        text.encode()  # a tenth of the time of looking for halves
        return Reading(text)
    sound, n_halves = _HALF.subn("�", text)
    what = "half of a character, which was" if n_halves == 1 else (
        f"{n_halves:,} halves of characters, which were"
    )  # fmt: skip
    return Reading(sound, (f"The text held {what} replaced by �.",))


def read_file(path: Path) -> Reading:
    """UTF-8, or UTF-16 where the file says so; bytes that are no text become "�".

    Raises UserError where it cannot be read or is too long.
    """
    try:
        size_bytes = path.stat().st_size
        if size_bytes > MAX_TEXT_BYTES:
            raise _too_long(f"{path.name} has {size_text(size_bytes)}")
        with path.open("rb") as file:
            return read_stream(file, path.name)
    except OSError as error:
        raise UserError(
            f"{path.name} cannot be read: {error.strerror or error}.", "Choose another file."
        ) from error


def read_stream(file: BinaryIO, name: str) -> Reading:
    """See read_file; of one without an end, such as a pipe, no more is read than may be cut."""
    raw = file.read(MAX_TEXT_BYTES + 1)
    if len(raw) > MAX_TEXT_BYTES:
        raise _too_long(f"{name} has more than can be cut")
    return read_bytes(raw)


def read_bytes(raw: bytes) -> Reading:
    """See read_file; a byte-order mark, which is no part of the text, is left out and told."""
    mark, encoding = next(((m, e) for m, e in _MARKS if raw.startswith(m)), (b"", "utf-8"))
    body = raw[len(mark) :]
    notes = ("The byte-order mark at the beginning was left out.",) if mark else ()
    try:
        return Reading(body.decode(encoding), notes)
    except UnicodeDecodeError as error:
        place = len(mark) + error.start
        note = f"Not all of it is text: bytes from {place:,} on that are no {encoding.upper()} "
        return Reading(body.decode(encoding, "replace"), (*notes, f"{note}were replaced by �."))


def _too_long(what: str) -> UserError:
    return UserError(
        f"{what}; at most {size_text(MAX_TEXT_BYTES)} are cut at once.", "Take a part of it."
    )
