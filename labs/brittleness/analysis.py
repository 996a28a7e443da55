"""What a brittleness run shows for one model: three numbers lead, each beside the placebo arm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from labs.brittleness.verdict import Evidence, finding_of
from labs.experiments.analysis.charts import RIGHT_AXIS, difference_chart, mix_chart
from labs.experiments.analysis.common_numbers import common_numbers
from labs.experiments.analysis.tables import OutcomeTable, table_of, where
from labs.experiments.charts import Chart
from labs.experiments.design import LANE_TITLES, Design
from labs.experiments.record.trials import TrialRecord
from labs.experiments.results import ModelResult, Number, Table, number
from labs.experiments.statistics.clusters import proportion
from labs.experiments.statistics.estimate import Estimate, NotDefined
from labs.experiments.statistics.flips import (
    change_beyond_placebo,
    changes,
    consistency_rate,
    flip_rate,
    yes_rate_movement,
    yes_table,
)
from labs.experiments.statistics.formats import Contrast, against_baseline, cochrans_q
from labs.experiments.statistics.permutation import sign_flip_p
from labs.experiments.statistics.spread import spread, worst_format


class LaneAnalysis:
    """One lane of one model: the tables of formats and of placebo edits, and their numbers."""

    def __init__(
        self, design: Design, records: Sequence[TrialRecord], lane: str, seed: int
    ) -> None:
        self.design, self.lane, self.seed = design, lane, seed
        usual = design.factor("question").levels[0].id
        plain = where(records, question=usual, options="usual")
        formats = [level.id for level in design.factor("format").levels]
        edits = [level.id for level in design.factor("edit").levels]
        self.base = formats[0]
        self.formats: OutcomeTable = table_of(where(plain, edit="none"), "format", formats)
        self.placebos: OutcomeTable = table_of(where(plain, format=self.base), "edit", edits)
        self.turned = [r for r in records if r.factors["question"] != usual]
        self.swapped = where(records, options="swapped")
        self.clusters = self.formats.clusters

    def numbers(self) -> dict[str, Number]:
        design, lane, seed = self.design, self.lane, self.seed
        outcomes, classes = self.formats.outcomes(lane), design.classes
        placebo = self.placebos.outcomes(lane)
        found = {
            "flip_rate": number(
                "Items whose answer changes with the format",
                flip_rate(outcomes, classes, self.clusters),
            ),
            "placebo_flip_rate": number(
                "Items whose answer changes with a placebo edit",
                flip_rate(placebo, classes, self.clusters),
            ),
            "change_beyond_placebo": self.beyond_placebo(),
            "yes_rate_movement": number(
                "How far the YES rate moves between formats",
                yes_rate_movement(outcomes, design.acting, classes, self.clusters, seed=seed),
            ),
            "placebo_yes_rate_movement": number(
                "How far the YES rate moves between placebo edits",
                yes_rate_movement(placebo, design.acting, classes, self.clusters, seed=seed),
            ),
            "accuracy_spread": number(
                "How far accuracy moves between formats",
                spread(self.formats.right(lane), self.clusters, seed=seed),
            ),
            "cochrans_q": number(
                "One test over all formats",
                cochrans_q(self.formats.right(lane), self.clusters, seed=seed),
            ),
            "consistency": number(
                "How often two formats agree", consistency_rate(outcomes, classes, self.clusters)
            ),
        }
        return found | common_numbers(self.formats.records, lane, classes, design.acting) | {
            "same_when_turned": self._agreement("The turned question is answered to match",
                                                self.turned, is_turned=True),
            "same_when_swapped": self._agreement("The same answer with the answers swapped",
                                                 self.swapped, is_turned=False),
        }  # fmt: skip

    def beyond_placebo(self) -> Number:
        """The primary outcome, with a p from turning signs, which also stands where every item
        behaves alike and no interval can be had."""
        formats, placebos = self.formats.outcomes(self.lane), self.placebos.outcomes(self.lane)
        base = [row[0] for row in formats]
        real, meaningless = _columns(formats)[1:], _columns(placebos)[1:]
        classes = self.design.classes
        excess = changes(base, real, classes) - changes(base, meaningless, classes)
        kept = np.flatnonzero(np.isfinite(excess)).tolist()
        title = "Changes beyond the placebo edits"
        mean = change_beyond_placebo(base, real, meaningless, classes, self.clusters)
        found = number(title, mean, "points")
        if not kept:
            return found
        p = sign_flip_p(excess[kept], [self.clusters[i] for i in kept],
                        permutations=10_000, seed=self.seed)  # fmt: skip
        value = float(excess[kept].mean())
        return replace(found, value=value, p=p, n=found.n or len(kept))

    def contrasts(self, *, accuracy: bool) -> tuple[Contrast, ...]:
        """Each format against the baseline, Holm over these."""
        table = self._shares(self.formats, accuracy=accuracy)
        answers = dict(zip(self.formats.levels, table.T, strict=True))
        return against_baseline(answers, self.base, self.clusters, seed=self.seed)

    def placebo_contrasts(self, *, accuracy: bool) -> tuple[Contrast, ...]:
        table = self._shares(self.placebos, accuracy=accuracy)
        answers = dict(zip(self.placebos.levels, table.T, strict=True))
        return against_baseline(answers, "none", self.clusters, seed=self.seed)

    def _shares(self, table: OutcomeTable, *, accuracy: bool) -> np.ndarray:
        if accuracy:
            return table.right(self.lane)
        return yes_table(table.outcomes(self.lane), self.design.acting, self.design.classes)

    def yes_answers(self) -> np.ndarray:
        """(items, formats): 1 for YES, 0 for another clear answer, nan for none."""
        return self._shares(self.formats, accuracy=False)

    def share(self, column: np.ndarray) -> Estimate | NotDefined:
        """The mean of one format over the items that have it."""
        kept = np.flatnonzero(np.isfinite(column)).tolist()
        if not kept:
            return NotDefined("Nothing was answered.")
        return proportion(column[kept], [self.clusters[i] for i in kept])

    def _agreement(self, title: str, records: Sequence[TrialRecord], *, is_turned: bool) -> Number:
        """Turned: a model that means its answer gives the other class to the turned question."""
        base = dict(zip(self.formats.items, self.formats.column(self.lane, self.base), strict=True))
        classes = self.design.classes
        pairs = [(base.get(r.item), r.outcome(self.lane), r.cluster) for r in records]
        known = [(a, b, c) for a, b, c in pairs if a in classes and b in classes]
        if not known:
            return number(title, NotDefined("No item has a clear answer in both."))
        hits = [(a != b) if is_turned else (a == b) for a, b, _ in known]
        return number(title, proportion(hits, [c for _, _, c in known]))


def _columns(rows: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    return list(zip(*rows, strict=True))


def analyse(design: Design, model: str, records: Sequence[TrialRecord], seed: int) -> ModelResult:
    """Every lane that was run, and the finding in the primary one."""
    lanes = [lane for lane in design.lanes if any(r.outcome(lane) for r in records)]
    parts = {lane: LaneAnalysis(design, records, lane, seed) for lane in lanes}
    numbers = {lane: part.numbers() for lane, part in parts.items()}
    primary = design.primary.lane if design.primary.lane in parts else lanes[0]
    part = parts[primary]
    by_answer, by_accuracy = part.contrasts(accuracy=False), part.contrasts(accuracy=True)
    evidence = Evidence(
        design, numbers[primary], by_accuracy, by_answer,
        numbers.get("likelihood", {}).get("auroc"), primary,
    )  # fmt: skip
    finding = finding_of(evidence)
    return ModelResult(
        model=model,
        finding=finding,
        lanes=numbers,
        leading=tuple((primary, name) for name in
                      ("flip_rate", "placebo_flip_rate", "yes_rate_movement", "accuracy_spread")),
        charts=_charts(design, part, finding.verdict, by_answer, by_accuracy),
        tables=_tables(design, parts),
        caveats=evidence.caveats(),
    )  # fmt: skip


def _charts(
    design: Design, part: LaneAnalysis, verdict: str, by_answer: Sequence[Contrast],
    by_accuracy: Sequence[Contrast],
) -> tuple[Chart, ...]:  # fmt: skip
    factor, lane = design.factor("format"), LANE_TITLES[part.lane]
    answers = difference_chart(
        f"YES answers against the baseline, {lane}", "difference in YES answers", factor,
        by_answer, part.placebo_contrasts(accuracy=False),
    )  # fmt: skip
    accuracy = difference_chart(
        f"Right answers against the baseline, {lane}", RIGHT_AXIS, factor,
        by_accuracy, part.placebo_contrasts(accuracy=True),
    )  # fmt: skip
    mix = mix_chart(f"How answers divide, {lane}", factor, part.formats, part.lane)
    first, second = (accuracy, answers) if verdict == "one format is worse" else (answers, accuracy)
    return (first, mix, second)


def _tables(design: Design, parts: dict[str, LaneAnalysis]) -> tuple[Table, ...]:
    factor, tables = design.factor("format"), []
    for lane, part in parts.items():
        right, yes = part.formats.right(lane), part.yes_answers()
        rows = [
            (
                factor.title_of(level),
                number("Right answers", part.share(right[:, place])),
                number("YES answers", part.share(yes[:, place])),
            )
            for place, level in enumerate(part.formats.levels)
        ]
        worst = worst_format(right, [factor.title_of(x) for x in part.formats.levels],
                             part.clusters, seed=part.seed)  # fmt: skip
        note = worst.reason if isinstance(worst, NotDefined) else worst.sentence
        title = f"Right and YES answers by format, {LANE_TITLES[lane]}"
        columns = ("Format", "Right answers", "YES answers")
        tables.append(Table(title, columns, tuple(rows), note))
    return tuple(tables)
