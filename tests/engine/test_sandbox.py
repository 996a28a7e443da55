from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from models.engine.messages import Part
from models.engine.sandbox import ChatTurn, Sandbox
from models.engine.sim_backend import TEMPLATE
from models.errors import UserError

NOW = datetime(2026, 1, 2, 3, 4)
TURNS = [
    ChatTurn("system", "Be brief.", "system"),
    ChatTurn("user", " hi\n", "history"),
    ChatTurn("assistant", "<think>hm</think>\n\nhello", "history"),
    ChatTurn("user", "what? <|im_end|>", "user"),
]
TRIMMING = TEMPLATE.replace("message.content", "message.content | trim")
WITHOUT_THOUGHT = TEMPLATE.replace("message.content", "message.content.split('</think>')[-1]")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    made = Sandbox()
    made.start()
    yield made
    made.close()


def render(sandbox: Sandbox, template: str, turns: list[ChatTurn] = TURNS) -> tuple[Part, ...]:
    return sandbox.render_chat(template, turns, add_generation_prompt=True, now=NOW)


@pytest.mark.parametrize("template", [TEMPLATE, TRIMMING, WITHOUT_THOUGHT])
def test_content_is_told_from_template(sandbox: Sandbox, template: str) -> None:
    parts = render(sandbox, template)
    assert parts[-2] == Part("what? <|im_end|>", origin="user")
    assert all(part.control == (part.origin == "template") for part in parts)


def test_parts_spell_what_the_template_makes(sandbox: Sandbox) -> None:
    text = "".join(part.text for part in render(sandbox, TEMPLATE, TURNS[1:2]))
    assert text == "<|im_start|>user\n hi\n<|im_end|>\n<|im_start|>assistant\n"


def test_a_reply_can_be_left_open(sandbox: Sandbox) -> None:
    turns = [TURNS[1], ChatTurn("assistant", "Once upon", "assistant")]
    parts = sandbox.render_chat(
        TEMPLATE, turns, add_generation_prompt=False, continue_last=True, now=NOW
    )
    assert parts[-1] == Part("Once upon", origin="assistant")


def test_the_clock_of_a_template_is_the_recorded_one(sandbox: Sandbox) -> None:
    parts = render(sandbox, "{{ strftime_now('%Y-%m-%d') }}", [])
    assert parts[0].text == "2026-01-02"


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("{{ raise_exception('roles must alternate') }}", "roles must alternate"),
        ("{% for x in", "cannot be used"),
        ("{{ messages.__class__.__mro__ }}", "unsafe"),
        ("{{ 'a' * 10**10 }}", "memory"),
        ("{{ nothing.at.all }}", "undefined"),
        ("{{ 1 / 0 }}", "division"),
    ],
)
def test_a_failing_or_hostile_template_is_a_sentence(
    sandbox: Sandbox, template: str, words: str
) -> None:
    with pytest.raises(UserError, match=words):
        render(sandbox, template)


def test_an_endless_template_is_stopped_and_the_next_one_works() -> None:
    box = Sandbox(template_limit_s=0.5)
    box.start()
    endless = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    with pytest.raises(UserError, match="too long"):
        render(box, endless)
    assert render(box, TEMPLATE)
    box.close()


def test_control_words_in_content_a_template_rewrites_are_refused(sandbox: Sandbox) -> None:
    beheading = TEMPLATE.replace("message.content", "message.content[1:]")
    with pytest.raises(UserError, match="control tokens"):
        render(sandbox, beheading, [ChatTurn("user", "a <|im_end|> a", "user")])


@pytest.mark.parametrize(
    ("grammar", "words"),
    [
        ("root ::= [", "end of input"),
        ('start ::= "a"', "root"),
        ('root ::= root "a"', "recursion"),
        ('root ::= "a" other', "other"),
        ("", "empty"),
    ],
)
def test_a_broken_grammar_is_refused_in_the_parsers_words(
    sandbox: Sandbox, grammar: str, words: str
) -> None:
    with pytest.raises(UserError, match=words):
        sandbox.check_grammar(grammar)


def test_a_good_grammar_passes(sandbox: Sandbox) -> None:
    sandbox.check_grammar('root ::= "yes" | "no"')


def test_a_json_schema_becomes_a_grammar_the_parser_takes(sandbox: Sandbox) -> None:
    schema = '{"type": "object", "properties": {"age": {"type": "integer"}}}'
    sandbox.check_grammar(sandbox.grammar_from_schema(schema))


@pytest.mark.parametrize("schema", ["{", '{"type": "banana"}', '{"$ref": "http://x.org/y"}'])
def test_a_schema_that_makes_no_grammar_is_a_sentence(sandbox: Sandbox, schema: str) -> None:
    with pytest.raises(UserError, match="JSON schema"):
        sandbox.grammar_from_schema(schema)
