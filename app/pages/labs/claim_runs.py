"""The kept runs that are about a claim, and what each says to it. Knows no Qt."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.runs.run_list import RunRow, date_text, list_runs
from labs.claims.cards import Card
from labs.claims.evidence import Side, Speech, is_about, speech
from labs.experiments.record.manifest import entry_of
from labs.experiments.record.results_file import results_from
from labs.experiments.record.run_folder import RESULTS, RunFolder
from models.errors import UserError

FIRST: Mapping[Side, int] = {"for": 0, "against": 1, "neither": 2}


@dataclass(frozen=True)
class SaidByRun:
    """One model of a run on one claim; `about` says which run it is."""

    path: Path
    model: str
    about: str
    said: Speech
    is_simulated: bool = False

    @property
    def rank(self) -> tuple[int, bool]:
        """What settles something first, and a program with a known behaviour last."""
        return FIRST[self.said.side], self.is_simulated


@dataclass(frozen=True)
class ClaimRuns:
    """By the id of a claim, what settles something first and the newest first; `rows` are all
    runs, to be read faster the next time."""

    by_claim: Mapping[str, tuple[SaidByRun, ...]]
    rows: tuple[RunRow, ...] = ()


def read_claim_runs(
    home: Path, cards: Sequence[Card], known: Sequence[RunRow] = ()
) -> Generator[str, None, ClaimRuns]:
    rows = yield from list_runs(home, known)
    found: dict[str, list[SaidByRun]] = {card.claim.id: [] for card in cards}
    for row in rows:
        for card in cards:
            if row.finding and is_about(card.proper, row.experiment, row.set_id):
                yield f"Reading {row.id}"
                found[card.claim.id] += _said(card.claim.id, row)
    return ClaimRuns(
        {claim: tuple(sorted(said, key=lambda each: each.rank))
         for claim, said in found.items()},
        rows,
    )  # fmt: skip


def _said(claim: str, row: RunRow) -> Iterator[SaidByRun]:
    """A run that cannot be read says so in place of its models."""
    folder = RunFolder(row.path)
    told = [f"{row.n_items} items of {row.set_id.replace('-', ' ')}", date_text(row.locked_at)]
    about = " · ".join(filter(None, (*told, row.student)))
    try:
        data, manifest = folder.json(RESULTS), folder.manifest()
        lane = str(data.get("primary", {}).get("lane", ""))
        results = results_from(data)
    except UserError as error:
        yield SaidByRun(row.path, row.id, about, Speech("neither", error.message))
        return
    for result in results:
        is_simulated = bool((entry_of(manifest, result.model) or {}).get("simulated"))
        said = speech(claim, result, lane, is_simulated=is_simulated)
        yield SaidByRun(row.path, result.model, about, said, is_simulated)
