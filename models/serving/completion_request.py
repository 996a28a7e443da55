"""The body of a completion."""

from __future__ import annotations

from dataclasses import dataclass

from models.engine.messages import Part
from models.serving.fields import Fields
from models.serving.texts import read_texts
from models.serving.wishes import MOST_ALTERNATIVES, MOST_TOKENS, Wishes, read_wishes

USUAL_TOKENS = 16  # OpenAI's own default here
MOST_PROMPTS = 64


@dataclass(frozen=True)
class CompletionRequest:
    prompts: tuple[Part, ...]
    wishes: Wishes
    echo: bool


def read_completion(fields: Fields, client: str) -> CompletionRequest:
    """Raises ApiError for what is wrong, and for what Assay cannot do and would change a reply."""
    fields.only("best_of", 1, because="One reply is written for each prompt: best_of can only be 1")
    fields.only("suffix", "", because="Assay writes no middles: leave suffix out")
    prompts = read_texts(fields.take("prompt"), "prompt", MOST_PROMPTS, control=True)
    alternatives = fields.take("logprobs")
    if alternatives is not None:
        alternatives = Fields({"logprobs": alternatives}).whole("logprobs", 0, 0, MOST_ALTERNATIVES)
    most = fields.whole("max_tokens", USUAL_TOKENS, 0, MOST_TOKENS)
    wishes = read_wishes(fields, client, most, alternatives)
    request = CompletionRequest(prompts, wishes, fields.flag("echo"))
    fields.finish()
    return request
