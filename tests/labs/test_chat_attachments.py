"""Attached files: text in the encodings people have, and refusals in a sentence."""

import pytest

from labs.chat.attachments import MAX_BYTES, read_attachment
from models.errors import UserError


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_text_is_read_in_its_encoding(tmp_path, encoding):
    file = tmp_path / "notes.txt"
    file.write_bytes("café – 20 €\r\nend\r".encode(encoding))
    assert read_attachment(file).text == "café – 20 €\nend\n"


def test_name_and_size_are_kept(tmp_path):
    file = tmp_path / "größe.md"
    file.write_bytes("é".encode())
    attachment = read_attachment(file)
    assert (attachment.name, attachment.size_bytes) == ("größe.md", 2)


def test_an_empty_file_is_an_empty_text(tmp_path):
    file = tmp_path / "empty.txt"
    file.touch()
    assert read_attachment(file).text == ""


@pytest.mark.parametrize(
    "raw",
    [b"\x7fELF\x02\x01\x01\x00", b"\x89PN\r\n\x1a\x01\xff", b"text\x00more", bytes(range(256)) * 4],
)
def test_a_binary_file_is_refused(tmp_path, raw):
    file = tmp_path / "data.bin"
    file.write_bytes(raw)
    with pytest.raises(UserError, match=r"data\.bin is not a text file"):
        read_attachment(file)


def test_a_pdf_is_refused_by_its_name_whatever_stands_at_its_beginning(tmp_path):
    file = tmp_path / "paper.pdf"
    file.write_bytes(b"%PDF-1.7\n%\xe2\xe3\n1 0 obj\n" + b"words " * 1000)
    with pytest.raises(UserError, match=r"paper\.pdf is a PDF.*copy the part that matters"):
        read_attachment(file)


@pytest.mark.parametrize(("sees_images", "hint"), [(True, "could see"), (False, "describe")])
def test_an_image_is_not_supported_yet(tmp_path, sees_images, hint):
    with pytest.raises(UserError, match="not supported yet") as refused:
        read_attachment(tmp_path / "photo.JPG", sees_images=sees_images)
    assert hint in refused.value.hint


def test_a_large_file_is_refused_with_its_size(tmp_path):
    file = tmp_path / "big.txt"
    with file.open("wb") as target:
        target.truncate(MAX_BYTES * 2)
    with pytest.raises(UserError, match=r"too large: 4\.0 MB"):
        read_attachment(file)


def test_what_is_missing_or_no_file_is_refused(tmp_path):
    with pytest.raises(UserError, match="is not a file"):
        read_attachment(tmp_path)
    with pytest.raises(UserError, match="is not a file"):
        read_attachment(tmp_path / "gone.txt")
