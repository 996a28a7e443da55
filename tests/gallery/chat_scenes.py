"""The chat page: empty, answering, answered, looked into, and when something fails."""

from __future__ import annotations

from dataclasses import replace

from labs.chat.conversation import ChatOptions
from models.engine.messages import Sampling
from tests.gallery.scene import Scene
from tests.gallery.stage import Stage

QUESTION = "What is the capital of France, and why is it there?"
STEADY = ChatOptions(max_tokens=120, sampling=Sampling(seed=7))


def _answered(stage: Stage) -> None:
    stage.chat.session.set_options(STEADY)
    stage.say(QUESTION)


def _markdown(stage: Stage) -> None:
    stage.say("Show me everything you can do with Markdown.")


def _unsure(stage: Stage) -> None:
    _answered(stage)
    reply = stage.chat.session.last_reply()
    assert reply is not None
    stage.chat.session.toggle_lens(reply.id)
    stage.pause(300)


def _sent(stage: Stage) -> None:
    _answered(stage)
    _run(stage, "See exactly what was sent")


def _options(stage: Stage) -> None:
    _answered(stage)
    _run(stage, "Show or hide the options")


def _edited(stage: Stage) -> None:
    _answered(stage)
    session = stage.chat.session
    asked = session.last_user_message()
    assert asked is not None
    session.edit(asked, "What is the capital of Italy?")
    stage.until(lambda: not session.is_busy)
    stage.settle()


def _dropped(stage: Stage) -> None:
    """A rolling window so small that the beginning of the chat falls out."""
    session = stage.chat.session
    session.set_options(replace(STEADY, overflow="rolling_window", max_tokens=60))
    entry = stage.services.library.resolve("starter")
    settings = stage.services.library.load_settings(entry)
    stage.services.library.save_load_settings(entry, replace(settings, n_ctx=256))
    for number in range(5):
        stage.say(f"Tell me fact number {number} about lighthouses, in two long sentences.")


def _many(stage: Stage) -> None:
    for title in ("Lighthouses", "A recipe for soup", "Why the sky is blue", "Regular expressions"):
        stage.chat.session.begin()
        stage.say(title)


def _searched(stage: Stage) -> None:
    _many(stage)
    stage.chat.list.search.setText("sky")
    stage.pause(500)


def _found(stage: Stage) -> None:
    _markdown(stage)
    _run(stage, "Find in this chat")
    stage.chat.area.find_bar.text.setText("re")


def _binned(stage: Stage) -> None:
    _many(stage)
    for row in stage.chat.list.rows[:3]:
        stage.chat.shelf.bin(row.chat_id)


def _six_ways(stage: Stage) -> None:
    stage.chat.session.set_options(STEADY)
    stage.say("Do penguins fly?")
    _run(stage, "Ask it six ways")
    stage.until(lambda: not stage.chat.area.yes_no.is_running)


def _six_ways_told(stage: Stage) -> None:
    """Asked before anything was said, with one chip pressed."""
    stage.chat.area.composer.set_draft("Is the Moon larger than the Earth?")
    stage.pause(400)
    _run(stage, "Ask it six ways")
    stage.until(lambda: not stage.chat.area.yes_no.is_running)
    stage.chat.area.yes_no.chips[3].click()


def _offered(stage: Stage) -> None:
    _answered(stage)
    stage.chat.area.composer.set_draft("Is Paris older than Rome?")
    stage.pause(400)


def _compare(stage: Stage, right: str, *, to_the_end: bool = True) -> None:
    """The model of the scene beside another one."""
    _run(stage, "Compare two models")
    panel = stage.chat.comparison.panel
    assert panel is not None
    stage.chat.session.set_options(STEADY)
    panel.right.choose(right)
    panel.composer.submitted.emit("Write two sentences about the sea.", ())
    if to_the_end:
        stage.until(lambda: not panel.composer.is_busy)
        stage.settle()
    else:
        stage.until(lambda: all(c.reply and len(c.reply.text) > 80 for c in panel.columns))


def _run(stage: Stage, command: str) -> None:
    """Press a command of the page by its name."""
    next(c for c in stage.chat.commands() if c.name == command).run()
    stage.settle()


SCENES = (
    Scene("chat", "empty", "", lambda stage: stage.chat.session.begin()),
    Scene("chat", "no model", "sim:gone"),
    Scene("chat", "busy", "sim:slow?delay_ms=60&tokens=2000",
          lambda stage: stage.start_saying("Talk for a while.")),
    Scene("chat", "loading prompt", "", lambda stage: stage.chat.session.send("word " * 3000)),
    Scene("chat", "result", "", _answered),
    Scene("chat", "markdown", "sim:markdown", _markdown),
    Scene("chat", "unicode", "sim:unicode", lambda stage: stage.say("Grüße! 👩‍🔬 日本語")),
    Scene("chat", "hostile", "sim:hostile", lambda stage: stage.say("Load an image.")),
    Scene("chat", "thinking", "sim:think", lambda stage: stage.say("Think about it.")),
    Scene("chat", "unsure", "", _unsure),
    Scene("chat", "sent", "", _sent),
    Scene("chat", "options", "", _options),
    Scene("chat", "versions", "", _edited),
    Scene("chat", "dropped turns", "", _dropped),
    Scene("chat", "many chats", "sim:echo", _many),
    Scene("chat", "search", "sim:echo", _searched),
    Scene("chat", "find", "sim:markdown", _found),
    Scene("chat", "bin", "sim:echo", _binned, lambda stage: _run(stage, "Open the bin")),
    Scene("chat", "six ways offered", "", _offered),
    Scene("chat", "six ways", "", _six_ways),
    Scene("chat", "six ways told", "", _six_ways_told),
    Scene("chat", "six ways unclear", "sim:echo", _six_ways),
    Scene("chat", "compare empty", "", lambda stage: _run(stage, "Compare two models")),
    Scene("chat", "compare", "", lambda stage: _compare(stage, "sim:markdown")),
    Scene("chat", "compare busy", "sim:long",
          lambda stage: _compare(stage, "sim:slow?delay_ms=60&tokens=2000", to_the_end=False)),
    Scene("chat", "compare failed", "sim:echo", lambda stage: _compare(stage, "sim:broken")),
    Scene("chat", "error", "sim:crash", lambda stage: stage.say("Please crash now.")),
)  # fmt: skip
