"""The body of a chat completion."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from models.engine.chat_parts import ChatTurn
from models.engine.chat_template import Template, begun_answer
from models.engine.engine import Engine
from models.engine.messages import Generate, Role, Thinking
from models.engine.sandbox import Sandbox
from models.serving.failures import BAD_REQUEST, ApiError
from models.serving.fields import Fields, refused
from models.serving.wishes import MOST_ALTERNATIVES, MOST_TOKENS, Wishes, read_wishes, require

NO_TOOLS = "Assay does not call tools"
LEAST_EFFORT = ("none", "minimal")
_ROLES: dict[str, Role] = {
    "system": "system", "developer": "system", "user": "user", "assistant": "assistant",
}  # fmt: skip
ANY_OBJECT = '{"type":"object"}'


@dataclass(frozen=True)
class ChatRequest:
    """`json_schema` is the JSON text of what the reply has to follow, "" for free text."""

    turns: tuple[ChatTurn, ...]
    wishes: Wishes
    json_schema: str
    thinking: Thinking

    def for_engine(self, engine: Engine, sandbox: Sandbox, now: datetime) -> tuple[Generate, str]:
        """What the engine is asked, and the thinking tag with which the template begins the
        reply. Raises ApiError or UserError."""
        can = engine.info.capabilities
        self.wishes.refuse_what_is_missing(can, engine.info.name)
        grammar, schema = "", ""
        if self.json_schema and can.json_schema:
            schema = self.json_schema
        elif self.json_schema:
            no_form = f"{engine.info.name} cannot be held to a form"
            require(can, "grammar", "response_format", no_form)
            grammar = sandbox.grammar_from_schema(self.json_schema)
        template = Template(engine.info, sandbox, self.thinking, now)
        parts = template.render(self.turns)
        request = Generate(
            context=engine.context.context,
            prompt=parts,
            sampling=self.wishes.sampling,
            max_tokens=self.wishes.max_tokens,
            stop=(*self.wishes.stop, *template.stop),
            grammar=grammar,
            json_schema=schema,
            lens_top=self.wishes.lens_top,
            thinking=self.thinking,
        )
        return request, begun_answer(parts)


def read_chat(fields: Fields, client: str) -> ChatRequest:
    """Raises ApiError for what is wrong, and for what Assay cannot do and would change a reply."""
    fields.only("tools", [], because=NO_TOOLS)
    fields.only("functions", [], because=NO_TOOLS)
    fields.only("tool_choice", "none", "auto", because=NO_TOOLS)
    fields.only("function_call", "none", "auto", because=NO_TOOLS)
    fields.only("modalities", ["text"], because="Assay answers in text only")
    fields.only("audio", because="Assay answers in text only")
    fields.only("web_search_options", because="Assay searches nothing on the web")
    turns = _turns(fields.take("messages"))
    alternatives = _alternatives(fields)
    limit = fields.first("max_completion_tokens", "max_tokens")
    most = fields.whole(limit, -1, 1, MOST_TOKENS)
    if limit == "max_completion_tokens":
        fields.take("max_tokens")
    schema = _schema(fields.object("response_format"))
    request = ChatRequest(
        turns, read_wishes(fields, client, most, alternatives), schema, _thinking(fields, schema)
    )
    fields.finish()
    return request


def _alternatives(fields: Fields) -> int | None:
    wanted = fields.flag("logprobs")
    top = fields.whole("top_logprobs", 0, 0, MOST_ALTERNATIVES)
    if top and not wanted:
        raise refused("top_logprobs", "top_logprobs needs logprobs: true")
    return top if wanted else None


def _thinking(fields: Fields, schema: str) -> Thinking:
    """A form leaves no room for thoughts. Both usual ways to switch them are understood."""
    effort = fields.text("reasoning_effort")
    variables = Fields(fields.object("chat_template_kwargs"))
    switch = variables.take("enable_thinking")
    variables.finish()
    if schema or effort in LEAST_EFFORT or switch is False:
        return "off"
    return "on" if effort or switch else "auto"


def _schema(form: Mapping[str, Any]) -> str:
    match form.get("type", "text"):
        case "text":
            return ""
        case "json_object":
            return ANY_OBJECT
        case "json_schema":
            wrapped = form.get("json_schema")
            schema = wrapped.get("schema") if isinstance(wrapped, dict) else None
            if isinstance(schema, dict):
                return json.dumps(schema)
            raise refused("response_format", "response_format.json_schema needs a schema")
    raise refused("response_format", "response_format has to be text, json_object or json_schema")


def _turns(messages: Any) -> tuple[ChatTurn, ...]:
    if not isinstance(messages, list) or not messages:
        raise refused("messages", "messages has to be a list of at least one message")
    turns = tuple(_turn(message, f"messages[{n}]") for n, message in enumerate(messages))
    if all(turn.role == "system" for turn in turns):
        raise refused("messages", "messages needs one message of the user")
    last = turns[-1]
    return (*turns[:-1], replace(last, origin="user")) if last.role == "user" else turns


def _turn(message: Any, place: str) -> ChatTurn:
    if not isinstance(message, dict):
        raise refused(place, f"{place} has to be an object with role and content")
    role = _ROLES.get(str(message.get("role")))
    if (
        message.get("role") in ("tool", "function")
        or message.get("tool_calls")
        or message.get("function_call")
    ):
        raise refused(place, NO_TOOLS)
    if role is None:
        raise refused(f"{place}.role", f"{place}.role has to be system, user or assistant")
    content = _content(message.get("content"), f"{place}.content")
    return ChatTurn(role, content, "system" if role == "system" else "history")


def _content(content: Any, place: str) -> str:
    """A text, or a list of pieces of text."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise refused(place, f"{place} has to be a text")
    texts = []
    for piece in content:
        if not isinstance(piece, dict) or not isinstance(piece.get("text"), str):
            raise ApiError(
                BAD_REQUEST, "Assay reads text only: no images, sounds or files.", parameter=place
            )
        texts.append(piece["text"])
    return "\n".join(texts)
