"""Checks of the engine: is the starter there, and does it answer?"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from app.doctor.check import Check
from models.cancel import CancelToken
from models.engine.engine import Engine
from models.engine.messages import Generate, Generated, LoadSettings, Sampling
from models.engine.pool import Pool
from models.engine.sandbox import ChatTurn, Sandbox
from models.errors import EngineDied, UserError
from models.long_work import result_of

QUESTION = "What is the capital of France?"
REPLY_TOKENS = 32
SLOW_TOKENS_PER_S = 5
PREPARE = "Run python3 start.py; it prepares the engine and the starter."


def starter(path: Path | None) -> Check:
    if path is None:
        return Check("Starter model", "fail", "The starter model is not prepared.", PREPARE)
    size = path.stat().st_size
    return Check(
        "Starter model", "ok", f"{path.name} is there ({size / 1e6:.0f} MB).",
        facts={"file": path.name, "size_bytes": size},
    )  # fmt: skip


def answer(path: Path | None, pool: Pool, sandbox: Sandbox) -> Check:
    """Load the starter in a worker of its own and let it answer one question."""
    if path is None:
        return Check("Engine", "fail", "Nothing to try the engine with.", PREPARE)
    try:
        with result_of(pool.lease(str(path), LoadSettings(), holder="doctor")) as lease:
            return _judge(lease.engine, _ask(lease.engine, sandbox))
    except EngineDied as died:
        facts = {"kind": died.kind, "log": "\n".join(died.log[-20:])}
        return Check("Engine", "fail", died.message, died.hint or PREPARE, dict(facts))
    except UserError as error:
        return Check("Engine", "fail", error.message, error.hint or PREPARE)


def _ask(engine: Engine, sandbox: Sandbox) -> Generated:
    prompt = sandbox.render_chat(
        engine.info.chat_template,
        (ChatTurn("user", QUESTION, "user"),),
        add_generation_prompt=True,
        variables={},
        now=datetime.now(),
    )
    request = Generate(
        engine.context.context,
        prompt,
        Sampling(temperature=0, seed=1),
        max_tokens=REPLY_TOKENS,
        reuse_cache=False,
    )
    return result_of(engine.generate(request, CancelToken()))


def _judge(engine: Engine, generated: Generated) -> Check:
    speed = generated.tokens_per_second or 0.0
    info, first = engine.info, generated.time_to_first_token_s or 0.0
    facts: dict[str, str | int | float] = {
        "backend": info.backend,
        "build": info.backend_build,
        "device": info.device,
        "threads": engine.context.threads,
        "conservative": info.conservative,
        "load_s": round(info.load_s, 3),
        "time_to_first_token_s": round(first, 3),
        "tokens_per_second": round(speed, 1),
        "question": QUESTION,
        "reply": generated.text,
    }
    if not generated.text.strip():
        return Check("Engine", "fail", "The starter loaded but said nothing.", PREPARE, facts)
    sentence = (
        f"The starter answered on {info.device}: {speed:.0f} tokens a second, "
        f"the first after {first:.2f} s."
    )
    if speed < SLOW_TOKENS_PER_S:
        advice = "Close programs that use the processor, and use small models on this machine."
        return Check("Engine", "warn", sentence, advice, facts)
    return Check("Engine", "ok", sentence, facts=facts)
