"""Models that an OpenAI-compatible server runs: LM Studio, llama-server, vLLM and others."""

from __future__ import annotations

import base64
import difflib
import math
import secrets
import struct
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from models.engine.backend import CancelFlag, Emit
from models.engine.messages import (
    DEFAULT_N_CTX,
    ContextInfo,
    Embed,
    Embedded,
    Embedding,
    Generate,
    Generated,
    GenerateMany,
    Load,
    ManyDone,
    ModelInfo,
    OpenContext,
    Part,
    Progress,
    RowResult,
    Sampling,
    Thinking,
    Tokenize,
    Tokenized,
)
from models.errors import Cancelled, UserError
from models.hardware.memory_peak import peak_bytes
from models.remote.counting import tokenized
from models.remote.openai_api import Body, OpenAiApi, Refused
from models.remote.openai_identify import Identity, identify
from models.remote.openai_probe import STEPS, Probe, Probed
from models.remote.openai_reply import OpenAiReply
from models.remote.openai_request import reply_body, without_effect
from models.remote.openai_row import answer_row
from models.remote.reading import cut_note, refuse_cut, refuse_too_long
from models.remote.turns import as_messages

SEEDS = 2**31  # what every server takes


class OpenAiBackend:
    """The server counts, remembers and batches as it likes; one request at a time is sent."""

    def __init__(self) -> None:
        self._endpoint = self._model = ""
        self._api: OpenAiApi | None = None
        self._probed: Probed | None = None
        self._n_ctx = 0
        self._contexts: dict[str, int] = {}

    # ---- loading ----

    def load(self, request: Load, emit: Emit, cancel: CancelFlag) -> ModelInfo:
        """Find out what the server can do; it may have to load the model first."""
        started = time.monotonic()
        self._endpoint, self._model = endpoint, model = parse_name(request.model)
        if request.connection is None:
            raise UserError(
                f"There is no server called “{endpoint}”.",
                "Add it on the Models page, under Servers.",
            )
        self._api = OpenAiApi(endpoint, request.connection)
        listed = self._listed(cancel)
        identity = identify(self._api, listed, cancel)
        self._n_ctx = identity.n_ctx
        self._probed = self._probe(identity, emit, cancel)
        return ModelInfo(
            model=request.model, name=model, backend="openai", backend_build=identity.build,
            architecture=identity.architecture,
            n_ctx_train=identity.n_ctx_train or identity.n_ctx, n_vocab=0,
            n_params=identity.n_params, weights_bytes=identity.weights_bytes, chat_template="",
            bos_text="", eos_text="", device=f"decided by {endpoint}",
            load_s=time.monotonic() - started, peak_memory_bytes=peak_bytes(),
            capabilities=self._probed.capabilities,
        )  # fmt: skip

    def _listed(self, cancel: CancelFlag) -> Mapping[str, Any]:
        """The model's entry; {} where the server has no list. Raises UserError where its list
        has other models only: some servers answer with any of them."""
        try:
            models = self._server.models(cancel)
        except Refused as refused:
            if not refused.is_no:
                raise
            return {}
        if found := next((each for each in models if each["id"] == self._model), None):
            return found
        if not models:
            return {}
        names = [str(each["id"]) for each in models]
        close = difflib.get_close_matches(self._model, names, n=3, cutoff=0.3) or names[:3]
        raise UserError(
            f"{self._endpoint} has no model “{self._model}”.",
            f"It has {', '.join(f'endpoint:{self._endpoint}/{name}' for name in close)}.",
        )

    def _probe(self, identity: Identity, emit: Emit, cancel: CancelFlag) -> Probed:
        emit(Progress("load", 0, STEPS))
        steps = Probe(self._server, self._model, identity, cancel).run()
        while True:
            try:
                emit(Progress("load", next(steps), STEPS))
            except StopIteration as end:
                probed: Probed = end.value
                return probed

    def open_context(self, request: OpenContext) -> ContextInfo:
        """The server has its context already; a smaller one may be kept to here."""
        wanted = request.n_ctx or self._n_ctx or DEFAULT_N_CTX
        n_ctx = min(wanted, self._n_ctx or wanted)
        self._contexts[request.context] = n_ctx
        return ContextInfo(request.context, n_ctx, 0, False, 0, request.n_seq)

    def close_context(self, name: str) -> None:
        self._contexts.pop(name, None)

    # ---- replies ----

    def generate(self, request: Generate, emit: Emit, cancel: CancelFlag) -> Generated:
        sent = self._fitting(request.context, request.prompt, 1)
        seed = request.sampling.seed
        seed = secrets.randbelow(SEEDS) if seed < 0 else seed
        sampling = replace(request.sampling, seed=seed)
        body = self._body(
            request.prompt, sampling, request.thinking, max_tokens=request.max_tokens,
            json_schema=request.json_schema, grammar=request.grammar,
            top_logprobs=request.lens_top,
        )  # fmt: skip
        notes = without_effect(sampling, self._known.dialect, request.thinking)
        done = OpenAiReply(request, seed, notes).run(self._server, body, emit, cancel)
        cut = cut_note(self._endpoint, request.prompt, sent, done.prompt_tokens)
        return replace(done, notes=(*done.notes, *cut)) if cut else done

    def generate_many(
        self, request: GenerateMany, emit: Callable[[RowResult], None], cancel: CancelFlag
    ) -> ManyDone:
        """A request a row, one after the other in every mode."""
        for index, row in enumerate(request.rows):
            sent = self._fitting(request.context, row.prompt, row.max_tokens)
            sampling = replace(request.sampling, seed=row.seed % SEEDS)
            body = self._body(row.prompt, sampling, request.thinking, max_tokens=row.max_tokens)
            try:
                if cancel.is_set:
                    raise Cancelled
                answered = answer_row(self._server, body, index, row, cancel)
            except Cancelled:
                return ManyDone(index, cancelled=True)
            refuse_cut(self._endpoint, row.prompt, sent, answered.prompt_tokens)
            emit(answered)
        return ManyDone(len(request.rows))

    def _body(
        self, prompt: Sequence[Part], sampling: Sampling, thinking: Thinking, **options: Any
    ) -> Body:
        messages = as_messages(prompt)
        if not messages:
            raise UserError("There is nothing to answer: the prompt is empty.")
        dialect = self._known.dialect
        is_begun = len(messages) > 1 and prompt[-1].role is None and not dialect.is_plain
        if is_begun and dialect.kind.continuing is None:
            raise UserError(
                "This server cannot go on from a reply that is already begun.",
                "Regenerate the reply from its beginning.",
            )
        return reply_body(
            self._model, messages, dialect, sampling=sampling, thinking=thinking,
            is_begun=is_begun, **options,
        )  # fmt: skip

    def _fitting(self, context: str, prompt: Sequence[Part], reply_tokens: int) -> Tokenized:
        """What is sent, by estimate. Raises UserError where the context cannot hold it; where the
        server does not tell its own, it is asked all the same."""
        if context not in self._contexts:
            raise UserError(f"There is no open context called “{context}”.")
        sent = tokenized(prompt, None)
        if self._n_ctx:
            refuse_too_long(sent.count, self._contexts[context], reply_tokens, is_exact=False)
        return sent

    # ---- texts ----

    def embed(self, request: Embed, cancel: CancelFlag) -> Embedded:
        texts = ["".join(part.text for part in parts) for parts in request.texts]
        if not texts:
            return Embedded(())
        vectors, counted = self._server.embeddings(self._model, texts, cancel)
        # The server counts all texts together.
        sizes = [len(text) + 1 for text in texts]
        tokens = [round(counted * size / sum(sizes)) for size in sizes]
        return Embedded(tuple(map(_embedding, vectors, tokens)))

    def tokenize(self, request: Tokenize) -> Tokenized:
        """By estimate: asking the server would keep the reader thread, and with it Stop."""
        return tokenized(request.parts, None)

    def detokenize(self, token_ids: Sequence[int]) -> str:
        raise UserError("The tokens of this model are known to its server only.")

    @property
    def _server(self) -> OpenAiApi:
        assert self._api is not None
        return self._api

    @property
    def _known(self) -> Probed:
        assert self._probed is not None
        return self._probed


def parse_name(model: str) -> tuple[str, str]:
    """ "endpoint:NAME/MODEL" to its name and model, which may have slashes of its own."""
    name, _, rest = model.removeprefix("endpoint:").partition("/")
    if not name or not rest:
        raise UserError(
            f"“{model}” names no model of a server.", "Write it like endpoint:lab/llama3."
        )
    return name, rest


def _embedding(vector: Sequence[float], n_tokens: int) -> Embedding:
    length = math.sqrt(sum(value * value for value in vector)) or 1.0
    values = struct.pack(f"<{len(vector)}f", *(value / length for value in vector))
    return Embedding(base64.b64encode(values).decode("ascii"), n_tokens)
