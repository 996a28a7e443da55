"""What a class of students shows, as the charts, tables and sentences of any other result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from labs.clinic.students import VERDICT_TITLES, ClassOfStudents, Setting, Verdict, teach
from labs.experiments.charts import MixChart, MixRow
from labs.experiments.results import Finding, Number, Table, number
from labs.experiments.statistics.chance import chance_spread
from labs.experiments.statistics.formats import against_baseline
from labs.experiments.statistics.proportions import wilson
from labs.experiments.statistics.wording import p_text, percent, percentage_points

ITEM_COUNTS = (8, 20, 40, 100)
_EDGES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.6, 1.01)


def with_items(setting: Setting, counts: Sequence[int] = ITEM_COUNTS) -> list[ClassOfStudents]:
    """The same truth, measured by classes whose students have ever more items."""
    return [teach(replace(setting, items=count)) for count in counts]


def verdict_chart(classes: Sequence[ClassOfStudents]) -> MixChart:
    """One row a class: how its students' verdicts divide."""
    rows = tuple(
        MixRow(f"{each.setting.items} items",
               {title: each.count(verdict) for verdict, title in VERDICT_TITLES.items()})
        for each in classes
    )  # fmt: skip
    return MixChart("What the students report", tuple(VERDICT_TITLES.values()), rows,
                    finding_of(classes[-1]).sentence, "students")  # fmt: skip


def spread_chart(found: ClassOfStudents) -> MixChart:
    """The spread between formats as students see it, beside that of formats all alike."""
    alike = teach(replace(found.setting, drop=0.0, seed=found.setting.seed + 1))
    titles = tuple(_bin_title(low, high) for low, high in _bins())
    rows = tuple(
        MixRow(title, dict(zip(titles, _histogram(each), strict=True)))
        for title, each in (("As it is", found), ("All formats alike", alike))
    )
    chance = chance_spread(found.setting.items, found.setting.formats, share=found.setting.accuracy)
    sentence = (
        f"Formats that are all alike spread by {percentage_points(chance.mean)} on average and "
        f"by up to {percentage_points(chance.percentile_95)} in 95 of 100 runs of "
        f"{found.setting.items} items."
    )
    return MixChart("Best minus worst format", titles, rows, sentence, "students")


def class_table(classes: Sequence[ClassOfStudents]) -> Table:
    """Each class with its shares of students, and how often intervals held the truth."""
    columns = (
        "Items", "Some effect reported", "Worse format named", "Wrong format named",
        "Named without correction", "“More than 30 points”", "Intervals that hold the truth",
        "Median spread",
    )  # fmt: skip
    return Table(
        "What each number of items shows", columns, tuple(_row(each) for each in classes),
        "Shares of students, with Wilson intervals. Without correction: at least one of the "
        "comparisons has p < 0.05 by itself.",
    )  # fmt: skip


def student_table(found: ClassOfStudents, student: int) -> Table:
    """What one student holds in hand: right answers, intervals, tests against the baseline."""
    answers = found.answers[student]
    columns = {f"Format {n + 1}": column for n, column in enumerate(answers.T.astype(float))}
    contrasts = {each.name: each for each in against_baseline(columns, "Format 1")}
    rows: list[tuple[str | Number, ...]] = []
    for name, column in columns.items():
        share = number("Right answers", wilson(int(column.sum()), len(column)))
        if (contrast := contrasts.get(name)) is None:
            rows.append((name, share, "baseline", "", ""))
            continue
        p = getattr(contrast.test, "p", 1.0)
        rows.append((name, share, f"+{contrast.gained} −{contrast.lost}", f"p {p_text(p)}",
                     f"p {p_text(contrast.p_holm)}"))  # fmt: skip
    title = f"Student {student + 1}: {VERDICT_TITLES[found.verdicts[student]]}"
    return Table(title, ("Format", "Right answers", "Changed", "McNemar", "After Holm"),
                 tuple(rows))  # fmt: skip


def finding_of(found: ClassOfStudents) -> Finding:
    """The one sentence on a class, against what is true."""
    setting, total = found.setting, found.setting.students
    shares = {verdict: found.count(verdict) / total for verdict in VERDICT_TITLES}
    rule = percent(float(found.rule_fires.mean()))
    if setting.drop == 0:
        reported = 1 - shares["nothing"]
        return Finding("no effect is there", (
            f"No format is worse, and {percent(reported)} of the students report an effect; the "
            f"rule “more than 30 points” would make it {rule}."
        ), _MAY_NOT)  # fmt: skip
    return Finding("an effect is there", (
        f"One format is {percentage_points(setting.drop)} worse. With {setting.items} items "
        f"{percent(shares['named'])} of the students name it, {percent(shares['some'])} see that "
        f"some format matters, {percent(shares['misnamed'])} name a wrong one and "
        f"{percent(shares['nothing'])} see nothing."
    ), _MAY_NOT)  # fmt: skip


_MAY_NOT = (
    "that “no effect visible” means no effect",
    "that real items are equally hard, as they are here: those that differ spread less",
)


def _row(found: ClassOfStudents) -> tuple[str | Number, ...]:
    total = found.setting.students
    named: Verdict = "named"
    return (
        str(found.setting.items),
        _share(total - found.count("nothing"), total),
        _share(found.count(named), total),
        _share(found.count("misnamed"), total),
        _share(int(found.named_uncorrected.sum()), total),
        _share(int(found.rule_fires.sum()), total),
        _share(int(found.holds_truth.sum()), found.holds_truth.size),
        Number("Median spread", float(np.median(found.spreads)), "points", n=total),
    )


def _share(count: int, total: int) -> Number:
    return number("Share", wilson(count, total, what="the share in endlessly many"))


def _bins() -> list[tuple[float, float]]:
    return list(pairwise(_EDGES))


def _bin_title(low: float, high: float) -> str:
    return f"{100 * low:.0f} to {100 * min(high, 1):.0f} points"


def _histogram(found: ClassOfStudents) -> list[int]:
    return [int(((found.spreads >= low) & (found.spreads < high)).sum()) for low, high in _bins()]
