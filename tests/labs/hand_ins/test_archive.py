"""Zip files from anywhere: what is no hand-in is refused with a sentence."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path, PurePosixPath

import pytest

from labs.hand_ins.archive import Archive, Limits, open_archive
from models.errors import UserError


def packed(path: Path, *files: tuple[str, bytes | str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return path


def refused(path: Path, limits: Limits = Limits()) -> str:  # noqa: B008
    with pytest.raises(UserError) as raised:
        open_archive(path, limits)
    return raised.value.message


def test_files_are_read_by_their_path_and_what_systems_leave_is_not(tmp_path: Path) -> None:
    path = packed(
        tmp_path / "a.zip", ("a/lab.json", "{}"), ("__MACOSX/a/._lab.json", "x"),
        ("a/.DS_Store", "x"), ("a/b\\c.md", "words"),
    )  # fmt: skip
    archive = open_archive(path)
    assert sorted(map(str, archive.files)) == ["a/b/c.md", "a/lab.json"]
    assert archive.read(PurePosixPath("a/b/c.md")) == b"words"


@pytest.mark.parametrize(
    "name", ["../x", "a/../../x", "/etc/passwd", "C:\\x", "a\\..\\..\\x", "..", "a\x01b"]
)
def test_a_name_that_leads_outside_is_refused(tmp_path: Path, name: str) -> None:
    path = packed(tmp_path / "a.zip", ("a/lab.json", "{}"), (name, "x"))
    assert "leads outside of its folder" in refused(path)


def test_a_link_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("a/answers.md")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert "a link to another file" in refused(tmp_path / "a.zip")


def test_the_same_name_twice_is_refused(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        packed(tmp_path / "a.zip", ("a/lab.json", "{}"), ("a/lab.json", "[]"))
    assert "twice" in refused(tmp_path / "a.zip")


def test_what_would_be_too_much_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    bomb = packed(tmp_path / "a.zip", *((f"a/{n}", bytes(1 << 20)) for n in range(8)))
    assert bomb.stat().st_size < 1 << 16
    assert "would unpack to 8.39 MB" in refused(bomb, Limits(bytes=4 << 20))
    assert "holds 8 files" in refused(bomb, Limits(files=7))
    assert "letters" in refused(packed(tmp_path / "b.zip", ("a" * 400, "")))


def test_a_part_that_is_longer_than_it_says_is_not_unpacked(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", ("a/lab.json", bytes(4 << 20)))
    archive = open_archive(path)
    (name,) = archive.files
    archive.files[name].file_size = 100  # as a forged header has it
    with pytest.raises(UserError, match=r"damaged|more than it says"):
        archive.read(name)


def test_a_part_that_was_damaged_is_told(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", ("a/lab.json", bytes(range(256)) * 40))
    data = bytearray(path.read_bytes())
    data[60:80] = bytes(20)
    path.write_bytes(data)
    with pytest.raises(UserError, match="is damaged"):
        read_all(open_archive(path))


def read_all(archive: Archive) -> None:
    for name in archive.files:
        archive.read(name)


@pytest.mark.parametrize("content", [b"", b"PK", b"%PDF-1.7 no zip", bytes(4096)])
def test_what_is_no_zip_file_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(content)
    assert refused(tmp_path / "a.zip") == "a.zip is no zip file, or only a part of one."


def test_half_an_archive_a_folder_and_nothing_are_told(tmp_path: Path) -> None:
    whole = packed(tmp_path / "a.zip", ("a/lab.json", "{}"))
    (tmp_path / "half.zip").write_bytes(whole.read_bytes()[:-30])
    assert "only a part of one" in refused(tmp_path / "half.zip")
    assert "is a folder" in refused(tmp_path)
    assert "not there any more" in refused(tmp_path / "gone.zip")


def test_a_locked_archive_is_told(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", ("a/lab.json", "{}"))
    data = path.read_bytes()
    at = data.index(b"PK\x01\x02") + 8  # the flags in the list of files
    path.write_bytes(data[:at] + b"\x01" + data[at + 1 :])
    assert "locked with a password" in refused(path)
