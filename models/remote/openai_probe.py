"""What a server really does: a few requests of one or two tokens, made when its model is loaded.

Servers that speak the OpenAI protocol differ, and many ignore in silence what they do not know.
So nothing is believed that was not seen in an answer.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from models.engine.messages import Capabilities, Sampling
from models.remote.channel import Cancel
from models.remote.openai_api import NoVectors, OpenAiApi, Refused
from models.remote.openai_identify import Identity
from models.remote.openai_kinds import PROBED_SAMPLERS, Dialect
from models.remote.openai_request import logprobs_body, reply_body, response_format
from models.remote.openai_stream import Chunk

STEPS = 6
TOP = 8  # alternatives that a chat shows
GREETING = "Say hello."
GREEDY = Sampling(temperature=0.0)
SEEDED = Sampling(temperature=1.5, top_k=0, top_p=1.0, min_p=0.0, seed=7)
SEEDED_TOKENS = 6  # a model draws so many alike by chance hardly ever
SCHEMA = {
    "type": "object",
    "properties": {"a": {"type": "integer"}},
    "required": ["a"],
    "additionalProperties": False,
}
MARK = "~"
GRAMMAR = f'root ::= "{MARK}"'
ALWAYS_OFF = {
    "prompt_logits": "A server tells nothing of how it reads a prompt, so labels cannot be scored.",
    "exact_tokenizer": "Only the server knows the tokens of this model; here they are estimated.",
}


@dataclass(frozen=True)
class Probed:
    dialect: Dialect
    capabilities: Capabilities


@dataclass
class Probe:
    """Raises UserError where the server cannot be asked at all; what it refuses is an answer."""

    api: OpenAiApi
    model: str
    identity: Identity
    cancel: Cancel
    reasons: dict[str, str] = field(default_factory=lambda: dict(ALWAYS_OFF))

    def run(self) -> Generator[int, None, Probed]:
        """Yields the number of steps done, of `STEPS`."""
        self._dialect = self._first_reply()
        yield 1
        has_seed = self._repeats()
        yield 2
        self._dialect = replace(self._dialect, schema_form=self._schema_form())
        yield 3
        has_grammar = self._holds_grammar()
        yield 4
        self._dialect = replace(self._dialect, samplers=self._samplers())
        yield 5
        has_embeddings = self._embeds()
        yield STEPS
        can = Capabilities(
            token_logprobs=bool(self._dialect.top_logprobs),
            grammar=has_grammar,
            json_schema=bool(self._dialect.schema_form),
            seed=has_seed,
            embeddings=has_embeddings,
            own_template=not self._dialect.is_plain,
            reasons=self.reasons,
        )
        return Probed(self._dialect, can)

    # ---- the first reply, which a server may load the model for ----

    def _first_reply(self) -> Dialect:
        """A chat with all that a chat is asked, else what is left when the server refuses some of
        it. A model without a chat is asked to go on from a text."""
        known = Dialect(self.identity.kind)
        try:
            return self._reply_as(known)
        except Refused as refused:
            if not refused.is_no:
                raise
            if "max_completion_tokens" in refused.words:
                return self._reply_as(replace(known, max_tokens_name="max_completion_tokens"))
            try:
                return self._reply_as(replace(known, is_plain=True))
            except Refused:
                raise refused from None

    def _reply_as(self, known: Dialect) -> Dialect:
        """Raises Refused where even the barest reply is refused."""
        for counts_streams, top in product((True, False), (TOP, 0)):
            dialect = replace(known, counts_streams=counts_streams)
            try:
                seen = self._sees_logprobs(dialect, top)
            except Refused as refused:
                if not refused.is_no or (not counts_streams and not top):
                    raise
                continue
            if not seen:
                verb = "does not tell" if top else "refuses to tell"
                self.reasons["token_logprobs"] = f"This server {verb} log-probabilities."
            return replace(dialect, top_logprobs=TOP if seen else 0)
        raise AssertionError("the last of the product raises or returns")

    def _sees_logprobs(self, dialect: Dialect, top: int) -> bool:
        """Streamed, as replies are: one server looks at its whole context when it is asked for a
        whole answer with log-probabilities."""
        body = self._body(dialect) | logprobs_body(top, dialect)
        tokens = [token for chunk in self.api.reply(body, self.cancel) for token in chunk.tokens]
        return any(token.logprob is not None and token.top for token in tokens)

    # ---- what more it does ----

    def _repeats(self) -> bool:
        body = self._body(self._dialect, SEEDED_TOKENS, SEEDED)
        first, second = self._ask(body), self._ask(body)
        if first is None or second is None:
            self.reasons["seed"] = "This server refuses a seed."
        elif (first.text, first.thinking) != (second.text, second.thinking):
            self.reasons["seed"] = "This server answered the same seed in two ways."
        return "seed" not in self.reasons

    def _schema_form(self) -> str:
        for form in ("json_schema", "json_object"):
            told = self._ask_with(response_format=response_format(form, SCHEMA))
            if told and told.text.lstrip().startswith("{"):
                return form
        self.reasons["json_schema"] = "This server did not hold a reply to a JSON schema."
        return ""

    def _holds_grammar(self) -> bool:
        told = self._ask_with(grammar=GRAMMAR)
        if told and told.text == MARK:
            return True
        self.reasons["grammar"] = "This server did not hold a reply to a grammar."
        return False

    def _samplers(self) -> Mapping[str, str]:
        """What the kind is known to take; an unknown server takes what it looks at: it refuses
        nonsense in it, and no sound value."""
        if self.identity.kind.samplers is not None:
            return self.identity.kind.samplers
        return {name: name for name in PROBED_SAMPLERS if self._looks_at(name)}

    def _looks_at(self, name: str) -> bool:
        refuses_nonsense = self._ask_with(**{name: "nonsense"}) is None
        return refuses_nonsense and self._ask_with(**{name: 1}) is not None

    def _embeds(self) -> bool:
        try:
            self.api.embeddings(self.model, [GREETING], self.cancel)
        except Refused as refused:
            if not refused.is_no:
                raise
            self.reasons["embeddings"] = "This server refuses to embed with this model."
        except NoVectors:
            self.reasons["embeddings"] = "This model gives no vector for a text."
        return "embeddings" not in self.reasons

    # ---- asking ----

    def _body(
        self, dialect: Dialect, max_tokens: int = 1, sampling: Sampling = GREEDY
    ) -> dict[str, Any]:
        messages = [{"role": "user", "content": GREETING}]
        return reply_body(self.model, messages, dialect, sampling=sampling, max_tokens=max_tokens)

    def _ask_with(self, **more: Any) -> Chunk | None:
        return self._ask(self._body(self._dialect, max_tokens=2) | more)

    def _ask(self, body: Mapping[str, Any]) -> Chunk | None:
        """The answer, or None where the server refuses what the body holds."""
        try:
            return self.api.answer(body, self.cancel)
        except Refused as refused:
            if refused.is_no:
                return None
            raise
