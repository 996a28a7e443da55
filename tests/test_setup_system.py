"""What the set-up says on each system, and what it does there by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.errors import UserError
from setup.run import bring, refuse_full_disk
from setup.system import (
    COMPILER,
    QT_LIBRARIES,
    System,
    advice,
    find_system,
    install_line,
)
from tests.setup_fakes import setup_run


def only(*programs: str):
    return lambda name: f"/usr/bin/{name}" if name in programs else None


@pytest.mark.parametrize(
    ("platform", "programs", "release", "is_root", "expected"),
    [
        ("linux", ["apt-get"], "ID=debian", True, System("apt", installs=True)),
        ("linux", ["apt-get"], "ID=linuxmint\nID_LIKE=ubuntu", True, System("apt", installs=True)),
        ("linux", ["apt-get"], "ID=debian", False, System("apt")),
        ("linux", ["dnf", "brew"], "ID=fedora", True, System("dnf")),
        ("linux", ["pacman"], "ID=arch", False, System("pacman")),
        ("linux", ["zypper"], "ID=opensuse", False, System("zypper")),
        ("linux", [], "", False, System("")),
        ("darwin", ["brew"], "", False, System("xcode")),
        ("win32", ["winget"], "", False, System("winget")),
    ],
)
def test_the_system_is_known_by_its_package_manager(platform, programs, release, is_root, expected):
    assert find_system(platform, only(*programs), release, is_root) == expected


@pytest.mark.parametrize(
    ("manager", "begins"),
    [
        ("apt", "sudo apt-get install -y build-essential"),
        ("dnf", "sudo dnf install -y gcc-c++"),
        ("pacman", "sudo pacman -S --needed base-devel"),
        ("zypper", "sudo zypper install -y gcc-c++"),
        ("xcode", "xcode-select --install"),
        ("winget", "winget install --id Microsoft.VisualStudio"),
    ],
)
def test_a_missing_compiler_is_named_in_one_line_to_copy(manager, begins):
    line = install_line(System(manager), COMPILER)
    assert line.startswith(begins)
    assert "\n" not in line


@pytest.mark.parametrize("manager", ["apt", "dnf", "pacman", "zypper"])
def test_every_linux_has_a_line_for_the_libraries_of_a_window(manager):
    assert "xkbcommon" in advice(System(manager), QT_LIBRARIES)


def test_an_unknown_system_still_gets_a_sentence():
    assert "a C++ compiler" in advice(System(""), COMPILER)


def test_what_is_there_is_not_installed(tmp_path: Path):
    run, commands = setup_run(tmp_path, System("apt", installs=True))
    bring(run, COMPILER, is_missing=lambda: False)
    assert commands.commands == []


def test_root_on_debian_installs_without_asking(tmp_path: Path):
    run, commands = setup_run(tmp_path, System("apt", installs=True))
    bring(run, COMPILER, is_missing=lambda: not commands.did("build-essential"))
    assert commands.did("update") == commands.did("build-essential") == 1


def test_an_old_package_list_does_not_stop_the_installation(tmp_path: Path):
    run, commands = setup_run(tmp_path, System("apt", installs=True))
    commands.failing.add("apt-update")
    bring(run, COMPILER, is_missing=lambda: not commands.did("build-essential"))
    assert commands.did("build-essential") == 1


def test_elsewhere_the_line_is_named_and_nothing_is_installed(tmp_path: Path):
    run, commands = setup_run(tmp_path, System("dnf"))
    with pytest.raises(UserError, match="sudo dnf install -y gcc-c"):
        bring(run, COMPILER, is_missing=lambda: True)
    assert commands.commands == []


def test_a_full_disk_is_refused_before_anything_is_begun(tmp_path: Path):
    run, _ = setup_run(tmp_path)
    refuse_full_disk(run, free_bytes=5_000_000_000)
    with pytest.raises(UserError, match="nearly full"):
        refuse_full_disk(run, free_bytes=300_000_000)
