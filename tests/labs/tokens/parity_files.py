"""A small tokenizer in the formats of two libraries, with defects that tests put there."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from labs.tokens.parity.doctor import Parity, compare_sources
from models.cancel import CancelToken
from models.convert.tokenizer import pre_tokenizer_of
from models.engine.messages import Failed
from models.errors import UserError
from models.long_work import result_of
from models.tokenizers.child import Desk
from models.tokenizers.gguf_variant import numbers
from models.tokenizers.messages import OpenTokenizer
from models.tokenizers.source import Source
from models.tokenizers.tokenizers import Tokenizers
from tests.engine.tiny_models import BYTES
from tests.gguf_files import LLAMA, write_gguf

CONTROL, END, ADDED = "<|im_start|>", "<|im_end|>", "[note]"
TEXTS = (
    "the cat sat on the mat and then it's there", "It's 12 and 123 and 1234567 of 2026",
    "don't they'll we've I'm one\n\n\ntwo\n\nthree   four", "for (int i = 0; i<n; ++i) { }\n\n\n",
    "é ñ ü Ａ ＦＵＬＬ the The THE 12345678",
) * 30  # fmt: skip


@cache
def trained() -> str:
    """A byte-level BPE of 500 tokens whose digits come in threes and line ends in runs."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

    from models.convert.tokenizer import CUT_BY_PATTERN

    made = Tokenizer(models.BPE())
    split = pre_tokenizers.Split(Regex(CUT_BY_PATTERN["llama-bpe"]), "isolated")
    level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    made.pre_tokenizer = pre_tokenizers.Sequence([split, level])
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=500, initial_alphabet=list(BYTES), show_progress=False, min_frequency=2
    )
    made.train_from_iterator(TEXTS, trainer)
    return made.to_str()


def content() -> dict[str, Any]:
    """Its tokenizer.json, with two control tokens and one added token."""
    made: dict[str, Any] = json.loads(trained())
    first = len(made["model"]["vocab"])
    plain = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False}
    names = (CONTROL, END, ADDED)
    made["model"]["vocab"] |= {name: first + at for at, name in enumerate(names)}
    made["added_tokens"] = [
        {"id": first + at, "content": name, "special": name != ADDED, **plain}
        for at, name in enumerate(names)
    ]
    made["model"]["ignore_merges"] = True  # which goes with this rule
    return made


def json_source(
    folder: Path, edit: Callable[[dict[str, Any]], Any] = lambda made: None, **settings: Any
) -> Source:
    folder.mkdir(parents=True, exist_ok=True)
    made = content()
    edit(made)
    (folder / "tokenizer.json").write_text(json.dumps(made), "utf-8")
    told = {"add_bos_token": False, "bos_token": CONTROL, **settings}
    (folder / "tokenizer_config.json").write_text(json.dumps(told), "utf-8")
    return Source("json", str(folder / "tokenizer.json"), "json file")


def gguf_source(path: Path, **changes: Any) -> Source:
    """`changes` are keys behind "tokenizer.ggml."."""
    made = content()
    vocabulary = sorted(made["model"]["vocab"].items(), key=lambda item: item[1])
    kinds = {CONTROL: 3, END: 3, ADDED: 4}
    merges = [each if isinstance(each, str) else " ".join(each) for each in made["model"]["merges"]]
    keys = {
        "model": "gpt2", "pre": "llama-bpe", "tokens": [text for text, _ in vocabulary],
        "token_type": numbers([kinds.get(text, 1) for text, _ in vocabulary]), "merges": merges,
        "bos_token_id": made["model"]["vocab"][CONTROL], "add_bos_token": False,
        "eos_token_id": made["model"]["vocab"][END], "add_eos_token": False, **changes,
    }  # fmt: skip
    metadata = {**LLAMA, **{f"tokenizer.ggml.{key}": value for key, value in keys.items()}}
    write_gguf(path, metadata)
    return Source("gguf", str(path), "gguf file")


def sentencepiece_gguf(path: Path, model: Source) -> Source:
    """The same pieces as llama.cpp's SentencePiece vocabulary, with a begin token as usual."""
    import sentencepiece

    told = sentencepiece.SentencePieceProcessor(model_file=model.path)
    ids = range(told.get_piece_size())
    kinds = [2 if told.is_unknown(i) else 3 if told.is_control(i) else 6 if told.is_byte(i) else 1
             for i in ids]  # fmt: skip
    keys = {
        "model": "llama", "tokens": [told.id_to_piece(i) for i in ids],
        "scores": [float(told.get_score(i)) for i in ids], "token_type": numbers(kinds),
        "bos_token_id": told.bos_id(), "eos_token_id": told.eos_id(), "unknown_token_id": 0,
    }  # fmt: skip
    metadata = {**LLAMA, **{f"tokenizer.ggml.{key}": value for key, value in keys.items()}}
    write_gguf(path, metadata)
    return Source("gguf", str(path), "gguf file")


class HereTokenizers(Tokenizers):
    """Asks the desk of a tokenizer's process in this one: experiments open dozens of files."""

    def __init__(self) -> None:
        super().__init__()
        self._desks: dict[Source, Desk] = {}

    def _ask(self, source: Source, request: Any, cancel: CancelToken) -> Any:
        cancel.raise_if_cancelled()
        if source not in self._desks:
            self._desks[source] = Desk()
            _unless_failed(self._desks[source].answer(OpenTokenizer(source.kind, source.path)))
        return _unless_failed(self._desks[source].answer(request))


def _unless_failed(answer: Any) -> Any:
    if isinstance(answer, Failed):
        assert answer.kind == "user", answer.log
        raise UserError(answer.message, answer.hint)
    return answer


def compared(tokenizers: Tokenizers, one: Source, other: Source, text: str = "") -> Parity:
    return result_of(compare_sources(tokenizers, one, other, text, CancelToken()))


def no_added(made: dict[str, Any]) -> None:
    made["added_tokens"] = [t for t in made["added_tokens"] if t["content"] != ADDED]


def as_smollm(made: dict[str, Any]) -> None:
    made["pre_tokenizer"] = pre_tokenizer_of("smollm")
