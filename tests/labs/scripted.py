"""An engine that says what a test tells it to, and counts a token for every word."""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from dataclasses import replace

from models.cancel import CancelToken
from models.engine.messages import (
    Alternative,
    Capabilities,
    ContextInfo,
    Delta,
    Generate,
    Generated,
    ModelInfo,
    Part,
    Progress,
    PromptToken,
    StopReason,
    TokenData,
    Tokenized,
)

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
INFO = ModelInfo(
    model="/models/scripted.gguf", name="Scripted", backend="scripted", backend_build="1",
    architecture="none", n_ctx_train=4096, n_vocab=100, n_params=0, weights_bytes=0,
    chat_template=CHATML, bos_text="", eos_text="<|im_end|>", device="none", load_s=0.0,
    peak_memory_bytes=0, capabilities=Capabilities(grammar=True),
)  # fmt: skip
WORD = re.compile(r"\s*\S+|\s+")


def delta(text: str, token_id: int = 1) -> Delta:
    """A piece of a reply that is one token with one alternative, id 99."""
    top = (Alternative(token_id, text, -0.1), Alternative(99, " else", -2.5))
    return Delta(text, (TokenData(token_id, text, -0.1, 0.4, top),))


class ScriptedEngine:
    """Yields `script`, raising what in it is an exception. `requests` is what was asked."""

    def __init__(
        self,
        *script: Delta | Progress | Exception,
        template: str = CHATML,
        n_ctx: int = 2048,
        stop_reason: StopReason = "end",
    ) -> None:
        self.info = replace(INFO, chat_template=template)
        self.context = ContextInfo("chat", n_ctx, 1, False, 0)
        self.requests: list[Generate] = []
        self.counted_characters = 0
        self._script = script
        self._stop_reason = stop_reason

    def generate(
        self, request: Generate, cancel: CancelToken
    ) -> Generator[Progress | Delta, None, Generated]:
        self.requests.append(request)
        said: list[str] = []
        reason = self._stop_reason
        for event in self._script:
            if cancel.is_cancelled:
                reason = "cancelled"
                break
            if isinstance(event, Exception):
                raise event
            said.append(event.text if isinstance(event, Delta) else "")
            yield event
        count = self.tokenize(request.prompt).count
        return Generated("".join(said), reason, count, 2, len(said), 0.1, 0.1, 1.0, seed=42)

    def tokenize(self, parts: Sequence[Part], count_only: bool = False) -> Tokenized:
        self.counted_characters += sum(len(part.text) for part in parts)
        tokens = tuple(
            PromptToken(token_id, text, part.origin, part.control)
            for part in parts
            for token_id, text in [(0, w) for w in WORD.findall(part.text)]
            + [(i, f"#{i}") for i in part.token_ids]
        )
        return Tokenized(len(tokens), () if count_only else tokens)

    def detokenize(self, token_ids: Sequence[int]) -> str:
        return "".join(f"#{token_id}" for token_id in token_ids)
