"""Presets as small files."""

import json

import pytest

from labs.chat.conversation import ChatOptions
from labs.chat.presets import Preset, Presets, matching, read_preset
from models.engine.messages import Sampling
from models.errors import UserError

MINE = Preset("My way", "for tests", ChatOptions("Be kind.", Sampling(temperature=0.3), 99))


@pytest.fixture
def presets(tmp_path):
    return Presets(tmp_path / "presets")


def test_three_presets_come_with_assay(presets):
    loaded = presets.load()
    assert [f.preset.name for f in loaded.files] == ["Balanced", "Creative", "Precise"]
    assert all(f.shipped for f in loaded.files) and loaded.problems == ()


def test_balanced_is_what_a_new_chat_has(presets):
    found = matching(presets.load().files, ChatOptions())
    assert found is not None and found.preset.name == "Balanced"


def test_choosing_a_shipped_preset_leaves_the_rest_alone(presets):
    precise = presets.load().files[-1].preset
    chosen = precise.applied_to(ChatOptions("Be kind.", max_tokens=5))
    assert (chosen.system_prompt, chosen.max_tokens) == ("Be kind.", 5)
    assert chosen.sampling.temperature == 0.1


def test_a_saved_preset_comes_back(presets):
    path = presets.save(MINE)
    assert read_preset(path) == MINE and path.name == "my-way.json"
    assert presets.load().files[-1].preset == MINE


def test_saving_again_replaces_it(presets):
    first = presets.save(MINE)
    second = presets.save(Preset("My way", options=ChatOptions("Other")))
    assert first == second and read_preset(first).options.system_prompt == "Other"
    assert [p.name for p in first.parent.iterdir()] == ["my-way.json"]


@pytest.mark.parametrize("name", ["../../escape", "a/b", "CON:", "日本", "...", "x" * 300])
def test_any_name_gets_a_harmless_file(presets, tmp_path, name):
    path = presets.save(Preset(name))
    assert path.parent == tmp_path / "presets" and read_preset(path).name == name


def test_names_that_look_alike_do_not_replace_each_other(presets):
    assert presets.save(Preset("a b")) != presets.save(Preset("a-b"))


@pytest.mark.parametrize("name", ["", "  ", "Precise"])
def test_empty_and_shipped_names_are_refused(presets, name):
    with pytest.raises(UserError):
        presets.save(Preset(name))


def test_unknown_fields_and_bad_values_cost_nothing_else(tmp_path):
    file = tmp_path / "p.json"
    sampling = {"temperature": "hot", "top_k": 7, "future": 1, "min_p": True, "samplers": [1]}
    options = {"sampling": sampling, "overflow": "sideways", "stop": ["a"], "colour": "red"}
    file.write_text(json.dumps({"name": "P", "options": options, "version": 9}))
    assert read_preset(file).options == ChatOptions(sampling=Sampling(top_k=7), stop=("a",))


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"options": {}}', b'{"name": 3}', b"\xff\xfe", b"[" * 100_000]
)
def test_a_file_that_is_no_preset_is_named_and_hides_no_other(presets, content):
    path = presets.save(MINE).with_name("broken.json")
    path.write_bytes(content)
    loaded = presets.load()
    assert len(loaded.files) == 4 and "broken.json is not a preset" in loaded.problems[0]


def test_only_own_presets_can_be_deleted(presets):
    presets.save(MINE)
    *shipped, own = presets.load().files
    presets.delete(own)
    with pytest.raises(UserError, match="comes with Assay"):
        presets.delete(shipped[0])
    assert len(presets.load().files) == 3


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot be saved"):
        Presets(tmp_path / "file" / "presets").save(MINE)
