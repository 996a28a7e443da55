"""A loaded model of any backend, and how the conformance suite talks to it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from labs.chat.budget import Turn
from models.cancel import CancelToken
from models.engine.chat_template import Template
from models.engine.client import EngineClient
from models.engine.messages import Generate, Generated, ModelInfo, Part, Sampling
from models.engine.sandbox import Sandbox
from models.long_work import result_of

NOW = datetime(2026, 11, 25, 12, 0)
GREEDY = Sampling(temperature=0.0)


@dataclass
class Subject:
    """`missing` makes a client of a model that does not exist. A check that a backend cannot be
    put to says why with `lacks`; the table then shows a dash."""

    name: str
    engine: EngineClient
    sandbox: Sandbox
    missing: Callable[[], EngineClient]
    lacking: str = field(default="", init=False)

    @property
    def info(self) -> ModelInfo:
        assert self.engine.info is not None
        return self.engine.info

    def prompt(self, text: str) -> tuple[Part, ...]:
        template = Template(self.info, self.sandbox, "off", NOW)
        return template.render((Turn("user", text, "user"),))

    def work(
        self, text: str, cancel: CancelToken | None = None, **options: Any
    ) -> Generator[Any, None, Generated]:
        asked = {"sampling": GREEDY, "reuse_cache": False, "thinking": "off", **options}
        request = Generate("chat", self.prompt(text), **asked)
        return self.engine.generate(request, cancel or CancelToken())

    def ask(self, text: str, **options: Any) -> Generated:
        return result_of(self.work(text, **options))

    def lacks(self, why: str) -> None:
        self.lacking = why
