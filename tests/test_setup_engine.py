"""The engine is built once for each kind of machine, and what was built is checked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from models.errors import UserError
from setup.engine import (
    EngineBuild,
    build_environment,
    find_wheel,
    is_installed,
    pinned_version,
    possible_builds,
    prepare_engine,
)
from setup.processor import AMX_OFF, amx_flags, cuda_version, has_metal, parse_cpuinfo
from tests.setup_fakes import WrittenCommands, setup_run

BUILD = EngineBuild("0.3.36", "CPU", ("-DLLAVA_BUILD=OFF",), AMX_OFF, "a processor", "cpython-311")
WITH_CUDA = {"nvcc": "Cuda compiler driver\nBuild 13.0", "nvidia-smi": "GPU 0: a card"}
WHEEL = "llama_cpp_python-0.3.36-py3-none-any.whl"


def builds_wheels(commands: WrittenCommands) -> None:
    """Give the commands a compiler that works."""

    def build(words: list[str]) -> None:
        folder = Path(words[words.index("--wheel-dir") + 1])
        folder.mkdir(parents=True)
        (folder / WHEEL).write_bytes(b"a wheel")

    commands.effects |= {"build-engine-cpu": build, "build-engine-cuda": build}


@pytest.mark.parametrize(
    "change",
    [
        {"version": "0.3.37"},
        {"device": "CUDA"},
        {"cmake_args": ()},
        {"compiler_flags": ()},
        {"processor": "another"},
        {"python": "cpython-312"},
        {"toolkit": "CUDA 13"},
    ],
)
def test_whatever_makes_a_build_different_changes_its_key(change):
    assert replace(BUILD, **change).key != BUILD.key


def test_a_processor_is_its_model_and_its_flags_in_any_order():
    first = parse_cpuinfo("model name\t: A\nflags\t\t: avx sse\n\nmodel name\t: B\n")
    assert first == parse_cpuinfo("model name\t: A\nflags\t\t: sse avx\n")
    assert first != parse_cpuinfo("model name\t: A\nflags\t\t: sse\n")


@pytest.mark.parametrize(
    ("machine", "accepted", "expected"),
    [("x86_64", "", AMX_OFF), ("x86_64", None, ()), ("aarch64", "", ())],
)
def test_amx_is_left_out_where_the_compiler_knows_it(tmp_path, machine, accepted, expected):
    _, commands = setup_run(tmp_path)
    commands.outputs["g++"] = accepted
    assert amx_flags(commands, "/usr/bin/g++", machine) == expected


@pytest.mark.parametrize(
    ("outputs", "found", "says"),
    [
        ({}, False, "No graphics toolkit"),
        ({"nvcc": "13.0"}, False, "no NVIDIA driver"),
        ({"nvidia-smi": "GPU 0"}, False, "not CUDA's compiler"),
        (WITH_CUDA, True, "will use CUDA"),
    ],
)
def test_cuda_needs_compiler_and_driver_and_the_choice_is_said(tmp_path, outputs, found, says):
    _, commands = setup_run(tmp_path)
    commands.outputs |= outputs
    version, sentence = cuda_version(commands)
    assert (bool(version), says in sentence) == (found, True)


def test_metal_is_for_apple_processors():
    assert has_metal("darwin", "arm64")
    assert not has_metal("darwin", "x86_64")


def test_the_build_leaves_amx_and_images_out():
    environment = build_environment(BUILD)
    assert environment["CMAKE_ARGS"] == "-DLLAVA_BUILD=OFF"
    assert environment["CXXFLAGS"].endswith("-mno-amx-tile -mno-amx-int8 -mno-amx-bf16")


def test_the_version_comes_from_the_constraints(tmp_path: Path):
    constraints = tmp_path / "constraints.txt"
    constraints.write_text("# pins\nLlama_Cpp_Python==1.2.3\n")
    assert pinned_version(constraints) == "1.2.3"


def test_constraints_without_the_engine_are_refused(tmp_path: Path):
    (tmp_path / "constraints.txt").write_text("numpy==2\n")
    with pytest.raises(UserError, match="names no version"):
        pinned_version(tmp_path / "constraints.txt")


def test_a_second_time_neither_builds_nor_installs(tmp_path: Path):
    run, commands = setup_run(tmp_path)
    builds_wheels(commands)
    prepare_engine(run)
    assert is_installed(run)
    before = len(commands.commands)
    prepare_engine(run)
    assert len(commands.commands) == before


def test_a_new_environment_takes_the_wheel_that_was_built(tmp_path: Path):
    run, commands = setup_run(tmp_path)
    builds_wheels(commands)
    prepare_engine(run)
    run.places.stamps.unlink()
    prepare_engine(run)
    assert (commands.did("wheel"), commands.did("--force-reinstall")) == (1, 2)


def test_a_damaged_wheel_is_built_again(tmp_path: Path):
    run, commands = setup_run(tmp_path)
    builds_wheels(commands)
    prepare_engine(run)
    folder = run.places.wheels / possible_builds(run)[0][0].key
    (folder / WHEEL).write_bytes(b"a torn wheel")
    run.places.stamps.unlink()
    prepare_engine(run)
    assert commands.did("wheel") == 2
    assert find_wheel(folder) is not None


def test_a_failed_build_leaves_nothing_that_looks_built(tmp_path: Path):
    run, commands = setup_run(tmp_path)
    commands.failing.add("build-engine-cpu")
    with pytest.raises(UserError, match="did not work"):
        prepare_engine(run)
    assert not list(run.places.wheels.glob("*"))
    assert not is_installed(run)


@pytest.mark.parametrize("step", ["build-engine-cuda", "try-engine-cuda"])
def test_a_cuda_engine_that_fails_gives_way_to_the_cpu_for_good(tmp_path: Path, step):
    run, commands = setup_run(tmp_path)
    builds_wheels(commands)
    commands.outputs |= WITH_CUDA
    commands.failing.add(step)
    prepare_engine(run)
    assert is_installed(run)
    assert [build.device for build in possible_builds(run)[0]] == ["CPU"]
