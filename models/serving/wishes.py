"""What chat completions and completions have in common, from their parameters."""

from __future__ import annotations

from dataclasses import dataclass

from models.engine.messages import Capabilities, Sampling
from models.serving.fields import Fields, refused

MOST_STOPS = 16
MOST_ALTERNATIVES = 20
SEED_BITS = 31
MOST_TOKENS = 10_000_000


@dataclass(frozen=True)
class Wishes:
    """`model` "" leaves the choice to the server. `max_tokens` −1: until the model ends.
    `alternatives`: how many are told of each token, None where no log-probabilities are wanted."""

    model: str
    client: str
    sampling: Sampling
    stop: tuple[str, ...]
    max_tokens: int
    stream: bool
    include_usage: bool
    alternatives: int | None

    @property
    def lens_top(self) -> int:
        return 0 if self.alternatives is None else max(1, self.alternatives)

    def refuse_what_is_missing(self, can: Capabilities, model: str) -> None:
        """Raises ApiError for a wish that the model's backend cannot fulfil."""
        if self.alternatives is not None:
            require(can, "token_logprobs", "logprobs", f"{model} tells no log-probabilities")


def require(can: Capabilities, needed: str, parameter: str, sentence: str) -> None:
    """Raises ApiError where a capability is missing, with the backend's reason if it has one."""
    if not getattr(can, needed):
        reason = can.reasons.get(needed, "")
        raise refused(parameter, sentence, f" {reason}" if reason else "")


def read_wishes(fields: Fields, client: str, max_tokens: int, alternatives: int | None) -> Wishes:
    """Raises ApiError. `client` is who asks where the request names nobody."""
    fields.only("n", 1, because="One reply is written for each request: n can only be 1")
    fields.only("logit_bias", {}, because="Assay cannot bias single tokens (logit_bias)")
    stream = fields.flag("stream")
    options = Fields(fields.object("stream_options"))
    include_usage = options.flag("include_usage")
    options.take("include_obfuscation")
    options.finish()
    user = fields.text("user") or fields.text("safety_identifier")
    fields.take("safety_identifier")
    return Wishes(
        model=fields.text("model"),
        client=f"user {user}" if user else client,
        sampling=_sampling(fields),
        stop=_stop(fields),
        max_tokens=max_tokens,
        stream=stream,
        include_usage=include_usage,
        alternatives=alternatives,
    )


def _sampling(fields: Fields) -> Sampling:
    """Assay's own defaults where nothing is said, also where OpenAI has others."""
    usual = Sampling()
    seed = fields.whole("seed", -1, -(2**63), 2**63)
    return Sampling(
        temperature=fields.number("temperature", usual.temperature, 0, 10),
        top_k=fields.whole("top_k", usual.top_k, 0, 1_000_000),
        top_p=fields.number("top_p", usual.top_p, 0, 1),
        min_p=fields.number("min_p", usual.min_p, 0, 1),
        typ_p=fields.number(fields.first("typical_p", "typ_p"), usual.typ_p, 0, 1),
        repeat_penalty=fields.number(
            fields.first("repeat_penalty", "repetition_penalty"), usual.repeat_penalty, 0, 10
        ),
        repeat_last_n=fields.whole("repeat_last_n", usual.repeat_last_n, 0, 1_000_000),
        presence_penalty=fields.number("presence_penalty", 0, -2, 2),
        frequency_penalty=fields.number("frequency_penalty", 0, -2, 2),
        seed=-1 if seed == -1 else seed % 2**SEED_BITS,
    )


def _stop(fields: Fields) -> tuple[str, ...]:
    given = fields.take("stop", [])
    stops = [given] if isinstance(given, str) else given
    if not isinstance(stops, list) or not all(isinstance(each, str) and each for each in stops):
        raise refused("stop", "stop has to be a text or a list of texts")
    if len(stops) > MOST_STOPS:
        raise refused("stop", f"stop can hold at most {MOST_STOPS} texts")
    return tuple(stops)
