"""What the Models page shows of an MLX folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget

from app.pages.models import work
from app.pages.models.convert_dialog import ConvertDialog
from app.pages.models.inspection import inspect
from app.pages.models.load_form import LoadForm
from models.cancel import CancelToken
from models.engine.messages import LoadSettings
from models.library.library import Library
from models.long_work import result_of
from tests.engine.tiny_kinds import llama
from tests.gguf_files import write_gguf
from tests.servers.mlx_model import TEMPLATE, needs_mlx, random_model


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


@needs_mlx
def test_a_folder_is_asked_for_made_and_listed(
    qtbot: Any, library: Library, tmp_path: Path
) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    (file,) = library.add(llama(tmp_path / "small.gguf"))
    dialog = ConvertDialog(owner, library.refresh(file), tmp_path / "made")
    dialog.weights.setCurrentIndex(2)
    assert "small-mlx-8bit" in dialog.said.text()
    with qtbot.waitSignal(dialog.asked) as asked:
        dialog.make.click()
    made = result_of(work.make_mlx_folder(library, asked.args[0], CancelToken()))
    assert made in library.entries() and made.quantization == "8-bit"
    again = ConvertDialog(owner, library.refresh(file), tmp_path / "made")
    again.weights.setCurrentIndex(2)
    assert "exists already" in again.said.text() and not again.make.isEnabled()
