"""One row of many on its way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from models.engine.label_scores import LabelTree, Logits
from models.engine.messages import Drawn, Row
from models.engine.row_answer import RowAnswer


@dataclass(eq=False)
class RowWork:
    """`first`: logits after the prompt; `drawn`: the tokens of the answer, the last of them not
    decoded yet. `generation_s` is this row's share of the steps it took part in."""

    index: int
    row: Row
    ids: list[int]
    tree: LabelTree
    answer: RowAnswer
    chain: Any = None
    first: Logits | None = None
    drawn: list[Drawn] = field(default_factory=list)
    cached_tokens: int = 0
    prompt_s: float = 0.0
    generation_s: float = 0.0
    batch_rows: int = 1

    @property
    def is_done(self) -> bool:
        return self.tree.is_done and self.answer.stop_reason is not None

    @property
    def most_tokens(self) -> int:
        """What the prompt and all that may follow it take of the cache."""
        longest = max((len(s.token_ids) for s in self.tree.spellings), default=0)
        return len(self.ids) + max(self.row.max_tokens, longest)
