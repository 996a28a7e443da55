"""Opens a tokenizer of any kind; runs in a process of its own, where libraries may be loaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from models.engine.prompt_tokens import Vocabulary
from models.errors import UserError

Offsets = Callable[[str, bool], list[tuple[int, int]]]


@dataclass(frozen=True)
class Tokenizer:
    """`kind_of` gives a letter of `cut.KINDS`. `offsets` are places in letters, from a library
    that knows them also where it alters the text. `notes` are sentences on what was odd."""

    vocabulary: Vocabulary
    family: str
    n_tokens: int
    kind_of: Callable[[int], str]
    eos_text: str = ""
    chat_template: str = ""
    offsets: Offsets | None = None
    notes: tuple[str, ...] = ()


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
    )


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
