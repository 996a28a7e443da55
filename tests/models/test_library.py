"""The list of models: finding, grouping, names, adding, removing, identity, what is saved."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from models.engine.messages import LoadSettings
from models.errors import UserError
from models.library.entry import ModelEntry
from models.library.file_names import display_name, quantization
from models.library.index import Index
from models.library.library import Library
from models.library.roots import Root, default_roots
from models.long_work import result_of
from tests.gguf_files import LLAMA, Weights, gguf_bytes, write_gguf


def library(tmp_path: Path, *roots: Root, **options: Any) -> Library:
    return Library(tmp_path / "home" / "index.sqlite3", roots, **options)


def scan(tmp_path: Path, *roots: Root, **options: Any) -> dict[str, ModelEntry]:
    entries: tuple[ModelEntry, ...] = result_of(library(tmp_path, *roots, **options).scan())
    return {entry.name: entry for entry in entries}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "models"
    path.mkdir()
    return path


# ---- finding -------------------------------------------------------------------------------


def test_a_file_becomes_an_entry_with_what_its_header_says(tmp_path: Path, folder: Path) -> None:
    path = write_gguf(folder / "me" / "tiny-Q4_K_M.gguf")
    entry = scan(tmp_path, Root(folder, "LM Studio"))["tiny-Q4_K_M"]
    assert (entry.path, entry.source, entry.quantization) == (path, "LM Studio", "Q4_K_M")
    assert (entry.n_params, entry.n_ctx_train, entry.licence) == (4096, 2048, "apache-2.0")
    assert entry.bits_per_weight == 8.5
    assert entry.can_run


def test_shards_and_projector_are_one_entry(tmp_path: Path, folder: Path) -> None:
    for part in (1, 2, 3):
        write_gguf(folder / f"big-0000{part}-of-00003.gguf")
    write_gguf(folder / "mmproj-big-f16.gguf")
    (entry,) = scan(tmp_path, Root(folder, "Jan")).values()
    assert (entry.name, len(entry.shards), entry.n_params) == ("big", 3, 3 * 4096)
    assert entry.projector_path == folder / "mmproj-big-f16.gguf"


def test_a_shard_set_with_a_missing_part_says_so(tmp_path: Path, folder: Path) -> None:
    write_gguf(folder / "big-00001-of-00002.gguf")
    (entry,) = scan(tmp_path, Root(folder, "Jan")).values()
    assert entry.problem.startswith("1 of 2 parts of this model are missing")


def test_hugging_face_files_come_from_snapshots_with_their_hash(tmp_path: Path) -> None:
    hub = tmp_path / "hub"
    repository = hub / "models--someone--tiny-GGUF"
    data = gguf_bytes()
    digest = hashlib.sha256(data).hexdigest()
    (repository / "blobs").mkdir(parents=True)
    (repository / "blobs" / digest).write_bytes(data)
    for commit in ("aaa", "bbb"):
        (repository / "snapshots" / commit).mkdir(parents=True)
        (repository / "snapshots" / commit / "tiny.gguf").symlink_to(repository / "blobs" / digest)
    (entry,) = scan(tmp_path, Root(hub, "Hugging Face", "hugging_face")).values()
    assert (entry.name, entry.sha256) == ("tiny", digest)


def ollama_store(store: Path, data: bytes, tag: str = "8b") -> str:
    digest = hashlib.sha256(data).hexdigest()
    manifest = store / "manifests" / "registry.ollama.ai" / "library" / "llama3" / tag
    manifest.parent.mkdir(parents=True, exist_ok=True)
    (store / "blobs").mkdir(exist_ok=True)
    (store / "blobs" / f"sha256-{digest}").write_bytes(data)
    layer = {"mediaType": "application/vnd.ollama.image.model", "digest": f"sha256:{digest}"}
    manifest.write_text(json.dumps({"schemaVersion": 2, "layers": [layer]}))
    return digest


def test_ollama_manifests_lead_to_their_blobs(tmp_path: Path) -> None:
    digest = ollama_store(tmp_path / "ollama", gguf_bytes())
    entry = scan(tmp_path, Root(tmp_path / "ollama", "Ollama", "ollama"))["llama3:8b"]
    assert (entry.sha256, entry.quantization) == (digest, "Q8_0")


@pytest.mark.parametrize(
    "manifest", ["", "[]", "{", '{"layers": 3}', '{"layers": [{"digest": "sha256:../../x"}]}']
)
def test_a_broken_manifest_is_passed_over(tmp_path: Path, manifest: str) -> None:
    ollama_store(tmp_path / "ollama", gguf_bytes())
    bad = tmp_path / "ollama" / "manifests" / "registry.ollama.ai" / "library" / "llama3" / "bad"
    bad.write_text(manifest)
    assert set(scan(tmp_path, Root(tmp_path / "ollama", "Ollama", "ollama"))) == {"llama3:8b"}


def test_an_mlx_folder_that_cannot_be_run_is_listed_with_the_reason(
    tmp_path: Path, folder: Path
) -> None:
    model = folder / "Tiny-MLX-4bit"
    model.mkdir()
    (model / "config.json").write_text(
        json.dumps({"model_type": "llama", "quantization": {"bits": 4, "group_size": 64}})
    )
    (model / "model.safetensors").write_bytes(bytes(100))
    entry = scan(tmp_path, Root(folder, "LM Studio"))["Tiny-MLX-4bit"]
    assert (entry.format, entry.quantization, entry.size_bytes) == ("mlx", "4-bit", 100)
    assert "tokenizer.json" in entry.problem or "MLX is not installed" in entry.problem


def test_roots_follow_the_system_and_its_environment() -> None:
    linux = {r.path.as_posix(): r.source for r in default_roots(Path("/h"), {}, "linux")}
    assert linux["/h/.cache/huggingface/hub"] == "Hugging Face"
    assert linux["/h/.local/share/Jan/data/llamacpp/models"] == "Jan"
    names = {"HF_HUB_CACHE": "/hf", "OLLAMA_MODELS": "/ol", "LLAMA_CACHE": "/lc"}
    chosen = {r.path.as_posix() for r in default_roots(Path("/h"), names, "linux")}
    assert {"/hf", "/ol", "/lc"} <= chosen


# ---- bad luck ------------------------------------------------------------------------------


def test_links_in_circles_and_broken_files_do_not_stop_the_scan(
    tmp_path: Path, folder: Path
) -> None:
    (folder / "circle").symlink_to(folder)
    (folder / "a").mkdir()
    (folder / "a" / "self.gguf").symlink_to(folder / "a" / "self.gguf")
    (folder / "empty.gguf").touch()
    write_gguf(folder / "z-good.gguf")
    entries = scan(tmp_path, Root(folder, "Your folders"))
    assert entries["empty"].problem.startswith("empty.gguf cannot be read as a GGUF model")
    assert "self.gguf is no longer in" in entries["self"].problem
    assert entries["z-good"].can_run


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="this user may read every folder"
)
def test_an_unreadable_folder_is_named(tmp_path: Path, folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o000)
    lib = library(tmp_path, Root(folder, "Your folders"))
    result_of(lib.scan())
    assert lib.unreadable_folders() == (closed,)


def test_an_interrupted_download_is_listed_with_what_is_missing(
    tmp_path: Path, folder: Path
) -> None:
    os.truncate(write_gguf(folder / "half.gguf"), 2500)
    assert "incomplete" in scan(tmp_path, Root(folder, "Jan"))["half"].problem


def test_a_file_moved_while_listed_gets_a_sentence(tmp_path: Path, folder: Path) -> None:
    path = write_gguf(folder / "tiny.gguf")
    lib = library(tmp_path, Root(folder, "Jan"))
    (entry,) = result_of(lib.scan())
    path.rename(tmp_path / "elsewhere.gguf")
    with pytest.raises(UserError, match="no longer in"):
        lib.resolve("tiny")
    assert "no longer in" in lib.refresh(entry).problem
    assert "no longer in" in result_of(lib.scan())[0].problem


def test_what_cannot_run_is_refused_before_it_is_loaded(tmp_path: Path, folder: Path) -> None:
    os.truncate(write_gguf(folder / "half.gguf"), 2500)
    write_gguf(folder / "whole.gguf")
    lib = library(tmp_path, Root(folder, "Jan"))
    assert lib.resolve_to_run("whole").complete
    assert lib.resolve_to_run("sim:echo").model == "sim:echo"
    with pytest.raises(UserError, match="incomplete"):
        lib.resolve_to_run("half")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_a_name_that_is_no_text_is_listed_and_cached(tmp_path: Path, folder: Path) -> None:
    write_gguf(Path(os.fsdecode(os.fsencode(folder) + b"/bad\xff.gguf")))
    for _ in range(2):
        (entry,) = scan(tmp_path, Root(folder, "Jan")).values()
        assert entry.name == "bad?"


def test_a_damaged_index_is_built_anew(tmp_path: Path, folder: Path) -> None:
    write_gguf(folder / "tiny.gguf")
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "index.sqlite3").write_bytes(b"no database at all" * 100)
    assert "tiny" in scan(tmp_path, Root(folder, "Jan"))


@pytest.mark.parametrize("place", ["home", "home/index.sqlite3"])
def test_without_an_index_the_list_is_only_slower(tmp_path: Path, folder: Path, place: str) -> None:
    write_gguf(folder / "tiny.gguf")
    blocked = tmp_path / place
    blocked.parent.mkdir(exist_ok=True)
    blocked.mkdir() if place.endswith("3") else blocked.write_text("a file, no folder")
    assert "tiny" in scan(tmp_path, Root(folder, "Jan"))


def test_an_index_that_another_process_writes_is_left_alone(tmp_path: Path, folder: Path) -> None:
    write_gguf(folder / "tiny.gguf")
    scan(tmp_path, Root(folder, "Jan"))
    path = tmp_path / "home" / "index.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert Index(path).read() == {}
    assert len(Index(path).read()) == 1


def test_damaged_records_are_set_aside(tmp_path: Path) -> None:
    (tmp_path / "models.json").write_text("{")
    lib = Library(tmp_path / "index.sqlite3")
    assert lib.entries() == ()
    assert (tmp_path / "models.damaged").read_text() == "{"


# ---- the cache -----------------------------------------------------------------------------


def test_an_unchanged_file_is_not_read_again(tmp_path: Path, folder: Path) -> None:
    path = write_gguf(folder / "tiny.gguf")
    before = scan(tmp_path, Root(folder, "Jan"))
    status = path.stat()
    with path.open("r+b") as file:
        file.write(b"XXXX")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert scan(tmp_path, Root(folder, "Jan")) == before


def test_a_changed_file_is_read_again(tmp_path: Path, folder: Path) -> None:
    path = write_gguf(folder / "tiny.gguf")
    scan(tmp_path, Root(folder, "Jan"))
    write_gguf(path, {**LLAMA, "general.name": "Another"})
    assert scan(tmp_path, Root(folder, "Jan"))["tiny"].title == "Another"


# ---- names ---------------------------------------------------------------------------------


def test_resolve_knows_names_ids_paths_the_starter_and_simulated_models(
    tmp_path: Path, folder: Path
) -> None:
    starter = write_gguf(tmp_path / "starter" / "S.gguf")
    path = write_gguf(folder / "Tiny.gguf")
    lib = library(tmp_path, Root(folder, "Jan"), starter=starter)
    entry = lib.resolve("tiny")
    assert lib.resolve(entry.id) == lib.resolve(str(path)) == entry
    assert lib.resolve("starter").path == starter
    assert lib.resolve("sim:slow?delay_ms=2").model == "sim:slow?delay_ms=2"


def test_the_starter_is_found_once_it_is_prepared(tmp_path: Path) -> None:
    place = tmp_path / "starter" / "S.gguf"
    lib = library(tmp_path, starter=place)
    assert result_of(lib.scan()) == ()
    write_gguf(place)
    assert lib.resolve("starter").path == place
    assert lib.find(str(place)) == lib.resolve("starter")


@pytest.mark.parametrize(
    "name",
    ["Tinny", "sim:nobody", "starter", "/nowhere/x.gguf", "", "~nobody-here/x.gguf", "x" * 5000],
)
def test_resolve_refuses_with_a_sentence(tmp_path: Path, folder: Path, name: str) -> None:
    write_gguf(folder / "Tiny.gguf")
    with pytest.raises(UserError):
        library(tmp_path, Root(folder, "Jan")).resolve(name)


def test_a_folder_of_several_models_is_not_taken_for_one(tmp_path: Path, folder: Path) -> None:
    for name in ("a", "b"):
        write_gguf(folder / f"{name}.gguf")
    with pytest.raises(UserError, match=r"There are 2 models in .* Name one: a.gguf, b.gguf"):
        library(tmp_path).resolve(str(folder))


def test_models_of_one_name_are_told_apart(tmp_path: Path, folder: Path) -> None:
    for place, seed in (("a", 1), ("b", 2), ("c", 3)):
        write_gguf(folder / place / "same.gguf", {**LLAMA, "seed": seed})
    roots = (Root(folder / "a", "Jan"), Root(folder / "b", "LM Studio"), Root(folder / "c", "Jan"))
    assert set(scan(tmp_path, *roots)) == {"same (Jan)", "same (LM Studio)", "same (Jan 2)"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Qwen2.5-7B-Instruct-Q4_K_M", "Q4_K_M"),
        ("llama.Q8_0", "Q8_0"),
        ("gemma-UD-IQ2_XXS", "UD-IQ2_XXS"),
        ("model-fp16", "F16"),
        ("Qwen3-0.6B", ""),
    ],
)
def test_a_name_says_its_type(name: str, expected: str) -> None:
    assert quantization(name) == expected


def test_a_bare_model_file_is_named_after_its_folder() -> None:
    assert display_name(Path("/jan/gemma-3-1b/model.gguf")) == "gemma-3-1b"


# ---- adding and removing -------------------------------------------------------------------


def test_a_model_that_comes_again_after_it_was_taken_off_is_listed(
    tmp_path: Path, folder: Path
) -> None:
    path, models = write_gguf(folder / "tiny.gguf"), library(tmp_path, Root(folder, "Jan"))
    models.remove(models.resolve("tiny"))
    assert not models.entries()
    models.welcome(path)
    assert [entry.name for entry in models.entries()] == ["tiny"]


def test_an_added_file_stays_in_place_and_in_the_list(tmp_path: Path, folder: Path) -> None:
    path = write_gguf(folder / "tiny.gguf")
    (entry,) = library(tmp_path).add(path)
    assert entry.path == path
    assert set(scan(tmp_path)) == {"tiny"}


@pytest.mark.parametrize("name", ["notes.txt", "mmproj-x.gguf", "broken.gguf", "missing.gguf", "."])
def test_what_is_no_model_cannot_be_added(tmp_path: Path, folder: Path, name: str) -> None:
    for other in ("notes.txt", "mmproj-x.gguf"):
        (folder / other).write_text("hello")
    if name == "broken.gguf":
        (folder / name).write_text("hello")
    with pytest.raises(UserError):
        library(tmp_path).add(folder / name)


def test_removing_leaves_the_file_and_can_be_undone(tmp_path: Path, folder: Path) -> None:
    path = write_gguf(folder / "tiny.gguf")
    lib = library(tmp_path, Root(folder, "Jan"))
    (entry,) = result_of(lib.scan())
    lib.remove(entry)
    assert result_of(lib.scan()) == ()
    assert path.exists()
    lib.restore(entry)
    assert lib.entries() == (entry,)


def test_moving_to_the_bin_takes_every_part(tmp_path: Path, folder: Path) -> None:
    paths = [write_gguf(folder / f"big-0000{part}-of-00002.gguf") for part in (1, 2)]
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    lib = library(tmp_path, Root(folder, "Jan"), trash=lambda path: shutil.move(path, bin_folder))
    (entry,) = result_of(lib.scan())
    lib.move_to_bin(entry)
    assert lib.entries() == ()
    assert {path.name for path in bin_folder.iterdir()} == {path.name for path in paths}


def test_files_of_a_store_are_left_to_their_tool(tmp_path: Path) -> None:
    ollama_store(tmp_path / "ollama", gguf_bytes())
    lib = library(tmp_path, Root(tmp_path / "ollama", "Ollama", "ollama"))
    with pytest.raises(UserError, match="ollama rm"):
        lib.move_to_bin(result_of(lib.scan())[0])


# ---- identity ------------------------------------------------------------------------------


def test_the_full_hash_is_computed_once_and_kept(tmp_path: Path, folder: Path) -> None:
    path = write_gguf(folder / "tiny.gguf")
    lib = library(tmp_path, Root(folder, "Jan"))
    (entry,) = result_of(lib.scan())
    expected = hashlib.sha256(path.read_bytes()).hexdigest()
    assert result_of(lib.sha256(entry)) == expected
    assert list(lib.sha256(entry)) == []
    assert library(tmp_path, Root(folder, "Jan")).known_sha256(entry) == expected


def test_copies_of_one_file_know_each_other(tmp_path: Path, folder: Path) -> None:
    ollama_store(tmp_path / "ollama", gguf_bytes())
    write_gguf(folder / "copy.gguf")
    write_gguf(folder / "other.gguf", {**LLAMA, "general.file_type": 8})
    lib = library(tmp_path, Root(folder, "Jan"), Root(tmp_path / "ollama", "Ollama", "ollama"))
    result_of(lib.scan())
    assert [e.name for e in lib.duplicates(lib.resolve("copy"))] == ["llama3:8b"]


def test_files_of_one_size_with_other_weights_differ(tmp_path: Path, folder: Path) -> None:
    data = bytearray(write_gguf(folder / "a.gguf", weights=(Weights(),)).read_bytes())
    data[-100] ^= 1
    (folder / "b.gguf").write_bytes(data)
    lib = library(tmp_path, Root(folder, "Jan"))
    result_of(lib.scan())
    assert lib.duplicates(lib.resolve("a")) == ()


# ---- what is saved for a model -------------------------------------------------------------


def test_load_settings_and_measured_memory_are_saved_with_the_model(
    tmp_path: Path, folder: Path
) -> None:
    write_gguf(folder / "tiny.gguf")
    lib = library(tmp_path, Root(folder, "Jan"))
    (entry,) = result_of(lib.scan())
    chosen = LoadSettings(n_ctx=8192, type_k="q8_0")
    lib.save_load_settings(entry, chosen)
    lib.record_peak(entry, chosen, 123)
    again = library(tmp_path, Root(folder, "Jan"))
    assert again.load_settings(entry) == chosen
    assert again.measured_peak(entry, chosen) == 123
    assert again.measured_peak(entry, LoadSettings()) is None


def test_a_window_and_a_command_line_keep_each_others_decisions(
    tmp_path: Path, folder: Path
) -> None:
    first, second = (library(tmp_path, Root(folder, "Jan")) for _ in range(2))
    write_gguf(folder / "tiny.gguf")
    (entry,) = result_of(first.scan())
    second.add(write_gguf(tmp_path / "elsewhere" / "mine.gguf"))
    first.save_load_settings(entry, LoadSettings(threads=2))
    assert {e.name for e in result_of(first.scan())} == {"tiny", "mine"}
    assert second.load_settings(entry) == LoadSettings()
    result_of(second.scan())
    assert second.load_settings(entry) == LoadSettings(threads=2)


def test_wrong_saved_values_fall_back_to_their_defaults(tmp_path: Path) -> None:
    load = {"n_ctx": "many", "type_k": "q9", "threads": 3, "use_mmap": 1, "unknown": 1}
    (tmp_path / "models.json").write_text(json.dumps({"models": {"x": {"load": load}}}))
    entry = ModelEntry("x", "x", tmp_path, "gguf", 0, "Jan")
    assert Library(tmp_path / "i").load_settings(entry) == LoadSettings(threads=3)
