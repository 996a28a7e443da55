"""The process that runs what a model file brings along: its chat template, a user's grammar.

Limited in memory here and in time by its parent: a nested loop in a template cannot be stopped
from a thread, and one multiplication can ask for gigabytes.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any

from models.engine.chat_parts import ChatTurn, split_rendered
from models.engine.messages import (
    Failed,
    Finished,
    Part,
    Render,
    Rendered,
    SchemaGrammar,
    Text,
    TryGrammar,
)
from models.engine.wire import Wire
from models.errors import UserError

MEMORY_BYTES = 512 * 2**20


def main() -> None:
    wire = Wire.of_process()
    limit_memory(MEMORY_BYTES)
    _environment()  # warm: the first render of a chat should not wait for imports
    wire.hello()
    for request_id, message in wire.requests():
        wire.send(request_id, answer(message))


def answer(message: Any) -> Any:
    try:
        return _handle(message)
    except UserError as error:
        return Failed("user", error.message, error.hint)
    except MemoryError:
        return Failed("user", "This chat template asks for more memory than it may have.",
                      "The model file may be hostile or damaged; use another one.")  # fmt: skip


def _handle(message: Any) -> Any:
    match message:
        case Render():
            return Rendered(render(message))
        case TryGrammar():
            return try_grammar(message.gbnf)
        case SchemaGrammar():
            return schema_grammar(message.json_schema)
    raise UserError(f"The sandbox does not know the request {type(message).__name__}.")


def limit_memory(size_bytes: int) -> None:
    """Address space beyond what is used now; where the system cannot, time alone is the limit."""
    if sys.platform == "win32":
        return
    import resource

    import psutil

    limit = psutil.Process().memory_info().vms + size_bytes
    try:
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    except (ValueError, OSError) as error:  # macOS refuses it
        print(f"no memory limit: {error}", file=sys.stderr)


# ---- chat templates ------------------------------------------------------------------------


def render(request: Render) -> tuple[Part, ...]:
    """Raises UserError with the template's own words when it refuses or is broken."""
    import jinja2

    clock = datetime.fromisoformat(request.now).strftime
    turns = [ChatTurn(role, content, origin) for role, content, origin in request.turns]  # type: ignore[arg-type]

    def once(messages: Sequence[Mapping[str, str]]) -> str:
        values = {"tools": None, "documents": None, **request.variables}
        rendered: str = _compiled(request.template).render(
            messages=[dict(m) for m in messages],
            add_generation_prompt=request.add_generation_prompt,
            strftime_now=clock,
            **values,
        )
        return rendered

    try:
        return split_rendered(turns, once)
    except TemplateRefusal as error:
        raise UserError(
            f"The model's chat template refuses this conversation: {error}",
            "Start a new chat, or change the system prompt or the order of the messages.",
        ) from error
    except (jinja2.TemplateError, TypeError, ValueError, KeyError, AttributeError,
            ArithmeticError, RecursionError, LookupError) as error:  # fmt: skip
        raise UserError(
            f"The model's chat template cannot be used: {error}",
            "The file may be damaged, or made for another program.",
        ) from error


class TemplateRefusal(Exception):  # noqa: N818 - raised by the template's own `raise_exception`
    pass


@lru_cache(maxsize=8)
def _compiled(source: str) -> Any:
    return _environment().from_string(source)


@lru_cache(maxsize=1)
def _environment() -> Any:
    """Jinja as chat templates expect it: Hugging Face's helpers, nothing that can be changed."""
    from jinja2.ext import loopcontrols
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols, _generation_tag()]
    )
    environment.filters["tojson"] = _to_json
    environment.globals["raise_exception"] = _refuse
    return environment


def _generation_tag() -> type:
    """`{% generation %}` marks what a trainer learns from; for reading a chat it is nothing."""
    from jinja2 import nodes
    from jinja2.ext import Extension

    class Generation(Extension):
        tags = {"generation"}  # noqa: RUF012 - Jinja's own declaration

        def parse(self, parser: Any) -> Any:
            line = next(parser.stream).lineno
            body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
            return nodes.Scope(body).set_lineno(line)

    return Generation


def _refuse(message: str) -> None:
    raise TemplateRefusal(message)


def _to_json(value: Any, indent: int | None = None, **_kwargs: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)


# ---- grammars ------------------------------------------------------------------------------


def try_grammar(gbnf: str) -> Any:
    """Parse on the native parser, which may crash on what it cannot read, and report its words."""
    from models.engine.llama_library import library

    if not gbnf.strip():
        raise UserError("The grammar is empty.", "Give it a rule called root.")
    lib = library()
    with captured_stderr() as complaint:
        sampler = lib.llama_sampler_init_grammar(None, gbnf.encode(), b"root")
    if not sampler:
        words = " ".join(line.removeprefix("parse: ") for line in complaint)
        return Failed("user", f"The grammar is not valid: {words or 'no reason was given'}.",
                      "Correct it there; it also needs a rule called root.")  # fmt: skip
    lib.llama_sampler_free(sampler)
    return Finished()


@contextmanager
def captured_stderr() -> Iterator[list[str]]:
    """Lines that native code writes to fd 2 meanwhile."""
    lines: list[str] = []
    kept = os.dup(2)
    with tempfile.TemporaryFile() as target:
        os.dup2(target.fileno(), 2)
        try:
            yield lines
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            target.seek(0)
            lines += target.read().decode("utf-8", "replace").split("\n")[:-1]


def schema_grammar(json_schema: str) -> Any:
    from llama_cpp.llama_grammar import json_schema_to_gbnf

    try:
        json.loads(json_schema)
    except ValueError as error:
        raise UserError(f"The JSON schema is no valid JSON: {error}.", "Correct it.") from error
    try:
        return Text(json_schema_to_gbnf(json_schema))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError,
            AssertionError) as error:  # fmt: skip
        raise UserError(
            f"The JSON schema cannot be turned into a grammar: {error}.",
            "Use plain types, properties, enums and arrays.",
        ) from error


if __name__ == "__main__":
    main()
