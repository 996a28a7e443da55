"""Looking a repository up: what is listed, what is forecast, and what the hub gets to hear."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from models.cancel import CancelToken
from models.download.hub import Hub
from models.download.hub_process import LockedError
from models.download.repository import parse_repository
from models.errors import Cancelled, UserError
from models.hardware.memory import MemoryFree
from models.long_work import result_of
from models.network import Act, Door, Gate, Sealed
from tests.models.download.conftest import LARGE, REPO, SMALL, MakeHub, download, look
from tests.servers.hub import LoopbackHub
from tests.servers.kept_tokens import KeptTokens

ROOMY = MemoryFree(64 << 30, 64 << 30)


def test_a_forecast_comes_from_the_header_before_the_weights_are_fetched(
    hub: Hub, server: LoopbackHub
) -> None:
    offer = look(hub)
    (asked,) = server.content_requests()
    assert asked.headers["range"] == "bytes=0-262143"
    forecasts = offer.forecasts(ROOMY)
    assert {f.verdict for f in forecasts.values()} == {"fits"}
    assert not any(f.is_rough for f in forecasts.values())


def test_choices_are_listed_with_size_licence_and_the_usual_one_chosen(hub: Hub) -> None:
    offer = look(hub)
    assert [(c.name, c.size_name) for c in offer.choices] == [
        ("tiny-Q8_0", "Large"),
        ("tiny-Q4_K_M", "Balanced"),
    ]
    assert (offer.default.name, offer.listing.licence) == ("tiny-Q4_K_M", "apache-2.0")


def test_where_the_usual_choice_has_no_room_the_largest_that_fits_is_recommended(hub: Hub) -> None:
    offer = look(hub)
    little = int(offer.forecasts(ROOMY)[offer.default.id].total_bytes / 0.95) - 1
    forecasts = offer.forecasts(MemoryFree(little, little))
    assert forecasts[offer.default.id].verdict != "fits"
    recommended = offer.recommended(forecasts)
    assert recommended is not None and recommended.name == "tiny-Q8_0"


def test_a_header_that_cannot_be_read_makes_the_forecasts_rough(
    hub: Hub, server: LoopbackHub
) -> None:
    server.add("lab/odd-GGUF", {"odd-Q4_0.gguf": b"GGUF" + bytes(1000)})
    offer = look(hub, "lab/odd-GGUF")
    assert all(forecast.is_rough for forecast in offer.forecasts(ROOMY).values())


def test_the_hub_hears_nothing_but_what_was_asked_for(
    make_hub: MakeHub, server: LoopbackHub
) -> None:
    look(make_hub(environment={"HF_TOKEN": "hf_right"}))
    asked = [(each.server, each.method) for each in server.seen]
    assert asked == [("hub", "GET"), ("hub", "GET"), ("storage", "GET")]
    assert not any("authorization" in each.headers for each in server.seen)


def test_what_other_programs_keep_for_the_hub_stays_here(
    hub: Hub, server: LoopbackHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of `hf auth login` and of curl: nobody gave either of them to Assay."""
    for name, words in (
        ("HF_TOKEN_PATH", "hf_right"),
        ("NETRC", "machine 127.0.0.1 login ann password hf_right"),
    ):
        monkeypatch.setenv(name, str(tmp_path / name))
        (tmp_path / name).write_text(words, encoding="utf-8")
    download(hub)
    assert not any("authorization" in each.headers for each in server.seen)


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"README.md": b"x", "model.safetensors": b"x"}, "neither GGUF files nor MLX weights"),
        ({"a-Q4_0-00001-of-00002.gguf": b"x"}, "only parts of models"),
    ],
)
def test_a_repository_without_a_model_to_run_is_refused(
    hub: Hub, server: LoopbackHub, files: dict[str, bytes], sentence: str
) -> None:
    server.add("lab/none", files)
    with pytest.raises(UserError, match=sentence):
        look(hub, "lab/none")


def test_a_repository_that_is_not_there_may_be_a_private_one(hub: Hub) -> None:
    with pytest.raises(LockedError, match="There is no repository lab/nothing"):
        look(hub, "lab/nothing")


@pytest.mark.parametrize(("status", "sentence"), [(503, "trouble of its own"), (429, "a pause")])
def test_a_hub_with_trouble_is_told_in_a_sentence(
    hub: Hub, server: LoopbackHub, status: int, sentence: str
) -> None:
    server.broken[f"api/models/{REPO}/revision/main"] = status
    with pytest.raises(UserError, match=sentence):
        look(hub)


def test_a_hub_that_is_not_there_could_not_be_reached(make_hub: MakeHub) -> None:
    with pytest.raises(UserError, match=r"127\.0\.0\.1 could not be reached"):
        look(make_hub(environment={"HF_ENDPOINT": "http://127.0.0.1:9"}))


def test_while_sealed_a_hub_elsewhere_is_not_asked_and_one_yes_lets_one_act_out(
    make_hub: MakeHub,
) -> None:
    gate = Gate(Door(), lambda: True)
    hub = make_hub(gate=gate, environment={"HF_ENDPOINT": "https://hub.invalid"})
    with pytest.raises(Sealed) as sealed:
        look(hub)
    assert sealed.value.act == Act(f"Look up {REPO} at the hub", "hub.invalid")
    gate.allow_once(sealed.value.act)
    with pytest.raises(UserError, match="could not be reached"):
        look(hub)
    with pytest.raises(Sealed):
        look(hub)
    tried = [(a.process, a.host, a.allowed) for a in gate.ledger.attempts if a.event != "act"]
    assert ("Download", "hub.invalid", True) in tried


def test_a_cancelled_look_ends_its_process(hub: Hub, server: LoopbackHub) -> None:
    server.hold_after = 10
    cancel = CancelToken()
    work = hub.look(parse_repository(REPO), cancel)
    next(work)
    assert next(work).startswith("Reading the header")
    cancel.cancel()
    with pytest.raises(Cancelled):
        result_of(work)


def test_a_token_is_kept_in_the_keyring_and_sent_only_where_it_is_asked_for(
    make_hub: MakeHub, server: LoopbackHub
) -> None:
    tokens = KeptTokens()
    hub = make_hub(tokens=tokens)
    hub.token.save(" hf_right ")
    server.repositories[REPO].is_gated = True
    offer = look(hub)
    sent = [each.headers.get("authorization") for each in server.seen]
    assert sent == [None, "Bearer hf_right", None]
    assert offer.needs_token and offer.dimensions is not None


def test_the_forecast_of_an_mlx_folder_comes_from_its_config(hub: Hub, server: LoopbackHub) -> None:
    config = {
        "model_type": "llama",
        "num_hidden_layers": 2,
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "vocab_size": 40,
    }
    files = {"model.safetensors": b"weights", "config.json": json.dumps(config).encode()}
    server.add("lab/tiny-4bit", files, tags=("mlx",))
    offer = look(hub, "lab/tiny-4bit")
    assert offer.dimensions is not None and offer.dimensions.kv_heads == (2, 2)
    assert server.content_requests() == []


@pytest.mark.parametrize(
    "path",
    ["tiny-Q8_0.gguf", "../../evil-Q8_0.gguf", "..\\..\\evil-Q8_0.gguf", "C:evil-Q8_0.gguf"],
)
def test_names_that_would_lead_out_of_the_cache_are_not_offered(
    hub: Hub, server: LoopbackHub, path: str
) -> None:
    server.add(REPO, {"tiny-Q4_K_M.gguf": LARGE, path: SMALL})
    server.hashes["tiny-Q8_0.gguf"] = "../../../evil"
    assert [choice.name for choice in look(hub).choices] == ["tiny-Q4_K_M"]
