"""Models that an Ollama server runs, through the `ollama` client."""

from __future__ import annotations

import base64
import json
import secrets
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from typing import Any, cast

import ollama

from models.engine.backend import CancelFlag, Emit
from models.engine.messages import (
    DEFAULT_N_CTX,
    Connection,
    ContextInfo,
    Embed,
    Embedded,
    Embedding,
    Generate,
    Generated,
    GenerateMany,
    Load,
    LoadSettings,
    ManyDone,
    ModelInfo,
    OpenContext,
    Part,
    Progress,
    Row,
    RowResult,
    Sampling,
    Thinking,
    Tokenize,
    Tokenized,
)
from models.errors import Cancelled, UserError
from models.hardware.memory_peak import peak_bytes
from models.remote import ollama_options, ollama_server
from models.remote.counting import tokenized
from models.remote.ollama_capabilities import FIRST_TO_COUNT_WHOLE_PROMPTS
from models.remote.ollama_client import OllamaClient
from models.remote.ollama_model import ServedModel, look_up
from models.remote.ollama_reply import OllamaReply
from models.remote.ollama_row import read_row
from models.remote.reading import cut_note, refuse_cut, refuse_too_long
from models.remote.server import OLLAMA
from models.remote.turns import as_messages

Chunks = Generator[ollama.ChatResponse, None, None]
MOST_ALTERNATIVES = 20
NO_SWITCH = "This model has no switch for thinking; the choice had no effect."


class OllamaBackend:
    """Ollama loads the weights itself, at the first question; here only words are exchanged."""

    def __init__(self) -> None:
        self._connection = Connection("")
        self._asks: OllamaClient | None = None  # for answers that come whole
        self._streams: OllamaClient | None = None
        self._model: ServedModel | None = None
        self._settings = LoadSettings()
        self._contexts: dict[str, int] = {}

    # ---- loading ----

    def load(self, request: Load, emit: Emit, cancel: CancelFlag) -> ModelInfo:
        started = time.monotonic()
        if request.connection is None:
            raise UserError("It is not known where Ollama is.", "Name it in OLLAMA_HOST.")
        self._connection, self._settings = request.connection, request.settings
        self._asks = OllamaClient(request.connection)
        self._streams = OllamaClient(request.connection, streams=True)
        emit(Progress("load", 0, 1000))
        with self._asks.channel.cut_by(cancel):
            name = request.model.removeprefix("ollama:")
            self._model = look_up(self._asks, request.connection, name)
        return self._describe(request.model, time.monotonic() - started)

    def _describe(self, model: str, load_s: float) -> ModelInfo:
        served = self._served
        vocabulary = served.tokenizer.vocabulary if served.tokenizer else None
        return ModelInfo(
            model=model,
            name=served.name,
            backend="ollama",
            backend_build=f"Ollama {served.version}",
            architecture=served.architecture,
            n_ctx_train=served.number("context_length") or served.entry.n_ctx_train,
            n_vocab=vocabulary.n_tokens if vocabulary else served.number("vocab_size"),
            n_params=served.number("general.parameter_count") or served.entry.n_params,
            weights_bytes=served.entry.size_bytes,
            chat_template=served.template,
            bos_text=vocabulary.bos_text if vocabulary else "",
            eos_text=vocabulary.eos_text if vocabulary else "",
            device=served.entry.elsewhere or OLLAMA,
            load_s=load_s,
            peak_memory_bytes=peak_bytes(),
            capabilities=served.capabilities(),
        )

    def open_context(self, request: OpenContext) -> ContextInfo:
        n_ctx = request.n_ctx or self._default_n_ctx
        self._contexts[request.context] = n_ctx
        return ContextInfo(request.context, n_ctx, 0, False, 0)

    def close_context(self, name: str) -> None:
        self._contexts.pop(name, None)

    # ---- one reply ----

    def generate(self, request: Generate, emit: Emit, cancel: CancelFlag) -> Generated:
        sent = self.tokenize(Tokenize(request.prompt))
        n_ctx = self._n_ctx(request.context)
        refuse_too_long(sent.count, n_ctx, is_exact=self._is_exact)
        seed = request.sampling.seed if request.sampling.seed >= 0 else secrets.randbits(31)
        asked = self._asked(request.prompt, request.thinking, request.sampling, n_ctx,
                            request.max_tokens, seed)  # fmt: skip
        if request.json_schema:
            asked["format"] = json.loads(request.json_schema)
        if request.lens_top and self._served.capabilities().token_logprobs:
            asked |= {"logprobs": True, "top_logprobs": min(request.lens_top, MOST_ALTERNATIVES)}
        emit(Progress("prompt", 0, sent.count))
        reply = OllamaReply(request.stop, self._id_of, emit)
        is_cancelled = self._run(asked, reply, cancel)
        return self._outcome(request, reply, sent, seed, is_cancelled)

    def _run(self, asked: dict[str, Any], reply: OllamaReply, cancel: CancelFlag) -> bool:
        """Read the stream to its end, a stop string or a cut; True for a cut."""
        try:
            with closing(self._stream(asked, cancel)) as chunks:
                for chunk in chunks:
                    reply.take(chunk)
                    if reply.stopped:
                        break
        except Cancelled:
            return True
        finally:
            reply.finish()
        return False

    def _outcome(
        self, request: Generate, reply: OllamaReply, sent: Tokenized, seed: int, cancelled: bool
    ) -> Generated:
        read = (reply.last.prompt_eval_count if reply.last else None) or 0
        notes = (*ollama_options.notes(request.sampling), *self._thinking_notes(request.thinking))
        if self._counts_whole_prompts:
            notes = (*notes, *cut_note(OLLAMA, request.prompt, sent, read))
        return Generated(
            text=reply.text,
            stop_reason="cancelled" if cancelled else reply.reason(request.max_tokens),
            prompt_tokens=read or sent.count,
            cached_tokens=0,
            reply_tokens=reply.n_tokens,
            time_to_first_token_s=reply.time_to_first_token_s,
            prompt_s=reply.prompt_s,
            generation_s=reply.generation_s,
            seed=seed,
            notes=notes,
        )

    # ---- many rows ----

    def generate_many(
        self, request: GenerateMany, emit: Callable[[RowResult], None], cancel: CancelFlag
    ) -> ManyDone:
        """One request a row, one after the other. How prompts are read is the server's affair."""
        for index, row in enumerate(request.rows):
            if row.labels and not row.max_tokens:
                raise UserError("Ollama gives no scores of labels.", "Ask for free answers.")
            if cancel.is_set:
                return ManyDone(index, cancelled=True)
            try:
                emit(self._row(index, row, request, cancel))
            except Cancelled:
                return ManyDone(index, cancelled=True)
        return ManyDone(len(request.rows))

    def _row(self, index: int, row: Row, request: GenerateMany, cancel: CancelFlag) -> RowResult:
        sent = self.tokenize(Tokenize(row.prompt))
        n_ctx = self._n_ctx(request.context)
        refuse_too_long(sent.count, n_ctx, row.max_tokens, is_exact=self._is_exact)
        asked = self._asked(row.prompt, request.thinking, request.sampling, n_ctx,
                            row.max_tokens, row.seed)  # fmt: skip
        with closing(self._stream(asked, cancel)) as chunks:
            answered = read_row(index, row, chunks)
        if self._counts_whole_prompts:
            refuse_cut(OLLAMA, row.prompt, sent, answered.prompt_tokens)
        return replace(answered, prompt_tokens=answered.prompt_tokens or sent.count)

    # ---- embeddings ----

    def embed(self, request: Embed, cancel: CancelFlag) -> Embedded:
        """One request a text, so that each knows how long it was."""
        import numpy as np

        client, found = _loaded(self._asks), []
        wanted = request.settings.n_ctx or self._settings.n_ctx or self._default_n_ctx
        options = ollama_options.load_options(self._settings, wanted)
        for parts in request.texts:
            text = "".join(part.text for part in parts)
            with client.channel.cut_by(cancel), ollama_server.in_sentences(self._address):
                answer = client.embed(self._served.name, text, truncate=False, options=options)
                vector = answer.embeddings[0]
            values = np.asarray(vector, dtype="<f4")
            values /= np.linalg.norm(values) or 1.0
            spelled = base64.b64encode(values.tobytes()).decode()
            found.append(Embedding(spelled, answer.prompt_eval_count or 0))
        return Embedded(tuple(found))

    # ---- tokens ----

    def tokenize(self, request: Tokenize) -> Tokenized:
        tokenizer = self._served.tokenizer
        counted = tokenized(request.parts, tokenizer.vocabulary if tokenizer else None)
        return Tokenized(counted.count, (), counted.estimated) if request.count_only else counted

    def detokenize(self, token_ids: Sequence[int]) -> str:
        tokenizer = self._served.tokenizer
        if tokenizer is None or any(not tokenizer.vocabulary.contains(i) for i in token_ids):
            raise UserError("The tokens of this model are known to its server only.")
        return b"".join(map(tokenizer.vocabulary.piece, token_ids)).decode("utf-8", "replace")

    def _id_of(self, text: str) -> int | None:
        return self._served.tokenizer.id_of(text) if self._served.tokenizer else None

    # ---- asking ----

    def _asked(
        self, prompt: Sequence[Part], thinking: Thinking, sampling: Sampling, n_ctx: int,
        max_tokens: int, seed: int,
    ) -> dict[str, Any]:  # fmt: skip
        messages = as_messages(prompt, self.detokenize if self._served.tokenizer else None)
        if not any(message["content"] for message in messages):
            raise UserError("There is nothing to answer: the prompt is empty.")
        options = ollama_options.options(sampling, self._settings, n_ctx, max_tokens)
        asked: dict[str, Any] = {"model": self._served.name, "messages": messages,
                 "options": {**options, "seed": seed}}  # fmt: skip
        if thinking != "auto" and "thinking" in self._served.can:
            asked["think"] = thinking == "on"
        return asked

    def _stream(self, asked: dict[str, Any], cancel: CancelFlag) -> Chunks:
        """The chunks of one reply; raises Cancelled when it was cut, UserError when it broke off
        or the server says what went wrong."""
        client = _loaded(self._streams)
        answer = client.chat(**asked, stream=True)  # sent at the first `next`, not here
        with client.channel.cut_by(cancel), closing(cast(Chunks, answer)) as chunks:
            while True:
                with ollama_server.in_sentences(self._address):
                    chunk = next(chunks, None)
                if chunk is None:
                    raise ollama_server.broke_off(self._address)
                yield chunk
                if chunk.done:
                    with suppress(UserError), ollama_server.in_sentences(self._address):
                        next(chunks, None)  # a stream read to its end leaves the connection open
                    return

    @property
    def _default_n_ctx(self) -> int:
        return min(DEFAULT_N_CTX, self._served.number("context_length") or DEFAULT_N_CTX)

    def _thinking_notes(self, thinking: Thinking) -> tuple[str, ...]:
        return (NO_SWITCH,) if thinking == "on" and "thinking" not in self._served.can else ()

    @property
    def _is_exact(self) -> bool:
        return self._served.tokenizer is not None

    @property
    def _counts_whole_prompts(self) -> bool:
        return self._served.is_at_least(FIRST_TO_COUNT_WHOLE_PROMPTS)

    @property
    def _address(self) -> str:
        return self._connection.address

    @property
    def _served(self) -> ServedModel:
        if self._model is None:
            raise UserError("No model is loaded in this engine.")
        return self._model

    def _n_ctx(self, context: str) -> int:
        if context not in self._contexts:
            raise UserError(f"There is no open context called “{context}”.")
        return self._contexts[context]


def _loaded(client: OllamaClient | None) -> OllamaClient:
    if client is None:
        raise UserError("No model is loaded in this engine.")
    return client
