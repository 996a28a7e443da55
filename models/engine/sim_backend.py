"""Simulated models behind the same protocol as real ones: subjects with known behaviour."""

from __future__ import annotations

import math
import os
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

from models.engine.backend import CancelFlag, Emit
from models.engine.messages import (
    DEFAULT_N_CTX,
    Capabilities,
    ContextInfo,
    Delta,
    Embed,
    Embedded,
    Generate,
    Generated,
    GenerateMany,
    LabelScore,
    Load,
    ManyDone,
    ModelInfo,
    OpenContext,
    Part,
    Progress,
    PromptScores,
    Row,
    RowResult,
    ScorePrompt,
    StopReason,
    TokenData,
    Tokenize,
    Tokenized,
)
from models.engine.prompt_tokens import (
    begun_bytes,
    text_of,
    tokenize_parts,
    tokenized,
)
from models.engine.row_answer import RowAnswer
from models.engine.sim_beliefs import Situation, oracle_of, scores
from models.engine.sim_numbers import embedding, scored, told
from models.engine.sim_subjects import SUBJECTS, Subject
from models.engine.sim_vocabulary import SimVocabulary
from models.engine.text_stream import TextStream
from models.errors import Cancelled, UserError
from models.hardware.memory_peak import peak_bytes

PROMPT_CHUNK = 512
OPTION_LIMIT = 1e6
LOAD_STEPS = 100
TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
CAPABILITIES = Capabilities(token_logprobs=True, seed=True, embeddings=True, exact_tokenizer=True)


class SimBackend:
    def __init__(self) -> None:
        self._vocabulary = SimVocabulary()
        self._subject = SUBJECTS["echo"]
        self._contexts: dict[str, int] = {}
        self._prompt_ms_per_token = 0.0

    def load(self, request: Load, emit: Emit, cancel: CancelFlag) -> ModelInfo:
        started = time.monotonic()
        name, options = parse_name(request.model)
        self._subject = _subject(name, options)
        self._prompt_ms_per_token = _number(options, "prompt_ms")
        if name == "crash-load":
            os.abort()
        if name == "broken":
            raise UserError("This simulated model cannot be loaded.", "It was made to fail.")
        self._pretend_to_load(_number(options, "load_ms"), emit, cancel)
        return ModelInfo(
            model=request.model, name=f"Simulated: {name}", backend="simulated",
            backend_build="1", architecture="simulated", n_ctx_train=32768,
            n_vocab=self._vocabulary.n_tokens, n_params=0, weights_bytes=0,
            chat_template=TEMPLATE, bos_text="", eos_text="<|im_end|>", device="none",
            load_s=time.monotonic() - started, peak_memory_bytes=peak_bytes(),
            capabilities=sim_capabilities(request.model),
        )  # fmt: skip

    def _pretend_to_load(self, load_ms: float, emit: Emit, cancel: CancelFlag) -> None:
        for step in range(1, LOAD_STEPS + 1):
            time.sleep(load_ms / 1000 / LOAD_STEPS)
            if cancel.is_set:
                raise Cancelled
            emit(Progress("load", round(1000 * step / LOAD_STEPS), 1000))

    def open_context(self, request: OpenContext) -> ContextInfo:
        n_ctx = request.n_ctx or DEFAULT_N_CTX
        self._contexts[request.context] = n_ctx
        return ContextInfo(request.context, n_ctx, 1, False, 0)

    def close_context(self, name: str) -> None:
        self._contexts.pop(name, None)

    def generate(self, request: Generate, emit: Emit, cancel: CancelFlag) -> Generated:
        if request.context not in self._contexts:
            raise UserError(f"There is no open context called “{request.context}”.")
        n_ctx = self._contexts[request.context]
        prompt = len(tokenize_parts(request.prompt, self._vocabulary))
        if prompt >= n_ctx:
            raise UserError(
                f"The prompt has {prompt:,} tokens, but the context holds {n_ctx:,}.",
                "Shorten it, or load the model with a larger context.",
            )
        return SimReply(self._subject, self._vocabulary, request, prompt, n_ctx).run(
            emit, cancel, self._prompt_ms_per_token
        )

    def generate_many(
        self, request: GenerateMany, emit: Callable[[RowResult], None], cancel: CancelFlag
    ) -> ManyDone:
        """Labels are scored by subjects of experiments alone; others only answer."""
        for index, row in enumerate(request.rows):
            if cancel.is_set:
                return ManyDone(index, cancelled=True)
            is_warm = request.mode != "cold" and index > 0
            emit(self._row(index, row, is_warm, cancel))
        return ManyDone(len(request.rows))

    def _row(self, index: int, row: Row, is_warm: bool, cancel: CancelFlag) -> RowResult:
        answer = RowAnswer(row.until, row.max_tokens, row.begun)
        oracle, said = oracle_of(row.prompt), self._subject.speak(row.prompt)
        labels: tuple[LabelScore, ...] = ()
        if self._subject.believe and oracle is not None:
            situation = Situation(random.Random(row.seed), is_warm, self._subject.options)
            belief = self._subject.believe(oracle, situation)
            said, labels = iter([belief.text]), scores(belief, row.labels)
        pieces = (self._vocabulary.encode(text, False, False) for text in said)
        for token in (token for ids in pieces for token in ids):
            if answer.stop_reason or cancel.is_set:
                break
            if self._subject.delay_ms:
                time.sleep(self._subject.delay_ms / 1000)
            answer.take(self._vocabulary.piece(token))
        if answer.stop_reason is None:
            answer.end("cancelled" if cancel.is_set else "end")
        return RowResult(
            index, answer.text, answer.stop_reason or "end",
            prompt_tokens=len(tokenize_parts(row.prompt, self._vocabulary)),
            cached_tokens=int(is_warm), reply_tokens=answer.n_tokens, labels=labels,
        )  # fmt: skip

    def score_prompt(self, request: ScorePrompt, emit: Emit, cancel: CancelFlag) -> PromptScores:
        return PromptScores(scored(self._vocabulary, self._ids(request.prompt), request.top))

    def embed(self, request: Embed, cancel: CancelFlag) -> Embedded:
        return Embedded(tuple(embedding(self._ids(text)) for text in request.texts))

    def _ids(self, parts: Sequence[Part]) -> list[int]:
        return [token.token_id for token in tokenize_parts(parts, self._vocabulary)]

    def tokenize(self, request: Tokenize) -> Tokenized:
        return tokenized(request, self._vocabulary)

    def detokenize(self, token_ids: Sequence[int]) -> str:
        return text_of(token_ids, self._vocabulary)


class SimReply:
    def __init__(
        self, subject: Subject, vocabulary: SimVocabulary, request: Generate, prompt: int,
        n_ctx: int,
    ) -> None:  # fmt: skip
        self._subject = subject
        self._vocabulary = vocabulary
        self._request = request
        self._prompt = prompt
        self._room = n_ctx - prompt
        self._stream = TextStream(request.stop, begun_bytes(request.prompt, vocabulary))
        self._text: list[str] = []
        self._count = 0
        self._started = time.monotonic()
        self._first_at: float | None = None

    def run(self, emit: Emit, cancel: CancelFlag, prompt_ms_per_token: float) -> Generated:
        reason: StopReason | None = self._read_prompt(emit, cancel, prompt_ms_per_token)
        read_at = time.monotonic()
        reason = reason or self._speak(emit, cancel)
        rest = self._stream.flush()
        if rest:
            self._text.append(rest)
            emit(Delta(rest))
        first, ended = self._first_at, time.monotonic()
        return Generated(
            text="".join(self._text), stop_reason=reason, prompt_tokens=self._prompt,
            cached_tokens=0, reply_tokens=self._count,
            time_to_first_token_s=None if first is None else first - self._started,
            prompt_s=read_at - self._started,
            generation_s=0.0 if first is None else ended - first,
            seed=max(0, self._request.sampling.seed),
        )  # fmt: skip

    def _read_prompt(self, emit: Emit, cancel: CancelFlag, ms: float) -> StopReason | None:
        for done in range(0, self._prompt, PROMPT_CHUNK):
            emit(Progress("prompt", done, self._prompt))
            chunk = min(PROMPT_CHUNK, self._prompt - done)
            for _ in range(chunk if ms else 0):
                time.sleep(ms / 1000)
                if cancel.is_set:
                    return "cancelled"
        return None

    def _speak(self, emit: Emit, cancel: CancelFlag) -> StopReason:
        limit = self._request.max_tokens
        for token in self._tokens():
            if cancel.is_set:
                return "cancelled"
            if limit >= 0 and self._count >= limit:
                return "length"
            if self._count >= self._room:
                return "context_full"
            time.sleep(self._subject.delay_ms / 1000)
            self._take(token, emit)
            if self._stream.stopped:
                return "stop"
            if self._subject.tokens and self._count >= self._subject.tokens:
                return "end"
        return "end"

    def _tokens(self) -> Iterator[int]:
        for piece in self._subject.speak(self._request.prompt):
            yield from self._vocabulary.encode(piece, False, False)

    def _take(self, token: int, emit: Emit) -> None:
        self._count += 1
        self._first_at = self._first_at or time.monotonic()
        decoded, released = self._stream.push(self._vocabulary.piece(token))
        self._text.append(released)
        emit(Delta(released, (self._token_data(token, decoded),)))

    def _token_data(self, token: int, decoded: str) -> TokenData:
        if not self._request.lens_top:
            return TokenData(token, decoded)
        return told(self._vocabulary, token, self._count, decoded, self._request.lens_top)


def parse_name(model: str) -> tuple[str, dict[str, str]]:
    """ "sim:slow?delay_ms=20" to its name and options."""
    parts = urlsplit(model.removeprefix("sim:"))
    return parts.path, dict(parse_qsl(parts.query))


def sim_capabilities(model: str) -> Capabilities:
    """Raises UserError for a subject that does not exist."""
    believe = _subject(parse_name(model)[0], {}).believe
    return replace(CAPABILITIES, prompt_logits=believe is not None)


def _subject(name: str, options: dict[str, str]) -> Subject:
    if name not in SUBJECTS:
        raise UserError(
            f"There is no simulated model called “{name}”.",
            f"There are: {', '.join('sim:' + known for known in SUBJECTS)}.",
        )
    subject = SUBJECTS[name]
    return replace(
        subject,
        delay_ms=_number(options, "delay_ms", subject.delay_ms),
        tokens=int(_number(options, "tokens", subject.tokens)),
        options={name: _number(options, name) for name in options},
    )


def _number(options: Mapping[str, str], name: str, default: float = 0.0) -> float:
    """An option as a number from 0 to a million; raises UserError for anything else."""
    try:
        value = float(options.get(name, default))
    except ValueError:
        value = math.nan
    if not 0 <= value <= OPTION_LIMIT:
        raise UserError(
            f"The option {name} of a simulated model cannot be “{options[name]}”.",
            "Give it a number from 0 to a million, as in sim:slow?delay_ms=20.",
        )
    return value
