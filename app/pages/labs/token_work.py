"""The prompt of a trial as the tokens of its model."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import Any

from app.services import Services
from models.cancel import CancelToken
from models.engine.messages import Part, PromptToken
from models.errors import UserError


def tokenize_prompt(
    services: Services, model: str, parts: Sequence[Mapping[str, Any]], cancel: CancelToken
) -> Generator[Any, None, tuple[PromptToken, ...]]:
    """Loads the model where that is needed. Raises UserError where it is not at hand."""
    entry = services.library.resolve_to_run(model)
    lease = yield from services.lease(entry, holder="the Labs page", cancel=cancel)
    with lease:
        tokens = lease.engine.tokenize([_part(each) for each in parts]).tokens
    if not tokens:
        raise UserError("The tokens of this model are known to its server only.")
    return tokens


def _part(kept: Mapping[str, Any]) -> Part:
    return Part(
        text=kept["text"], origin=kept["origin"], control=kept["control"], role=kept.get("role")
    )
