"""The long work of the Next token tab as generators; they know no Qt."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from app.services import Services
from labs.tokens.draws import Drawn, SweepPoint, draw, sweep
from labs.tokens.next_token import Asker, NextToken, Prompt, Steps
from models.cancel import CancelToken
from models.engine.messages import Sampling


@dataclass(frozen=True)
class Draws:
    """What was drawn, and the texts of those tokens by number."""

    drawn: tuple[Drawn, ...]
    texts: dict[int, str]
    n: int


def ask(
    services: Services, name: str, prompt: Prompt, cancel: CancelToken
) -> Generator[Steps, None, NextToken]:
    return (yield from _asker(services, name).read(prompt, cancel))


def draw_from(
    services: Services,
    name: str,
    found: NextToken,
    sampling: Sampling,
    n: int,
    seed: int,
    cancel: CancelToken,
) -> Generator[Steps | str, None, Draws]:
    """The model is asked for the texts of rare tokens only; `name` is "" for none."""
    yield "Drawing"
    drawn = draw(found.distribution, sampling, n, seed)
    texts = {each.token_id: found.texts.get(each.token_id) for each in drawn}
    unknown = [token_id for token_id, text in texts.items() if text is None]
    spelled: dict[int, str] = {}
    if unknown and name:
        spelled = yield from _asker(services, name).spell(unknown, cancel)
    known = {token_id: spelled.get(token_id, "") if text is None else text
             for token_id, text in texts.items()}  # fmt: skip
    return Draws(drawn, known, n)


def sweep_over(
    found: NextToken, sampling: Sampling, n: int, seed: int
) -> Generator[str, None, tuple[SweepPoint, ...]]:
    yield "Drawing at several temperatures"
    return sweep(found.distribution, sampling, n, seed)


def _asker(services: Services, name: str) -> Asker:
    entry = services.library.resolve_to_run(name)
    settings = services.library.load_settings(entry)
    return Asker(services.pool, services.sandbox, entry, settings)
