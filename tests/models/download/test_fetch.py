"""Downloads through bad luck: cuts, cancels, wrong content, full disks, closed repositories."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from models.cancel import CancelToken
from models.download.hub import Hub
from models.download.hub_process import LockedError
from models.download.messages import RemoteFile
from models.download.partial import Partial
from models.errors import Cancelled, UserError
from models.library.library import Library
from models.library.roots import Root
from models.long_work import result_of
from tests.long_work import watch
from tests.models.download.conftest import LARGE, REPO, MakeHub, download, look, partial
from tests.servers.hub import COMMIT, LoopbackHub, sha256
from tests.servers.kept_tokens import KeptTokens

HALF = len(LARGE) // 2


def test_a_download_lies_in_the_cache_as_other_tools_expect_it(hub: Hub) -> None:
    path = download(hub)
    folder = hub.cache / "models--lab--tiny-GGUF"
    assert path == folder / "snapshots" / COMMIT / "tiny-Q4_K_M.gguf"
    assert path.resolve() == folder / "blobs" / sha256(LARGE)
    assert (folder / "refs" / "main").read_text() == COMMIT
    assert path.read_bytes() == LARGE and partial(hub.cache) is None


def test_the_library_finds_what_was_downloaded(hub: Hub, tmp_path: Path) -> None:
    path = download(hub)
    library = Library(tmp_path / "index", (Root(hub.cache, "Hugging Face", "hugging_face"),))
    (entry,) = result_of(library.scan())
    assert (entry.path, entry.source, entry.problem) == (path, "Hugging Face", "")
    assert entry.sha256 == sha256(LARGE)


def test_progress_ends_with_every_byte(hub: Hub) -> None:
    offer = look(hub)
    steps, _ = watch(hub.download(offer, offer.default, CancelToken()))
    assert [step.total for step in steps] == [len(LARGE)] * len(steps)
    assert (steps[0].done, steps[-1].done) == (0, len(LARGE))


def test_a_second_download_fetches_nothing(hub: Hub, server: LoopbackHub) -> None:
    first = download(hub)
    offer = look(hub)
    server.seen.clear()
    assert offer.default.present_bytes == len(LARGE)
    assert download(hub, offer) == first
    assert server.content_requests() == []


def test_a_cut_is_taken_up_where_it_happened(hub: Hub, server: LoopbackHub) -> None:
    offer = look(hub)
    server.cut_after = [HALF]
    assert download(hub, offer).read_bytes() == LARGE
    last = server.content_requests()[-1].headers["range"]
    assert 0 < int(last.removeprefix("bytes=").removesuffix("-")) <= HALF


def test_a_server_that_ignores_ranges_is_read_from_the_start(hub: Hub, server: LoopbackHub) -> None:
    offer = look(hub)
    server.cut_after, server.ignores_ranges = [HALF], True
    assert download(hub, offer).read_bytes() == LARGE


def test_after_a_cancel_the_next_download_goes_on(hub: Hub, server: LoopbackHub) -> None:
    offer, cancel = look(hub), CancelToken()
    server.hold_after = HALF
    work = hub.download(offer, offer.default, cancel)
    while next(work).done == 0:
        pass
    cancel.cancel()
    with pytest.raises(Cancelled):
        result_of(work)
    kept = partial(hub.cache)
    assert kept is not None and 0 < kept.stat().st_size <= HALF
    assert look(hub).default.present_bytes == kept.stat().st_size
    server.released.set()
    assert download(hub).read_bytes() == LARGE
    assert server.content_requests()[-1].headers["range"].startswith("bytes=")


def test_storage_that_fails_leaves_what_has_arrived(hub: Hub, server: LoopbackHub) -> None:
    offer = look(hub)
    server.cut_after = [HALF]
    server.fails_after_cut = 503
    with pytest.raises(UserError, match=r"trouble of its own \(503\)") as failed:
        download(hub, offer)
    assert "kept" in failed.value.hint and partial(hub.cache) is not None


@pytest.mark.parametrize("file", ["tiny-Q4_K_M.gguf", "config.json"])
def test_wrong_content_is_removed_and_told(hub: Hub, server: LoopbackHub, file: str) -> None:
    server.add("lab/wrong", {"tiny-Q4_K_M.gguf": LARGE})
    if file == "config.json":
        files = {"model.safetensors": b"weights", "config.json": b"{}"}
        server.add("lab/wrong", files, tags=("mlx",))
    server.wrong = {file}
    with pytest.raises(UserError, match=f"{file} arrived damaged: its .* is not the one"):
        download(hub, look(hub, "lab/wrong"))
    assert partial(hub.cache) is None
    assert not list(hub.cache.glob(f"*/snapshots/*/{file}"))


def test_the_token_goes_to_the_hub_and_not_to_its_storage(
    make_hub: MakeHub, server: LoopbackHub
) -> None:
    server.repositories[REPO].is_gated = True
    hub = make_hub(environment={"HF_TOKEN": "hf_right"}, tokens=KeptTokens(is_missing=True))
    assert download(hub).exists()
    assert not any("authorization" in each.headers for each in server.content_requests())
    assert any("authorization" in each.headers for each in server.seen)


@pytest.mark.parametrize(
    ("token", "sentence"),
    [("", "wants to know who downloads it"), ("hf_other", "Your token does not open")],
)
def test_a_gated_repository_says_how_to_be_let_in(
    make_hub: MakeHub, server: LoopbackHub, token: str, sentence: str
) -> None:
    server.repositories[REPO].is_gated = True
    hub = make_hub(environment={"HF_TOKEN": token})
    with pytest.raises(LockedError, match=sentence) as locked:
        download(hub)
    assert f"{server.endpoint}/{REPO}" in locked.value.hint


def test_a_token_that_is_saved_after_the_look_opens_the_download(
    hub: Hub, server: LoopbackHub
) -> None:
    server.repositories[REPO].is_gated = True
    offer = look(hub)
    hub.token.save("hf_right")
    assert download(hub, offer).exists()


def test_a_disk_that_is_too_small_is_told_before_anything_is_fetched(
    make_hub: MakeHub, server: LoopbackHub
) -> None:
    hub = make_hub(keep_free_bytes=1 << 60)
    offer = look(hub)
    server.seen.clear()
    with pytest.raises(UserError, match="The disk is too full"):
        download(hub, offer)
    assert server.seen == []


def test_a_disk_that_fills_up_meanwhile_keeps_what_has_arrived(
    make_hub: MakeHub, server: LoopbackHub, small_disk: Callable[..., Path]
) -> None:
    disk = small_disk("size=2200k")
    hub = make_hub(cache=disk / "hub", keep_free_bytes=0)
    offer, filling = look(hub), disk / "filling"
    server.hold_after = HALF
    work = hub.download(offer, offer.default, CancelToken())
    while next(work).done == 0:
        pass
    filling.write_bytes(bytes(1_300_000))
    server.released.set()
    with pytest.raises(UserError, match="The disk is full"):
        result_of(work)
    filling.unlink()
    assert download(hub).read_bytes() == LARGE


def test_a_disk_is_watched_while_a_file_grows(tmp_path: Path) -> None:
    file = RemoteFile("large.gguf", 1 << 30, "0" * 64)
    growing = Partial(tmp_path / "large", file, keep_free_bytes=1 << 60, told=lambda _done: None)
    with closing(growing), pytest.raises(UserError, match="The disk is too full"):
        for _ in range(20):
            growing.write(bytes(1 << 20))
    assert (tmp_path / "large").stat().st_size == 15 << 20


def test_a_cache_that_cannot_be_written_is_told(make_hub: MakeHub, tmp_path: Path) -> None:
    (tmp_path / "no folder").touch()
    with pytest.raises(UserError, match=r"no folder.* cannot be written"):
        download(make_hub(cache=tmp_path / "no folder"))


def test_one_file_is_not_downloaded_twice_at_once(hub: Hub, server: LoopbackHub) -> None:
    offer = look(hub)
    server.hold_after = HALF
    work = hub.download(offer, offer.default, CancelToken())
    while next(work).done == 0:
        pass
    with pytest.raises(UserError, match="is being downloaded already"):
        download(hub, offer)
    server.released.set()
    assert result_of(work).read_bytes() == LARGE


def test_parts_arrive_as_one_model(hub: Hub, server: LoopbackHub) -> None:
    names = [f"big-Q4_K_M-0000{n}-of-00002.gguf" for n in (1, 2)]
    server.add("lab/big", {names[0]: LARGE, names[1]: LARGE + b"x"})
    path = download(hub, look(hub, "lab/big"))
    assert path.name == names[0]
    assert sorted(each.name for each in path.parent.iterdir()) == names


def test_an_mlx_folder_arrives_whole(hub: Hub, server: LoopbackHub, tmp_path: Path) -> None:
    files = {"model.safetensors": b"weights", "config.json": b'{"quantization": {"bits": 4}}'}
    server.add("lab/tiny-4bit", {**files, "run.py": b"import os"}, tags=("mlx",))
    folder = download(hub, look(hub, "lab/tiny-4bit"))
    assert {each.name: each.read_bytes() for each in folder.iterdir()} == files
    library = Library(tmp_path / "index", (Root(hub.cache, "Hugging Face", "hugging_face"),))
    assert [(e.format, e.path) for e in result_of(library.scan())] == [("mlx", folder)]
