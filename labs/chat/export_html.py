"""The branch on screen as one HTML file: everything escaped, nothing loaded from anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML

from labs.chat.conversation import Chat, Message
from labs.chat.export_markdown import marks
from labs.chat.record_lines import record_lines
from models.engine.thinking import split_thinking

# The policy holds even if a mistake of ours let something through.
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
body {{ font: 16px/1.55 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto;
       padding: 0 1rem; color: #1c1d22; background: #fff; }}
h1 {{ font-size: 1.5rem; }}
h2 {{ font-size: .85rem; color: #5a5c66; margin: 2rem 0 .25rem; }}
article {{ overflow-wrap: anywhere; }}
.user {{ background: #f3f4f7; border-radius: 8px; padding: .25rem 1rem; white-space: pre-wrap; }}
pre {{ background: #f3f4f7; border-radius: 8px; padding: .75rem 1rem; overflow-x: auto; }}
code {{ font: .875em ui-monospace, monospace; }}
table {{ border-collapse: collapse; }}
th, td {{ border: 1px solid #d9dae0; padding: .25rem .6rem; text-align: left; }}
details {{ color: #5a5c66; font-size: .875rem; }}
.mark {{ color: #8a5a00; font-size: .875rem; }}
@media (prefers-color-scheme: dark) {{
  body {{ color: #e6e7eb; background: #17181c; }}
  .user, pre {{ background: #22242a; }}
  h2, details {{ color: #a3a6b1; }}
  th, td {{ border-color: #3a3c45; }}
  .mark {{ color: #e0b060; }}
}}
</style>
</head>
<body>
<h1>{title}</h1>
{body}
</body>
</html>
"""


def to_html(
    chat: Chat, path: Sequence[Message], *, thinking: bool = True, records: bool = True
) -> str:
    """`path` as one page; see `export_chat`."""
    sections = []
    if records and chat.options.system_prompt:
        prompt = escape(chat.options.system_prompt)
        sections.append(f'<h2>System prompt</h2>\n<article class="user">{prompt}</article>')
    sections += [_section(message, thinking, records) for message in path]
    return _PAGE.format(title=escape(chat.title), body="\n".join(sections))


def markdown_to_html(text: str) -> str:
    """Markdown without raw HTML; images show as their source and links as text."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    for name, rule in (("image", _image), ("link_open", _link_open), ("link_close", _link_close)):
        markdown.add_render_rule(name, rule)
    return str(markdown.render(text))


def _section(message: Message, thinking: bool, records: bool) -> str:
    made = message.provenance
    speaker = {"user": "You", "system": "System"}.get(message.role, "Assistant")
    if made is not None:
        speaker = made.model_name
    when = datetime.fromtimestamp(message.created_at, UTC).strftime("%Y-%m-%d %H:%M UTC")
    lines = [f"<h2>{escape(speaker)} · {when}</h2>"]
    for file in message.attachments:
        lines.append(_folded(f"File {file.name}", f"<pre>{escape(file.text)}</pre>"))
    lines += _text_lines(message, thinking)
    lines += [f'<p class="mark">{escape(sentence)}</p>' for sentence in marks(message)]
    if records and made is not None:
        rows = "".join(
            f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>"
            for name, value in record_lines(made)
        )
        lines.append(_folded("How this reply was made", f"<table>{rows}</table>"))
    return "\n".join(lines)


def _text_lines(message: Message, thinking: bool) -> list[str]:
    if message.role != "assistant":
        return [f'<article class="user">{escape(message.text)}</article>']
    lines = []
    for piece in split_thinking(message.text):
        rendered = markdown_to_html(piece.text)
        if piece.kind == "answer":
            lines.append(f"<article>{rendered}</article>")
        elif thinking and piece.text.strip():
            lines.append(_folded("Thinking", rendered))
    return lines


def _folded(summary: str, content: str) -> str:
    return f"<details><summary>{escape(summary)}</summary>\n{content}</details>"


def _image(
    renderer: RendererHTML, tokens: Sequence[Any], index: int, options: Any, env: Any
) -> str:
    token = tokens[index]
    return escape(f"![{token.content}]({token.attrs.get('src', '')})")


def _link_open(
    renderer: RendererHTML, tokens: Sequence[Any], index: int, options: Any, env: Any
) -> str:
    env.setdefault("addresses", []).append(str(tokens[index].attrs.get("href", "")))
    return "<u>"


def _link_close(
    renderer: RendererHTML, tokens: Sequence[Any], index: int, options: Any, env: Any
) -> str:
    return f"</u> ({escape(env['addresses'].pop())})"
