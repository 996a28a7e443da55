"""Tokens of an MLX model, from the tokenizer.json in its folder: data, never code."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from models.errors import UserError
from models.library.mlx_folder import read_json

# Ends of a turn or a text, as llama.cpp knows them; some folders name only one of several.
ENDS = frozenset({
    "<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<|end|>", "<|end_of_text|>", "<|endoftext|>",
    "<|return|>", "<|call|>", "<end_of_turn>", "<end_of_utterance>", "<eos>", "</s>", "[EOS]",
    "<｜end▁of▁sentence｜>",
})  # fmt: skip
# Control tokens by their look, though a folder may forget to mark them (llama.cpp's rule too).
_LOOKS_SPECIAL = re.compile(r"<\|.*\|>|<｜.*｜>|<(?:start|end)_of_turn>|<unused\d+>")
_BYTE_NAME = re.compile(r"<0x[0-9A-Fa-f]{2}>")
_PRINTABLE = (*range(33, 127), *range(161, 173), *range(174, 256))


def byte_letters() -> dict[str, int]:
    """GPT-2's letters for bytes: printable ones stand for themselves, the others from 256 on."""
    others = [byte for byte in range(256) if byte not in _PRINTABLE]
    return {chr(b): b for b in _PRINTABLE} | {chr(256 + n): b for n, b in enumerate(others)}


class MlxVocabulary:
    """Immutable after load; the reader thread may use it while the model is busy."""

    def __init__(
        self,
        folder: Path,
        config: Mapping[str, Any],
        n_tokens: int,
        file_name: str = "tokenizer.json",
    ) -> None:
        self.n_tokens = n_tokens
        content = _tokenizer_content(folder, file_name)
        settings = read_json(folder / "tokenizer_config.json")
        added = _marked_special(content)
        self._control = {token["id"] for token in added if token["special"]}
        self._added = {token["id"]: token["content"] for token in added}
        self._spelled = {self._added[i]: i for i in self._control}
        self._tokenizer = _tokenizer(content)
        self._lock = threading.Lock()  # whether control tokens are read is a state of it
        self._bytes = byte_letters() if '"ByteLevel"' in json.dumps(content["decoder"]) else None
        self._pieces: dict[int, bytes] = {}
        self.bos_text = self._named(settings, config, "bos")
        self.eos_text = self._named(settings, config, "eos")
        self.bos_id = self._id_of(self.bos_text)
        self._ends = self._find_ends(folder, config)
        self._adds_bos = self._find_adds_bos(settings)

    def encode(self, text: str, add_special: bool, parse_special: bool) -> list[int]:
        ids = self._encode(text, parse_special)
        if not parse_special and not self._control.isdisjoint(ids):
            ids = self._encode_cut(text)
        return [self.bos_id, *ids] if add_special and self._adds_bos else ids

    def piece(self, token_id: int) -> bytes:
        """Bytes of a token, control tokens spelled out."""
        if token_id not in self._pieces:
            self._pieces[token_id] = self._read_piece(token_id)
        return self._pieces[token_id]

    def shown(self, token_id: int) -> bytes:
        """Bytes a reply shows for a token: control tokens show nothing."""
        return b"" if self.is_control(token_id) else self.piece(token_id)

    def is_control(self, token_id: int) -> bool:
        return token_id in self._control

    def ends_reply(self, token_id: int) -> bool:
        return token_id in self._ends

    def contains(self, token_id: int) -> bool:
        return 0 <= token_id < self.n_tokens

    # ---- for those who look at the tokenizer itself ----

    @property
    def family(self) -> str:
        """How it cuts: "BPE", "Unigram", "WordPiece", "WordLevel"."""
        return type(self._tokenizer.model).__name__

    def numbers(self) -> frozenset[int]:
        """Every number that has a token; there may be holes between them."""
        return frozenset(self._tokenizer.get_vocab(with_added_tokens=True).values())

    def kind_of(self, token_id: int) -> str:
        """A letter of `models.tokenizers.cut.KINDS`."""
        if token_id in self._added:
            return "c" if token_id in self._control else "a"
        name = self._tokenizer.id_to_token(token_id)
        if name == getattr(self._tokenizer.model, "unk_token", None):
            return "u"
        is_byte = self._bytes is None and re.fullmatch(_BYTE_NAME, name or "")
        return "b" if is_byte else "n"

    @property
    def adds_bos(self) -> bool:
        return self._adds_bos

    def bare_and_framed(self, text: str) -> tuple[list[int], list[int]]:
        """Its tokens, and the same with what the file's own post-processor puts around them."""
        return self._encode(text, False), self._encode(text, False, with_frame=True)

    def offsets(self, text: str, parse_special: bool) -> list[tuple[int, int]]:
        """Where the library found each token, in letters of the text."""
        with self._lock:
            self._tokenizer.encode_special_tokens = not parse_special
            return list(self._tokenizer.encode(text, add_special_tokens=False).offsets)

    # ---- inside ----

    def _encode(self, text: str, parse_special: bool, with_frame: bool = False) -> list[int]:
        with self._lock:
            self._tokenizer.encode_special_tokens = not parse_special
            return list(self._tokenizer.encode(text, add_special_tokens=with_frame).ids)

    def _encode_cut(self, text: str) -> list[int]:
        """Some vocabularies hold "<s>" as a word too: cut behind its first letter, so that no
        word spells it any more."""
        spelled = "|".join(re.escape(word) for word in sorted(self._spelled, key=len)[::-1])
        cut = re.sub(spelled, lambda found: f"{found[0][0]}\0{found[0][1:]}", text)
        return [i for part in cut.split("\0") for i in self._encode(part, False)]

    def _read_piece(self, token_id: int) -> bytes:
        if token_id in self._added:
            return self._added[token_id].encode()
        text: str = self._tokenizer.id_to_token(token_id) or ""
        if self._bytes is None:
            return _sentence_piece(text)
        if all(letter in self._bytes for letter in text):
            return bytes(self._bytes[letter] for letter in text)
        return text.encode()

    def _named(self, settings: Mapping[str, Any], config: Mapping[str, Any], name: str) -> str:
        """The text of the bos or eos token: as the tokenizer says, else as the model says."""
        told = settings.get(f"{name}_token")
        if isinstance(told, dict):
            told = told.get("content")
        if isinstance(told, str):
            return told
        ids = [] if settings else _ids(config.get(f"{name}_token_id"))
        return str(self._tokenizer.id_to_token(ids[0]) or "") if ids else ""

    def _id_of(self, text: str) -> int:
        found = self._tokenizer.token_to_id(text) if text else None
        return -1 if found is None else int(found)

    def _find_ends(self, folder: Path, config: Mapping[str, Any]) -> frozenset[int]:
        generation = read_json(folder / "generation_config.json")
        known = [i for text, i in self._spelled.items() if text in ENDS]
        told = [*_ids(config.get("eos_token_id")), *_ids(generation.get("eos_token_id"))]
        return frozenset((*known, *told, self._id_of(self.eos_text)))

    def _find_adds_bos(self, settings: Mapping[str, Any]) -> bool:
        told = settings.get("add_bos_token")
        if self.bos_id < 0 or told is False:
            return False
        return told is True or self._encode("", True, with_frame=True)[:1] == [self.bos_id]


def _tokenizer_content(folder: Path, file_name: str) -> dict[str, Any]:
    """tokenizer.json, or what transformers makes of a sentencepiece file."""
    content = read_json(folder / file_name, max_bytes=256 << 20)
    if not content and (folder / "tokenizer.model").is_file():
        content = _converted(folder)
    if not isinstance(content.get("model"), dict):
        raise UserError(
            f"The tokenizer of {folder.name} cannot be read.",
            "The folder needs a tokenizer.json; download or convert the model again.",
        )
    content.setdefault("decoder", None)
    return content


def _converted(folder: Path) -> dict[str, Any]:
    from transformers import AutoTokenizer

    try:
        made = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        content: dict[str, Any] = json.loads(made.backend_tokenizer.to_str())
    except (OSError, ValueError, AttributeError, KeyError, TypeError, ImportError):
        return {}
    return content


def _tokenizer(content: Mapping[str, Any]) -> Any:
    from tokenizers import Tokenizer

    try:
        made = Tokenizer.from_str(json.dumps(content))
    except Exception as error:  # the library raises nothing narrower
        raise UserError(
            f"The tokenizer of this model cannot be read: {error}.",
            "The file tokenizer.json may be damaged; download or convert the model again.",
        ) from error
    made.no_padding()
    made.no_truncation()
    return made


def _marked_special(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The added tokens, those that look like control tokens marked as such."""
    added = [token for token in content.get("added_tokens") or () if isinstance(token, dict)]
    for token in added:
        token["special"] = bool(token["special"] or _LOOKS_SPECIAL.fullmatch(token["content"]))
    return added


def _sentence_piece(text: str) -> bytes:
    if re.fullmatch(_BYTE_NAME, text):
        return bytes((int(text[3:5], 16),))
    return text.replace("▁", " ").encode()


def _ids(value: Any) -> list[int]:
    found: Iterable[Any] = value if isinstance(value, list) else (value,)
    return [i for i in found if isinstance(i, int) and not isinstance(i, bool)]
