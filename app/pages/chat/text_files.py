"""Reading files that the user attaches: text goes along, everything else gets a sentence."""

from __future__ import annotations

from pathlib import Path

from labs.chat.conversation import Attachment
from models.errors import UserError

MAX_FILE_BYTES = 5_000_000
IMAGE_ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".heic")


def read_attachment(path: Path, *, model_has_projector: bool = False) -> Attachment:
    """A text file as an attachment. Raises UserError when it is none or too large."""
    if path.suffix.lower() in IMAGE_ENDINGS:
        raise _image_refusal(path.name, model_has_projector)
    try:
        size_bytes = path.stat().st_size
        if path.is_dir():
            raise UserError(f"{path.name} is a folder.", "Attach single text files.")
        if size_bytes > MAX_FILE_BYTES:
            raise UserError(
                f"{path.name} is too large to attach ({size_bytes / 1e6:.0f} MB).",
                f"Files up to {MAX_FILE_BYTES / 1e6:.0f} MB can be attached; cut out what matters.",
            )
        return Attachment(path.name, _decode(path.read_bytes(), path.name), size_bytes)
    except OSError as error:
        raise UserError(
            f"{path.name} could not be read: {error.strerror or error}.",
            "Check that the file is still there and that you may read it.",
        ) from error


def _decode(raw: bytes, name: str) -> str:
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        text = "\0" if b"\0" in raw else raw.decode("cp1252", errors="replace")
    if "\0" in text:
        raise UserError(f"{name} is not a text file.", "Only text can be attached.")
    return text.replace("\r\n", "\n")


def _image_refusal(name: str, model_has_projector: bool) -> UserError:
    if model_has_projector:
        return UserError(
            f"{name} is an image: not supported yet.",
            "This model has a file for images, but Assay cannot send any so far.",
        )
    return UserError(f"{name} is an image, and this model reads text only.", "Attach text files.")
