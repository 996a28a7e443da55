"""What the Models page shows of an MLX folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.pages.models.inspection import inspect
from app.pages.models.load_form import LoadForm
from models.engine.messages import LoadSettings
from models.library.library import Library
from models.long_work import result_of
from tests.gguf_files import write_gguf
from tests.servers.mlx_model import TEMPLATE, random_model


@pytest.fixture
def library(tmp_path: Path) -> Library:
    library = Library(tmp_path / "index.sqlite3")
    library.add(random_model(tmp_path / "tiny"))
    return library


def test_config_weights_and_template_are_shown(library: Library) -> None:
    found = result_of(inspect(library, library.entries()[0]))
    lines = {line.key: line.value for line in found.lines}
    assert (lines["model_type"], lines["hidden_size"]) == ("llama", "64")
    assert (found.chat_template, found.mix.bits_per_weight) == (TEMPLATE, 32)
    assert {tensor.type for tensor in found.tensors} == {"F32"} and found.fingerprint


def test_only_what_mlx_takes_can_be_set(qtbot: Any, library: Library, tmp_path: Path) -> None:
    form = LoadForm()
    qtbot.addWidget(form)
    form.show()
    form.show_model(library.entries()[0], LoadSettings())
    assert form.n_ctx.isVisible() and form.gpu_layers.maximum() == 0
    assert not any(f.isVisible() for f in (form.threads, form.type_k, form.type_v, form.flash))
    (gguf,) = library.add(write_gguf(tmp_path / "tiny.gguf"))
    form.show_model(gguf, LoadSettings())
    assert form.threads.isVisible() and form.gpu_layers.maximum() > 0
