"""tokenizer.json and its settings from the keys of a GGUF file.

Sources: llama.cpp's src/llama-vocab.cpp (how text is cut, by `tokenizer.ggml.pre`) and the
documentation of Hugging Face's tokenizers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from models.convert.source import Source
from models.errors import UserError
from models.tokenizers.merges import TAKES_WHOLE

NORMAL, UNKNOWN, CONTROL, USER_DEFINED, BYTE = 1, 2, 3, 4, 6
_WORD = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+"
_REST = r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
_THREE_DIGITS = rf"{_WORD}|\p{{N}}{{1,3}}|{_REST}"
_ONE_DIGIT = rf"{_WORD}|\p{{N}}|{_REST}"
CUT_BY_PATTERN = {
    "llama-bpe": _THREE_DIGITS, "llama3": _THREE_DIGITS, "llama-v3": _THREE_DIGITS,
    "qwen2": _ONE_DIGIT, "deepseek-r1-qwen": _ONE_DIGIT,
}  # fmt: skip
CUT_AS_GPT2 = {"gpt-2": False, "gpt2": False, "smollm": True}  # whether digits stand alone
NORMALIZED = ("qwen2", "deepseek-r1-qwen")  # composed characters, as their makers do
_FLAGS = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False}


def tokenizer_of(source: Source) -> dict[str, Any]:
    """Raises UserError for a tokenizer that cannot be converted."""
    model = source.value("tokenizer.ggml.model", "")
    if model == "gpt2":
        made = _byte_level(source)
    elif model == "llama":
        made = _sentence_piece(source)
    else:
        raise _unknown(str(model))
    tokens, types = _tokens(source), _types(source)
    added = [
        {"id": i, "content": tokens[i], "special": kind != USER_DEFINED, **_FLAGS}
        for i, kind in enumerate(types)
        if kind in (UNKNOWN, CONTROL, USER_DEFINED)
    ]
    return {"version": "1.0", "truncation": None, "padding": None, "added_tokens": added, **made}


def settings_of(source: Source) -> dict[str, Any]:
    """tokenizer_config.json."""
    tokens = _tokens(source)
    found: dict[str, Any] = {"tokenizer_class": "PreTrainedTokenizerFast",
                             "clean_up_tokenization_spaces": False}  # fmt: skip
    for name in ("bos", "eos"):
        token = source.value(f"tokenizer.ggml.{name}_token_id")
        if isinstance(token, int) and 0 <= token < len(tokens):
            found[f"{name}_token"] = tokens[token]
    is_piece = source.value("tokenizer.ggml.model") == "llama"
    # Of the rules that can be converted, those that take words whole begin with BOS too.
    usual = is_piece or source.value("tokenizer.ggml.pre", "") in TAKES_WHOLE
    found["add_bos_token"] = bool(source.value("tokenizer.ggml.add_bos_token", usual))
    if template := source.value("tokenizer.chat_template"):
        found["chat_template"] = str(template)
    return found


def pre_tokenizer_of(rule: str) -> dict[str, Any]:
    """The section of tokenizer.json that cuts words as llama.cpp does by this rule. Raises
    UserError for a rule that cannot be converted."""
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False,
             "use_regex": rule in CUT_AS_GPT2}  # fmt: skip
    return {"type": "Sequence", "pretokenizers": [*_cuts(rule), level]}


def _byte_level(source: Source) -> dict[str, Any]:
    pre = str(source.value("tokenizer.ggml.pre", ""))
    merges = [_pair(merge) for merge in source.value("tokenizer.ggml.merges", ())]
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": False,
             "use_regex": pre in CUT_AS_GPT2}  # fmt: skip
    return {
        "normalizer": {"type": "NFC"} if pre in NORMALIZED else None,
        "pre_tokenizer": pre_tokenizer_of(pre),
        "post_processor": None,
        "decoder": level,
        "model": _bpe(source, merges, ignore_merges=pre in TAKES_WHOLE),
    }


def _cuts(pre: str) -> list[dict[str, Any]]:
    if pre in CUT_AS_GPT2:
        digits = {"type": "Digits", "individual_digits": True}
        return [digits] if CUT_AS_GPT2[pre] else []
    if pre not in CUT_BY_PATTERN:
        raise _unknown(pre)
    return [{"type": "Split", "pattern": {"Regex": CUT_BY_PATTERN[pre]}, "behavior": "Isolated",
             "invert": False}]  # fmt: skip


def _sentence_piece(source: Source) -> dict[str, Any]:
    blank = {"pattern": {"String": " "}, "content": "▁"}
    steps: list[dict[str, Any]] = [{"type": "Replace", **blank}]
    if source.value("tokenizer.ggml.add_space_prefix", True):
        steps.insert(0, {"type": "Prepend", "prepend": "▁"})
    decoders = [{"type": "Replace", "pattern": {"String": "▁"}, "content": " "},
                {"type": "ByteFallback"}, {"type": "Fuse"}]  # fmt: skip
    unknown = source.value("tokenizer.ggml.unknown_token_id", 0)
    return {
        "normalizer": {"type": "Sequence", "normalizers": steps},
        "pre_tokenizer": None,
        "post_processor": None,
        "decoder": {"type": "Sequence", "decoders": decoders},
        "model": {**_bpe(source, _merges_by_score(source)), "byte_fallback": True,
                  "fuse_unk": True, "unk_token": _tokens(source)[unknown]},
    }  # fmt: skip


def _merges_by_score(source: Source) -> list[list[str]]:
    """Every way to put a piece together of two others, the best piece first: what
    sentencepiece joins by score, BPE then joins by order."""
    tokens, types = _tokens(source), _types(source)
    scores = source.value("tokenizer.ggml.scores", ())
    if len(scores) != len(tokens):
        raise UserError("The tokenizer of this file is incomplete: its scores are missing.")
    pieces = {t: s for t, s, k in zip(tokens, scores, types, strict=True) if k == NORMAL}
    found = [
        (-score, piece[:cut], piece[cut:])
        for piece, score in pieces.items()
        for cut in range(1, len(piece))
        if piece[:cut] in pieces and piece[cut:] in pieces
    ]
    return [[left, right] for _, left, right in sorted(found, key=lambda merge: merge[0])]


def _bpe(source: Source, merges: list[list[str]], ignore_merges: bool = False) -> dict[str, Any]:
    vocabulary = {token: i for i, token in enumerate(_tokens(source))}
    return {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
            "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False,
            "ignore_merges": ignore_merges, "vocab": vocabulary, "merges": merges}  # fmt: skip


def _pair(merge: Any) -> list[str]:
    left, _, right = str(merge).partition(" ")
    return [left, right]


def _tokens(source: Source) -> Sequence[str]:
    tokens: Sequence[str] = source.value("tokenizer.ggml.tokens", ())
    if not tokens:
        raise UserError("This file has no tokenizer.")
    return tokens


def _types(source: Source) -> Sequence[int]:
    tokens = _tokens(source)
    types: Sequence[int] = source.value("tokenizer.ggml.token_type", ())
    return types if len(types) == len(tokens) else [NORMAL] * len(tokens)


def _unknown(name: str) -> UserError:
    return UserError(
        f"The tokenizer of this model cuts text by rules that cannot be converted "
        f"({name[:40] or 'it names none'}).",
        "Look for an MLX folder of the same model.",
    )
