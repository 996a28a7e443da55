"""Chats out of Assay: readable, complete, and harmless whatever a model wrote."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from labs.chat.conversation import Attachment, ChatOptions, Provenance
from labs.chat.export import export_chat, file_name_for, save_export
from labs.chat.export_html import markdown_to_html
from labs.chat.export_markdown import harmless
from models.engine.sim_subjects import HOSTILE, MARKDOWN, THOUGHT
from models.errors import UserError
from models.whole_files import place_beside

ATTACKS = [
    HOSTILE,
    "![a](http://evil.example/x.png)",
    "![a][r]\n\n[r]: http://evil.example/x.png",
    "<img src=http://evil.example/x onerror=alert(1)>",
    "text <script>alert(1)</script> text",
    "<style>@import url(http://evil.example)</style>",
    "[x](javascript:alert(1)) <http://evil.example>",
    '"><svg onload=alert(1)>',
    "| a | b |\n|---|---|\n| ![p](//evil.example/y) | <iframe src=x> |",
    "> - ![q](file:///etc/passwd)\n>   <b>bold</b>",
    "`` ` ![x](http://evil.example) `` ![y](http://evil.example)",
    "</details></body><h1>fake</h1>",
]


HARMLESS_TAGS = re.split(
    " ",
    "html head meta title style body h1 h2 h3 article details summary pre code p ul ol li u em "
    "strong table thead tbody tr th td blockquote br hr",
)


class Tags(HTMLParser):
    """Every tag of a page with its attributes."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


@pytest.fixture
def exported(store):
    """Export a chat of one question and one reply."""

    def export(format, question="Why?", answer="Because.", reply_fields=None, **options):
        chat = store.create_chat(ChatOptions(system_prompt="Be <b>brief</b>."))
        asked = store.add_message(chat.id, None, "user", question, [Attachment("a.md", "``` x", 5)])
        reply = store.add_message(chat.id, asked.id, "assistant", answer)
        made = Provenance("Small model", "/m.gguf", seed=5, tokens_per_second=12.34)
        store.save_reply(replace(reply, provenance=made, **(reply_fields or {})))
        return export_chat(store, chat.id, format, **options)

    return export


@pytest.mark.parametrize("attack", ATTACKS)
def test_html_holds_no_active_tag_and_no_reference(exported, attack):
    page = exported("html", question=attack, answer=attack)
    for tag, attributes in Tags(page).found:
        assert tag in HARMLESS_TAGS
        assert not {"src", "href", "srcset", "style", "onload", "onerror"} & attributes.keys()


@pytest.mark.parametrize("attack", ATTACKS)
def test_markdown_holds_nothing_a_viewer_would_load(exported, attack):
    page = exported("markdown", question=attack, answer=attack)
    rendered = MarkdownIt("commonmark", {"html": True}).enable("table").render(page)
    tags = {tag for tag, _ in Tags(rendered).found}
    assert not tags & {"img", "script", "style", "iframe", "svg", "b", "body"}


def test_an_image_shows_as_its_source():
    assert markdown_to_html("![cat](http://x.example/a.png)") == (
        "<p>![cat](http://x.example/a.png)</p>\n"
    )


def test_a_link_shows_its_address():
    assert "<u>here</u> (http://x.example/?a&amp;b)" in markdown_to_html(
        "[here](http://x.example/?a&b)"
    )


@pytest.mark.parametrize("text", [MARKDOWN, "1 < 2 and `<b>` and\n```\n<img>\n```", "a*b*c_d_ #"])
def test_harmless_markdown_stays_as_it_is(text):
    assert harmless(text) == text.rstrip("\n")


@pytest.mark.parametrize("text", ["```\nnever closed", "~~~~python\nx = 1\n```", "```"])
def test_an_open_code_block_is_closed(text):
    assert MarkdownIt().render(harmless(text) + "\n\n# After").endswith("<h1>After</h1>\n")


@pytest.mark.parametrize("format", ["markdown", "html"])
def test_thinking_is_left_out_on_request(exported, format):
    assert "short answer will do" in exported(format, answer=THOUGHT)
    without = exported(format, answer=THOUGHT, thinking=False)
    assert "short answer will do" not in without and "Forty-two" in without


@pytest.mark.parametrize("format", ["markdown", "html", "json"])
def test_settings_and_timings_are_left_out_on_request(exported, format):
    assert "12.3" in exported(format) and "brief" in exported(format)
    without = exported(format, records=False)
    assert "12.3" not in without and "brief" not in without


@pytest.mark.parametrize("format", ["markdown", "html"])
def test_what_was_dropped_is_said(exported, format):
    page = exported(format, reply_fields={"dropped": (1, 2), "state": "stopped"})
    assert "2 earlier messages did not fit" in page and "stopped" in page


def test_only_the_branch_on_screen_is_written(store):
    chat = store.create_chat()
    asked = store.add_message(chat.id, None, "user", "Q")
    shown = store.add_message(chat.id, asked.id, "assistant", "first version")
    store.add_message(chat.id, asked.id, "assistant", "second version")
    store.set_leaf(chat.id, shown.id)
    page = export_chat(store, chat.id, "markdown")
    assert "first version" in page and "second version" not in page


def test_an_empty_chat_can_be_exported(store):
    chat = store.create_chat()
    assert export_chat(store, chat.id, "markdown") == "# New chat\n"
    assert "<h1>New chat</h1>" in export_chat(store, chat.id, "html")


@pytest.mark.parametrize(
    ("title", "name"),
    [("Tides: why?", "Tides why.md"), ("../..", "chat.md"), ("", "chat.md"), ("a/b\n", "ab.md")],
)
def test_a_title_becomes_a_name_every_system_takes(title, name):
    assert file_name_for(title, "markdown") == name


def test_a_file_that_cannot_be_written_is_said(tmp_path):
    with pytest.raises(UserError, match="could not be written"):
        save_export(tmp_path / "missing" / "a.md", "x")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_does_not_cost_an_earlier_export(tmp_path):
    save_export(tmp_path / "a.md", "earlier")
    assert [path.name for path in tmp_path.iterdir()] == ["a.md"]
    place_beside(tmp_path / "a.md").symlink_to("/dev/full")
    with pytest.raises(UserError, match="No space left"):
        save_export(tmp_path / "a.md", "x" * 100_000)
    assert (tmp_path / "a.md").read_text() == "earlier"
