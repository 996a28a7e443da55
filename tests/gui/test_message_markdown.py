"""Markdown in messages: drawn as it grows, and nothing in it is loaded or run."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QGuiApplication, QTextDocument, QTextOption
from pytestqt.qtbot import QtBot

from app.widgets.message_view.markdown_document import MarkdownDocument
from app.widgets.message_view.message_body import MessageBody
from app.widgets.message_view.text_style import style_from_tokens
from app.widgets.tokens import Tokens

EVERYTHING = """# Title
A *paragraph* with **bold**, `code`, a [link](https://example.org/a) and ~~gone~~ words.

1. first
2. second
   - nested

   more of the second
3. third

> quoted
> > deeper

| a | b |
|---|--:|
| 1 | 2 |

```python
def f(x):
    return x  # ***
```

para
***not a rule***

$$
a = b
- c
$$
The end."""


def document() -> MarkdownDocument:
    return MarkdownDocument(style_from_tokens(Tokens()))


@pytest.fixture
def body(qtbot: QtBot) -> MessageBody:
    made = MessageBody(style_from_tokens(Tokens()))
    qtbot.addWidget(made)
    return made


@pytest.mark.parametrize("steps", [("x" * 9_000,), ("a word ", "x" * 3_000, "x" * 3_000)])
def test_a_word_without_an_end_is_broken_anywhere_and_ordinary_text_between_words(
    body: MessageBody, steps: tuple[str, ...]
) -> None:
    """Qt takes minutes to find a place in a word of a megabyte."""
    text = ""
    for step in steps:
        text += step
        body.markdown.grow_to(text)
    assert body.text_height(400) > 1000
    assert body.markdown.defaultTextOption().wrapMode() == QTextOption.WrapMode.WrapAnywhere
    body.markdown.set_source("short words")
    mode = body.markdown.defaultTextOption().wrapMode()
    assert mode == QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere


@pytest.mark.parametrize("step", [1, 3, 7, 50])
def test_text_that_grew_looks_like_text_drawn_at_once(qapp: object, step: int) -> None:
    whole, grown = document(), document()
    whole.set_source(EVERYTHING)
    for end in range(0, len(EVERYTHING), step):
        grown.grow_to(EVERYTHING[:end])
    grown.grow_to(EVERYTHING, finished=True)
    assert grown.toPlainText() == whole.toPlainText()


def test_a_long_open_code_block_grows_without_being_drawn_again(qapp: object) -> None:
    text = "```python\n" + "x = 1\n" * 2000
    grown = document()
    for end in range(0, len(text), 500):
        grown.grow_to(text[:end])
    grown.grow_to(text + "```\n", finished=True)
    assert grown.toPlainText().count("x = 1") == 2000


def test_a_long_paragraph_grows_plainly_and_is_drawn_properly_in_the_end(qapp: object) -> None:
    text = "some **bold** words " * 400
    grown, whole = document(), document()
    whole.set_source(text)
    for end in range(0, len(text), 100):
        grown.grow_to(text[:end])
    assert "**" in grown.toPlainText()
    grown.grow_to(text, finished=True)
    assert grown.toPlainText() == whole.toPlainText()


def test_a_link_definition_at_the_end_reaches_back(qapp: object) -> None:
    text = "See [the page][1].\n\nMore.\n\n[1]: https://example.org/\n"
    grown = document()
    for end in range(len(text)):
        grown.grow_to(text[:end])
    grown.grow_to(text, finished=True)
    assert grown.links == ["https://example.org/"]


@pytest.mark.parametrize(
    "source",
    [
        "![a](file:///etc/passwd)",
        "![a](//server/share/x.png)",
        "![a](\\\\server\\share\\x.png)",
        "![a](http://example.org/x.png)",
        "![a](data:image/png;base64,AAAA)",
        '<img src="http://example.org/x.png">',
        "<script>alert(1)</script>",
        '<iframe src="file:///"></iframe>',
    ],
)
def test_images_and_html_are_shown_as_their_source(qapp: object, source: str) -> None:
    made = document()
    made.set_source(source)
    assert made.toPlainText() == source
    assert "<img" not in made.toHtml()


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://example.org/", "//server/x", "x"])
def test_no_resource_is_ever_loaded(body: MessageBody, url: str) -> None:
    kind = QTextDocument.ResourceType.ImageResource.value
    assert body.markdown.resource(kind, QUrl(url)) is None
    assert body.loadResource(kind, QUrl(url)) is None


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "file:///etc/passwd", "//server/x", "x.md"]
)
def test_only_web_addresses_become_links(qapp: object, href: str) -> None:
    made = document()
    made.set_source(f"[words]({href})")
    assert made.links == []


def test_a_link_is_announced_with_its_whole_address(qtbot: QtBot, body: MessageBody) -> None:
    body.markdown.set_source("[words](https://example.org/a?b=c#d)")
    with qtbot.waitSignal(body.link_clicked) as clicked:
        body.anchorClicked.emit(QUrl("link:0"))
    assert clicked.args == ["https://example.org/a?b=c#d"]


@pytest.mark.parametrize(
    "formula", ["$a_1 * b_2 * c$", r"\(x_1 \* y\)", "$$\na = b\n- c\n$$", "\\[\nx\n\\]"]
)
def test_formulas_stay_as_they_were_written(qapp: object, formula: str) -> None:
    made = document()
    made.set_source(formula)
    assert made.toPlainText().replace("\u2028", "\n") == formula


def test_copy_puts_the_code_of_its_block_on_the_clipboard(body: MessageBody, qtbot: QtBot) -> None:
    body.markdown.set_source("```\none\n```\ntext\n```python\ntwo = 2\n\nthree\n```")
    cursor = body.markdown.find("python")
    body.setTextCursor(cursor)
    with qtbot.waitSignal(body.code_copied):
        body.anchorClicked.emit(QUrl("copy:"))
    assert QGuiApplication.clipboard().text() == "two = 2\n\nthree"
    assert body.code_blocks() == ["one", "two = 2\n\nthree"]


def test_a_word_without_end_is_not_laid_out_letter_by_letter(body: MessageBody) -> None:
    body.markdown.set_source("x" * 3000)
    assert body.markdown.size().height() < 3000


@pytest.mark.parametrize("text", ["[" * 30_000, "[b](c) *a*\n\n" * 3_000])
def test_text_too_dense_to_be_markdown_is_shown_as_it_was_written(qapp: object, text: str) -> None:
    whole = document()
    whole.set_source(text)
    assert whole.toPlainText().split() == text.split()
