"""Files that go along with a message: text is taken whole, anything else is refused kindly."""

from __future__ import annotations

from pathlib import Path

from labs.chat.conversation import Attachment
from models.errors import UserError

MAX_BYTES = 2 * 2**20
_IMAGES = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".heic", ".avif"}
_PDF = b"%PDF-"
_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def read_attachment(path: Path, *, sees_images: bool = False) -> Attachment:
    """Read a text file, at most 2 MB. `sees_images` is true where a projector file lies beside
    the model. Raises UserError for images, PDFs, binary files, and what cannot be read."""
    if path.suffix.lower() in _IMAGES:
        raise _no_image(path, sees_images)
    raw = _read_bytes(path)
    if raw.startswith(_PDF):
        raise UserError(
            f"{path.name} is a PDF, which cannot be attached yet.",
            "Save it as text, or copy the part that matters and paste it.",
        )
    return Attachment(path.name, decode_text(raw, path.name), len(raw))


def decode_text(raw: bytes, name: str) -> str:
    """Text from its bytes: by byte order mark, else UTF-8, else as Western European.

    Line ends become "\\n". Raises UserError when the bytes are no text.
    """
    encoding = next((e for mark, e in _BYTE_ORDER_MARKS if raw.startswith(mark)), "utf-8")
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        if _looks_binary(raw):
            raise _no_text(name) from None
        text = raw.decode("cp1252", errors="replace")
    if "\x00" in text:
        raise _no_text(name)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _read_bytes(path: Path) -> bytes:
    try:
        if not path.is_file():  # a pipe or a device would never end
            raise UserError(f"{path.name} is not a file.", "Choose a text file.")
        size_bytes = path.stat().st_size
        if size_bytes > MAX_BYTES:
            raise UserError(
                f"{path.name} is too large: {size_bytes / 2**20:.1f} MB, and at most "
                f"{MAX_BYTES // 2**20} MB can be attached.",
                "Attach the part that matters.",
            )
        return path.read_bytes()
    except OSError as error:
        raise UserError(
            f"{path.name} cannot be read: {error.strerror or error}.",
            "Check that the file exists and that you may open it.",
        ) from error


def _looks_binary(raw: bytes) -> bool:
    """Control bytes that no text of the last decades contains."""
    odd = sum(byte < 9 or 13 < byte < 27 or 27 < byte < 32 for byte in raw[:4096])
    return odd > 0


def _no_text(name: str) -> UserError:
    return UserError(f"{name} is not a text file.", "Attach plain text, code, Markdown, CSV or so.")


def _no_image(path: Path, sees_images: bool) -> UserError:
    if sees_images:
        return UserError(
            f"{path.name}: images are not supported yet.",
            "This model could see them, but Assay cannot pass them on yet.",
        )
    return UserError(
        f"{path.name}: images are not supported yet.", "Attach text files, or describe the image."
    )
