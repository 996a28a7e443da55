"""A branch rendered with real templates in the real sandbox."""

from datetime import datetime

import pytest

from labs.chat.conversation import Attachment, ChatOptions, Message
from labs.chat.prompt import build_prompt, document_block
from models.engine.messages import Part
from models.errors import UserError
from tests.labs.scripted import CHATML, ScriptedEngine

NOW = datetime(2026, 11, 22, 8, 0)
NO_SYSTEM = (
    "{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}"
    "{% endif %}" + CHATML
)
IGNORES_SYSTEM = "{% for m in messages if m.role != 'system' %}[{{ m.content }}]{% endfor %}"
THINKS = CHATML + "{{ '<think>\n' }}"
SWITCHES = (
    "{{ messages[0].content }}|{% if enable_thinking is defined %}{{ enable_thinking }}"
    "{% else %}unset{% endif %}"
)


@pytest.fixture
def prompt(sandbox):
    """The prompt of a branch of (role, text) turns with a template."""

    def build(*turns, template=CHATML, n_ctx=2048, prefix=None, attachments=(), **options):
        path = [
            Message(i + 1, 1, i or None, role, text, 0.0) for i, (role, text) in enumerate(turns)
        ]
        path[-1] = Message(len(path), 1, None, *turns[-1], 0.0, attachments=tuple(attachments))
        engine = ScriptedEngine(template=template, n_ctx=n_ctx)
        return build_prompt(engine, sandbox, path, ChatOptions(**options), NOW, prefix)

    return build


def text_of(built, origin=None):
    return "".join(p.text for p in built.parts if origin in (None, p.origin))


TALK = (("user", "Hello"), ("assistant", "Hi there"), ("user", "And now?"))


def test_every_part_knows_where_it_comes_from(prompt):
    built = prompt(*TALK, system_prompt="Be brief.")
    assert text_of(built, "system") == "Be brief."
    assert text_of(built, "history") == "HelloHi there"
    assert text_of(built, "user") == "And now?"
    assert text_of(built).endswith("<|im_start|>assistant\n")


def test_user_text_cannot_become_control_tokens(prompt):
    built = prompt(("user", "end <|im_end|> now"))
    assert not any(p.control for p in built.parts if "end <|im_end|>" in p.text)


@pytest.mark.parametrize("template", [NO_SYSTEM, IGNORES_SYSTEM])
def test_a_system_prompt_the_template_does_not_take_goes_before_the_first_message(prompt, template):
    built = prompt(*TALK, template=template, system_prompt="Be brief.")
    assert "Be brief.\n\nHello" in text_of(built)
    assert "takes no system prompt" in built.notes[0]


def test_without_a_template_plain_names_are_sent_and_said(prompt):
    built = prompt(*TALK, template="", system_prompt="Be brief.")
    assert text_of(built) == (
        "Be brief.\n\nUser: Hello\n\nAssistant: Hi there\n\nUser: And now?\n\nAssistant:"
    )
    assert (built.template_hash, built.stop) == ("", ("\nUser:",))
    assert "no chat template" in built.notes[0]


@pytest.mark.parametrize(
    ("thinking", "word"), [("on", "True"), ("off", "False"), ("auto", "unset")]
)
def test_thinking_is_switched_through_the_template(prompt, thinking, word):
    assert text_of(prompt(("user", "x"), template=SWITCHES, thinking=thinking)) == f"x|{word}"


def test_a_switch_that_does_nothing_is_said(prompt):
    assert "no switch for thinking" in prompt(("user", "x"), thinking="on").notes[0]


def test_a_thought_opened_by_the_template_belongs_to_the_reply(prompt):
    assert prompt(("user", "x"), template=THINKS).opened == "<think>\n"
    assert prompt(("user", "about <think>")).opened == ""


def test_earlier_thinking_is_left_out_and_said(prompt):
    built = prompt(("user", "a"), ("assistant", "<think>hm</think>b"), ("user", "c"))
    assert "hm" not in text_of(built) and "thinking of earlier replies" in built.notes[0]


def test_replies_without_text_leave_no_turn_and_questions_in_a_row_are_joined(prompt):
    built = prompt(("user", "one"), ("assistant", ""), ("user", "two"))
    assert text_of(built).count("<|im_start|>") == 2 and "one\n\ntwo" in text_of(built)


def test_an_attached_file_is_named_and_has_its_own_origin(prompt):
    file = Attachment("notes.md", "a ``` b", 7)
    built = prompt(("user", "Read it"), attachments=[file])
    assert (
        text_of(built, "document")
        == document_block(file)
        == ("File notes.md:\n````\na ``` b\n````\n\n")
    )
    assert text_of(built, "user") == "Read it"


def test_a_prefix_follows_the_opening_of_the_reply(prompt):
    built = prompt(("user", "x"), prefix=Part(token_ids=(5, 6), origin="assistant"))
    assert built.parts[-1].token_ids == (5, 6)


def counted_when_sent(sandbox, text, n_ctx):
    """What a turn counts: characters asked about, and the tokens that the plan names."""
    engine = ScriptedEngine(n_ctx=n_ctx)
    path = [Message(1, 1, None, "user", text, 0.0)]
    options = ChatOptions(overflow="rolling_window", max_tokens=50)
    built = build_prompt(engine, sandbox, path, options, NOW, counted=False)
    return engine.counted_characters, built.plan.prompt_tokens


def test_what_fits_by_its_bytes_is_sent_without_a_count(sandbox):
    assert counted_when_sent(sandbox, "short " * 10, 400) == (0, 0)


def test_what_may_not_fit_by_its_bytes_is_counted(sandbox):
    characters, tokens = counted_when_sent(sandbox, "longer " * 60, 400)
    assert characters > 400 and 60 < tokens <= 350


def test_what_does_not_fit_is_dropped_and_named(prompt):
    talk = [("user" if i % 2 == 0 else "assistant", f"m{i} " * 40) for i in range(21)]
    built = prompt(*talk, n_ctx=400, overflow="rolling_window", max_tokens=50)
    assert built.plan.dropped == tuple(range(1, 16 + 1))[: len(built.plan.dropped)]
    assert built.plan.prompt_tokens + 50 <= 400
    assert "m0 " not in text_of(built) and "m20 " in text_of(built)


@pytest.mark.parametrize("overflow", ["rolling_window", "truncate_middle"])
def test_a_megabyte_is_shortened_before_it_is_rendered(prompt, overflow):
    built = prompt(("user", "word " * 200_000), overflow=overflow)
    assert built.plan.shortened == (1,) and built.plan.prompt_tokens < 2048
    assert "tokens left out" in text_of(built, "user")


def test_a_megabyte_is_refused_with_its_size_where_nothing_may_be_left_out(prompt):
    with pytest.raises(UserError, match=r"about 200,\d+ tokens"):
        prompt(("user", "word " * 200_000))


@pytest.mark.parametrize(
    "template",
    ["{{ raise_exception('not this way') }}", "{% for %}", "{{ messages.pop() }}"],
)
def test_a_failing_template_is_said_in_a_sentence(prompt, template):
    with pytest.raises(UserError, match="template"):
        prompt(("user", "x"), template=template)


def test_an_empty_branch_is_refused(prompt):
    with pytest.raises(UserError, match="nothing to send"):
        prompt(("user", "  "), system_prompt="Be brief.")
