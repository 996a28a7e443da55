"""Builds llama-cpp-python once for this processor, keeps the wheel, installs it."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from models.errors import UserError
from setup.processor import (
    amx_flags,
    cuda_version,
    describe_processor,
    find_compiler,
    has_metal,
    number_of_cores,
)
from setup.run import SetupRun, bring, refuse_full_disk
from setup.stamps import key_of, sha256_of
from setup.system import COMPILER

PACKAGE = "llama-cpp-python"
RECORD = "build.json"
FAILED = "engine that failed"

_TRY = "import llama_cpp; llama_cpp.llama_backend_init(); print(llama_cpp.__version__)"
_PYTHON_TAG = "import sys, sysconfig as s; print(sys.implementation.cache_tag, s.get_platform())"
_NINJA_LINE = re.compile(r"\[(\d+)/(\d+)\]")


@dataclass(frozen=True)
class EngineBuild:
    """Everything that makes one built wheel different from another."""

    version: str
    device: str  # "CPU", "CUDA", "Metal"
    cmake_args: tuple[str, ...]
    compiler_flags: tuple[str, ...]
    processor: str
    python: str
    toolkit: str = ""

    @property
    def key(self) -> str:
        """The name of the wheel's folder."""
        return f"{self.version}-{self.device.lower()}-{key_of(json.dumps(asdict(self)))}"


def prepare_engine(run: SetupRun) -> None:
    """Have a working engine in `.venv`: built, or taken from `build/wheels`.

    A graphics build that fails gives way to the CPU, says so, and is not tried again by itself.
    """
    builds, sentence = possible_builds(run)
    if run.stamps.matches("engine", builds[0].key):
        return
    run.report.say(sentence)
    *with_graphics, for_cpu = builds
    for build in with_graphics:
        try:
            _install(run, build)
        except UserError as error:
            run.stamps.record(FAILED, build.key)
            run.report.say(f"{error} The engine will use the CPU instead of {build.device}.")
        else:
            return
    _install(run, for_cpu)


def is_installed(run: SetupRun) -> bool:
    """Whether the best engine for this machine is in `.venv`."""
    builds, _ = possible_builds(run)
    return run.stamps.matches("engine", builds[0].key)


def possible_builds(run: SetupRun) -> tuple[list[EngineBuild], str]:
    """Builds worth trying here, best first, the CPU last, and a sentence about the choice.

    One that failed before is left out until a part of its key changes.
    """
    version = pinned_version(run.places.constraints)
    flags = amx_flags(run.commands, find_compiler(run.commands))
    processor = describe_processor(run.commands)
    python = run.commands.output([run.places.python, "-c", _PYTHON_TAG]) or ""
    plain = ("-DLLAVA_BUILD=OFF", *os.environ.get("CMAKE_ARGS", "").split())

    def build(device: str, *more: str, toolkit: str = "") -> EngineBuild:
        return EngineBuild(version, device, (*plain, *more), flags, processor, python, toolkit)

    if has_metal():
        sentence = "This Mac's graphics can be used: the engine will use Metal."
        builds = [build("Metal", "-DGGML_METAL=on"), build("CPU", "-DGGML_METAL=off")]
    else:
        cuda, sentence = cuda_version(run.commands)
        builds = [build("CPU")]
        if cuda:
            builds.insert(0, build("CUDA", "-DGGML_CUDA=on", toolkit=cuda))
    if run.stamps.matches(FAILED, builds[0].key):
        return builds[1:], f"{builds[0].device} did not work here: the engine will use the CPU."
    return builds, sentence


def pinned_version(constraints: Path) -> str:
    """The version of llama-cpp-python in constraints.txt. Raises UserError without one."""
    for line in constraints.read_text(encoding="utf-8").splitlines():
        name, _, version = line.partition("==")
        if name.strip().lower().replace("_", "-") == PACKAGE:
            return version.strip()
    raise UserError(f"{constraints.name} names no version of {PACKAGE}.", "Restore the file.")


def find_wheel(folder: Path) -> Path | None:
    """The wheel that was built into `folder`, if it is whole."""
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        wheel = folder / str(record["wheel"])
        return wheel if sha256_of(wheel) == record["sha256"] else None
    except (OSError, ValueError, KeyError):
        return None


def _install(run: SetupRun, build: EngineBuild) -> None:
    wheel = find_wheel(run.places.wheels / build.key) or _build(run, build)
    failure = "The engine that was built could not be installed."
    run.pip("install", "--no-deps", "--force-reinstall", str(wheel),
            log="install-engine", failure=failure)  # fmt: skip
    run.pip("install", f"{PACKAGE}=={build.version}", log="install-engine-parts", failure=failure)
    run.commands.run(
        [run.places.python, "-c", _TRY],
        f"try-engine-{build.device.lower()}",
        f"The engine was built for {build.device} but does not start.",
    )
    run.stamps.record("engine", build.key)


def _build(run: SetupRun, build: EngineBuild) -> Path:
    refuse_full_disk(run)
    bring(run, COMPILER, lambda: find_compiler(run.commands) is None)
    run.report.say("Building the engine, once for this machine; this takes some minutes.")
    room = run.places.build_room
    shutil.rmtree(room, ignore_errors=True)
    room.mkdir(parents=True)
    try:
        _build_wheel(run, build, room / "wheel")
        wheel = next((room / "wheel").glob("*.whl"))
        _write_record(build, wheel)
        finished = run.places.wheels / build.key
        shutil.rmtree(finished, ignore_errors=True)
        finished.parent.mkdir(parents=True, exist_ok=True)
        wheel.parent.rename(finished)
    finally:
        shutil.rmtree(room, ignore_errors=True)  # pip cannot tidy up when it is stopped
    return finished / wheel.name


def _build_wheel(run: SetupRun, build: EngineBuild, target: Path) -> None:
    """Let pip build into `target`; its temporary files lie beside it.

    pip would take a wheel it keeps from elsewhere, built with other flags: it is kept from that.
    """
    run.commands.run(
        [*_politely(), run.places.python, "-m", "pip", "wheel", "--verbose", "--no-deps",
         "--no-cache-dir", "--no-binary", PACKAGE, "--wheel-dir", target,
         f"{PACKAGE}=={build.version}"],
        f"build-engine-{build.device.lower()}",
        "Building the engine did not work.",
        on_line=lambda line: _show(run, line),
        environment=run.pip_environment
        | build_environment(build)
        | {"TMPDIR": str(target.parent)},
    )  # fmt: skip


def build_environment(build: EngineBuild) -> dict[str, str]:
    """CMake takes the compiler flags from CFLAGS and CXXFLAGS, after those already there."""
    flags = " ".join(build.compiler_flags)
    return {
        "CMAKE_ARGS": " ".join(build.cmake_args),
        "CMAKE_BUILD_PARALLEL_LEVEL": str(number_of_cores()),
        "CFLAGS": f"{os.environ.get('CFLAGS', '')} {flags}".strip(),
        "CXXFLAGS": f"{os.environ.get('CXXFLAGS', '')} {flags}".strip(),
    }


def _politely() -> Iterator[str]:
    """The window is already being used while the compiler runs."""
    nice = shutil.which("nice")
    if nice:
        yield from (nice, "-n", "5")


def _show(run: SetupRun, line: str) -> None:
    found = _NINJA_LINE.search(line)
    if found:
        run.report.progress("engine", "Building the engine", int(found[1]), int(found[2]))


def _write_record(build: EngineBuild, wheel: Path) -> None:
    record = asdict(build) | {"wheel": wheel.name, "sha256": sha256_of(wheel)}
    (wheel.parent / RECORD).write_text(json.dumps(record, indent=2), encoding="utf-8")
