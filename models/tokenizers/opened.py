"""Opens a tokenizer of any kind; runs in a process of its own, where libraries may be loaded."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from models.engine.prompt_tokens import Vocabulary
from models.errors import UserError
from models.library.gguf_cursor import ArrayRef
from models.library.gguf_header import read_array, read_header
from models.tokenizers.merges import TAKES_WHOLE, Merges, merges_of_pairs

Frame = tuple[tuple[int, ...], tuple[int, ...]]  # tokens before a prompt, and behind it
Offsets = Callable[[str, bool], list[tuple[int, int]]]
Encode = Callable[[str, bool, bool], "array[int]"]


@dataclass(frozen=True)
class Tokenizer:
    """`kind_of` gives a letter of `cut.KINDS`. `offsets` are places in letters, from a library
    that knows them also where it alters the text. `merges` reads those of a rank-BPE, None for
    other families. `notes` are sentences on what was odd. `frame` is for libraries that put tokens
    behind a prompt too, which `vocabulary.encode` does not. `encode_column` does what
    `vocabulary.encode` does without a list, where a library can."""

    vocabulary: Vocabulary
    family: str
    n_tokens: int
    kind_of: Callable[[int], str]
    eos_text: str = ""
    chat_template: str = ""
    offsets: Offsets | None = None
    notes: tuple[str, ...] = ()
    merges: Callable[[], Merges] | None = None
    frame: Callable[[], Frame] | None = None
    encode_column: Encode | None = None


def frame_of(tokenizer: Tokenizer) -> Frame:
    """What a prompt begins and ends with, whatever is in it."""
    if tokenizer.frame is not None:
        return tokenizer.frame()
    encode = tokenizer.vocabulary.encode
    return around(encode("a", False, False), encode("a", True, False))


def around(inner: Sequence[int], whole: Sequence[int]) -> Frame:
    """What `whole` has before and behind `inner`; nothing where it is not in it."""
    inner, whole = list(inner), list(whole)
    for at in range(len(whole) - len(inner) + 1):
        if whole[at : at + len(inner)] == inner:
            return tuple(whole[:at]), tuple(whole[at + len(inner) :])
    return (), ()


def open_tokenizer(kind: str, path: Path) -> Tokenizer:
    """Raises UserError where the file cannot be read or its library is not there."""
    match kind:
        case "gguf":
            return _gguf(path)
        case "folder":
            from models.tokenizers.json_file import open_json

            return open_json(path, "tokenizer.json")
        case "json":
            from models.tokenizers.json_file import open_json

            return open_json(path.parent, path.name)
        case "sentencepiece":
            from models.tokenizers.sentencepiece_file import open_sentencepiece

            return open_sentencepiece(path)
        case "tiktoken":
            from models.tokenizers.tiktoken_file import open_tiktoken

            return open_tiktoken(path)
    return _simulated()


def _gguf(path: Path) -> Tokenizer:
    from models.tokenizers.gguf import ExactTokenizer

    exact = ExactTokenizer(path)
    vocabulary = exact.vocabulary
    if not vocabulary.n_tokens:
        raise UserError(f"{path.name} holds no vocabulary.", "Choose a model that reads text.")
    return Tokenizer(
        vocabulary,
        exact.family,
        vocabulary.n_tokens,
        exact.kind_of,
        vocabulary.eos_text,
        exact.chat_template,
        merges=partial(_gguf_merges, path) if exact.is_rank_bpe else None,
        encode_column=vocabulary.encode_column,
    )


def _gguf_merges(path: Path) -> Merges:
    header = read_header(path)
    told = header.metadata.get("tokenizer.ggml.merges", ())
    pairs = read_array(path, told) if isinstance(told, ArrayRef) else told
    rule = header.text("tokenizer.ggml.pre")
    return merges_of_pairs([str(pair) for pair in pairs] if isinstance(pairs, tuple) else (),
                           takes_whole=rule in TAKES_WHOLE)  # fmt: skip


def _simulated() -> Tokenizer:
    from models.engine.sim_backend import TEMPLATE
    from models.engine.sim_vocabulary import SimVocabulary

    vocabulary = SimVocabulary()
    return Tokenizer(
        vocabulary,
        "Pieces of words, made up",
        vocabulary.n_tokens,
        lambda token_id: "c" if vocabulary.is_control(token_id) else "n",
        chat_template=TEMPLATE,
    )
