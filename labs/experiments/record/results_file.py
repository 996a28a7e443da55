"""Reading results.json back into the dataclasses that it was written from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, TypeVar

from labs.experiments.charts import (
    Chart,
    CurveChart,
    CurvePoint,
    CurveSeries,
    DifferenceChart,
    DifferenceRow,
    Dot,
    DotChart,
    DotRow,
    FrontierChart,
    FrontierPoint,
    MixChart,
    MixRow,
)
from labs.experiments.record.run_folder import Damaged
from labs.experiments.record.shape import EACH, NUMBER_OR_NONE, require_shape
from labs.experiments.results import Finding, ModelResult, Number, Table

T = TypeVar("T")
_NUMBER = {
    "title": str, "value": NUMBER_OR_NONE, "low?": NUMBER_OR_NONE, "high?": NUMBER_OR_NONE,
    "n?": int, "p?": NUMBER_OR_NONE, "method?": str, "sentence?": str, "reason?": str,
    "extra?": dict,
}  # fmt: skip
_ABOUT: Mapping[str, Any] = {
    "models?": [dict], "comparison?": [str], "events?": {EACH: int}, "n_trials?": int,
}  # fmt: skip
_MODEL: Mapping[str, Any] = {
    "id": str, "finding": {"verdict": str, "sentence": str, "may_not": [str]},
    "lanes": {EACH: {EACH: _NUMBER}}, "leading": [[str]], "caveats": [str],
    "charts": [{"title": str, "kind": str, "finding": str}],
    "tables": [{"title": str, "columns": [str], "rows": [list], "note?": str}],
}  # fmt: skip


def results_from(data: Mapping[str, Any]) -> tuple[ModelResult, ...]:
    """The models of results.json. Raises UserError when it is damaged."""
    try:
        require_shape(data, _ABOUT, "results.json")
        return tuple(_model(each) for each in data.get("models", ()))
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise Damaged(
            f"results.json is damaged ({error}).", "Work the results out again from the trials."
        ) from error


def _model(data: Mapping[str, Any]) -> ModelResult:
    require_shape(data, _MODEL, "a result")
    for lane, name in data["leading"]:
        data["lanes"][lane][name]  # KeyError where a number that leads is missing
    return ModelResult(
        model=data["id"],
        finding=_made(Finding, data["finding"], may_not=tuple(data["finding"]["may_not"])),
        lanes={
            lane: {name: _made(Number, each) for name, each in numbers.items()}
            for lane, numbers in data["lanes"].items()
        },
        leading=tuple((lane, name) for lane, name in data["leading"]),
        charts=tuple(_chart(each) for each in data["charts"]),
        tables=tuple(_table(each) for each in data["tables"]),
        caveats=tuple(data["caveats"]),
    )


def _chart(data: Mapping[str, Any]) -> Chart:
    if data["kind"] == "difference":
        rows = _all(DifferenceRow, data["rows"])
        band = None if data["band"] is None else (data["band"][0], data["band"][1])
        return _made(DifferenceChart, data, rows=rows, band=band)
    if data["kind"] == "mix":
        return _made(
            MixChart, data, rows=_all(MixRow, data["rows"]), outcomes=tuple(data["outcomes"])
        )
    if data["kind"] == "dots":
        lines = tuple(_dot_row(each) for each in data["rows"])
        return _made(DotChart, data, rows=lines, series=tuple(data["series"]))
    if data["kind"] == "frontier":
        return _made(
            FrontierChart, data, points=_all(FrontierPoint, data["points"]),
            notes=tuple(data["notes"]),
        )  # fmt: skip
    series = tuple(_series(each) for each in data["series"])
    return _made(CurveChart, data, series=series, ticks=tuple((x, w) for x, w in data["ticks"]))


def _dot_row(data: Mapping[str, Any]) -> DotRow:
    dots = tuple(None if each is None else _made(Dot, each) for each in data["dots"])
    return _made(DotRow, data, dots=dots)


def _series(data: Mapping[str, Any]) -> CurveSeries:
    threshold = None if data["threshold"] is None else tuple(data["threshold"])
    return _made(
        CurveSeries, data, points=_all(CurvePoint, data["points"]),
        line=tuple((x, y) for x, y in data["line"]), threshold=threshold,
    )  # fmt: skip


def _table(data: Mapping[str, Any]) -> Table:
    rows = tuple(
        tuple(cell if isinstance(cell, str) else _number(cell) for cell in row)
        for row in data["rows"]
    )
    return _made(Table, data, rows=rows, columns=tuple(data["columns"]))


def _number(data: Mapping[str, Any]) -> Number:
    require_shape(data, _NUMBER, "a cell")
    return _made(Number, data)


def _all(kind: type[T], rows: Sequence[Mapping[str, Any]]) -> tuple[T, ...]:
    return tuple(_made(kind, row) for row in rows)


def _made(kind: type[T], data: Mapping[str, Any], **instead: Any) -> T:
    """Keys that this version does not know are notes of a later one."""
    known = {each.name for each in fields(kind)}  # type: ignore[arg-type]
    return kind(**{key: value for key, value in {**data, **instead}.items() if key in known})
