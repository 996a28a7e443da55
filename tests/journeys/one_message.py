"""A window that can be killed, starved or watched from outside.

`python -m tests.journeys.one_message [MODEL TEXT]` opens the real window in the home that
ASSAY_HOME names, sends TEXT where one is given, and prints a JSON object a line: the reply as it
grows, then everything that is on the screen.
"""

from __future__ import annotations

import json
import sys
import time
from typing import cast

from app.pages.chat.page import ChatPage
from app.shell.desktop import Desktop
from tests.journeys.first_minute import once, wait_until


def tell(**what: object) -> None:
    print(json.dumps(what), flush=True)


def tell_growth(n_letters: int) -> None:
    if n_letters:
        tell(at_s=time.monotonic(), n_letters=n_letters)


def chat_page(desktop: Desktop) -> ChatPage:
    return cast(ChatPage, desktop.window.page("chat"))


def look(desktop: Desktop) -> None:
    """Tell what a person would see now."""
    page = chat_page(desktop)
    bar = page.error_bar
    tell(
        bar=bar.accessibleDescription() if bar.isVisible() else "",
        notices=[f"{card.notice.text} {card.notice.hint}"
                 for card in desktop.window.overlays.notices.cards],
        messages=[[m.role, m.state, m.text] for m in page.area.view.messages],
    )  # fmt: skip


def send(desktop: Desktop, model: str, text: str) -> None:
    page, context = chat_page(desktop), desktop.context
    page.session.reply_changed.connect(lambda shown: tell_growth(len(shown.text)))
    ended: list[int] = []
    page.session.reply_ended.connect(ended.append)
    context.current_model.choose(model)
    page.area.composer.set_draft(text)
    page.area.composer.text.submitted.emit()
    refused = lambda: page.error_bar.isVisible() and not page.session.is_busy  # noqa: E731
    wait_until(lambda: bool(ended) or refused(), "the reply")


def journey(desktop: Desktop) -> None:
    wait_until(lambda: not desktop.context.jobs.running, "the models to be looked for")
    if len(sys.argv) > 2:
        send(desktop, *sys.argv[1:3])
    look(desktop)


if __name__ == "__main__":
    once(journey)
