"""A yes/no question asked in six wordings at once, free answer and lean in one pass."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from datetime import datetime

from labs.chat.conversation import Provenance
from labs.chat.identity import ModelIdentity, identity_of
from labs.experiments.design import FREE_TOKENS, THOUGHT_TOKENS, Trial
from labs.experiments.running.prompts import PromptWriter, labels_of
from labs.experiments.running.room import LEAST_N_CTX
from labs.experiments.running.subject import ContextNeed, experiments_wish
from labs.experiments.scoring.answers import AnswerParser
from labs.experiments.scoring.lanes import lean
from labs.experiments.six_ways.six_answers import LABELS, WordingAnswer
from labs.experiments.six_ways.wordings import Wording, yes_no_wordings
from models.cancel import CancelToken
from models.engine.engine import ManyEngine
from models.engine.messages import GenerateMany, ManyDone, Progress, Row, RowResult
from models.engine.pool import Pool, Waiting
from models.engine.sandbox import Sandbox
from models.library.library import Library

HOLDER = "six ways"
_PARSER = AnswerParser(LABELS)
_THINKS = r"\A\s*<think>"  # ends an answer that has no room for its thought


@dataclass(frozen=True)
class SixWaysQuestion:
    """What is asked: each wording alone, after the `system` prompt where there is one."""

    text: str
    system: str = ""

    @property
    def wordings(self) -> tuple[Wording, ...]:
        return yes_no_wordings(self.text)


@dataclass(frozen=True)
class Asking:
    """The model is ready; its answers come next."""


Event = Progress | Waiting | Asking | WordingAnswer


def six_ways(
    library: Library,
    pool: Pool,
    sandbox: Sandbox,
    model: str,
    question: SixWaysQuestion,
    now: datetime,
    cancel: CancelToken,
) -> Generator[Event, None, tuple[WordingAnswer, ...]]:
    """Lease `model` beside others and ask; return the answers in the order of the wordings.

    Raises UserError where the model cannot be had or its template fails, Cancelled when stopped.
    """
    entry = library.resolve_to_run(model)
    identity = identity_of(library, entry)
    settings = library.load_settings(entry)
    lease = yield from pool.lease(
        entry.model, settings, context=experiments_wish(settings, _need(question)), holder=HOLDER,
        cancel=cancel,
    )  # fmt: skip
    with lease:
        yield Asking()
        writer = PromptWriter(lease.engine.info, sandbox, now, is_simulated=entry.format == "sim")
        return (yield from ask(lease.engine, writer, question, cancel, identity))


def _need(question: SixWaysQuestion) -> ContextNeed:
    """At least as experiments open it, so that one context serves both."""
    longest = max(len(each.text) for each in question.wordings) + len(question.system)
    return ContextNeed(max(LEAST_N_CTX, longest // 2 + FREE_TOKENS + THOUGHT_TOKENS + 256))


def ask(
    engine: ManyEngine,
    writer: PromptWriter,
    question: SixWaysQuestion,
    cancel: CancelToken,
    identity: ModelIdentity | None = None,
) -> Generator[WordingAnswer, None, tuple[WordingAnswer, ...]]:
    """All wordings in one request, free answer and lean in one pass. A model that thinks first is
    asked once more with room for it, and for the free answer alone: its lean before the thought
    says nothing. What it was told before is then replaced."""
    asked = _Asked(engine, writer, question, identity or ModelIdentity(engine.info.name))
    answers, thinks = yield from _ask_all(asked, cancel)
    if thinks:
        answers, _ = yield from _ask_all(replace(asked, thinks=True), cancel)
    return tuple(answers[number] for number in sorted(answers))


@dataclass(frozen=True)
class _Asked:
    engine: ManyEngine
    writer: PromptWriter
    question: SixWaysQuestion
    identity: ModelIdentity
    thinks: bool = False  # then it gets room for its thought

    @property
    def most_tokens(self) -> int:
        return FREE_TOKENS + (THOUGHT_TOKENS if self.thinks else 0)


def _ask_all(
    asked: _Asked, cancel: CancelToken
) -> Generator[WordingAnswer, None, tuple[dict[int, WordingAnswer], bool]]:
    """The answers by number, and whether one began with a thought that had no room."""
    wordings = asked.question.wordings
    rows = tuple(_row(asked, number) for number in range(len(wordings)))
    work = asked.engine.generate_many(GenerateMany("", rows, "exact"), cancel)
    answers: dict[int, WordingAnswer] = {}
    began_to_think = False
    while True:
        try:
            row = next(work)
        except StopIteration as end:
            done: ManyDone = end.value
            if done.cancelled:
                cancel.raise_if_cancelled()
            return answers, began_to_think
        if not asked.thinks and row.text.lstrip().startswith("<think>"):
            began_to_think = True
        elif not began_to_think:
            answers[row.index] = _answer(asked, wordings[row.index], row)
            yield answers[row.index]


def _row(asked: _Asked, number: int) -> Row:
    trial = _trial(asked.question, number)
    can_score = asked.engine.info.capabilities.prompt_logits and not asked.thinks
    return Row(
        prompt=asked.writer.write(trial).parts,
        labels=labels_of(trial) if can_score else (),
        max_tokens=asked.most_tokens,
        until=_PARSER.until() if asked.thinks else (*_PARSER.until(), _THINKS),
        seed=trial.seed(0),
    )


def _trial(question: SixWaysQuestion, number: int) -> Trial:
    """Nobody knows what is right: simulated subjects are told the words and the wording alone."""
    level = {"format": str(number)}
    oracle = {"labels": dict(LABELS), "factors": level, "positions": {"format": number}}
    return Trial(
        "question", "", level, truth="", user=question.wordings[number].text,
        system=question.system, labels=LABELS, oracle=oracle,
    )  # fmt: skip


def _answer(asked: _Asked, wording: Wording, row: RowResult) -> WordingAnswer:
    outcome = _PARSER.read(row.text, row.stop_reason).outcome
    found = lean(row.labels) if row.labels else None
    return WordingAnswer(
        row.index, wording, row.text, outcome, found.score if found else None,
        found.label_mass if found else None, _record(asked, row),
    )  # fmt: skip


def _record(asked: _Asked, row: RowResult) -> Provenance:
    info, known = asked.engine.info, asked.identity
    return Provenance(
        known.name, info.model, known.fingerprint, known.sha256, known.quantization, info.backend,
        info.backend_build, info.device, asked.engine.context.n_ctx, known.load,
        GenerateMany("", ()).sampling, template_hash=asked.writer.template_hash, thinking="off",
        prompt_tokens=row.prompt_tokens, cached_tokens=row.cached_tokens,
        reply_tokens=row.reply_tokens, stop_reason=row.stop_reason,
        conservative_kernels=info.conservative, max_tokens=asked.most_tokens,
        notes=asked.writer.notes, manifest_sha256=known.manifest_sha256,
    )  # fmt: skip
