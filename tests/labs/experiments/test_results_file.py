"""What was written to results.json is read back as it was."""

import json

import pytest

from labs.experiments.charts import Dot, DotChart, DotRow
from labs.experiments.record.conclude import analyse
from labs.experiments.record.plan import design_of
from labs.experiments.record.results_file import results_from
from labs.experiments.record.run_folder import RESULTS
from labs.experiments.results import Finding, ModelResult, as_data
from models.errors import UserError
from tests.labs.experiments.running import BRITTLENESS


def test_results_are_read_back_as_they_were(finished):
    plan = finished.plan()
    made = analyse(BRITTLENESS, plan, design_of(plan, BRITTLENESS), finished.trials())
    assert results_from(finished.json(RESULTS)) == made


@pytest.mark.parametrize("spoil", [
    lambda model: model.pop("finding"), lambda model: model.update(charts=[{"kind": "mix"}]),
    lambda model: model.update(lanes={"free": {"accuracy": {}}}),
])  # fmt: skip
def test_damaged_results_are_told_in_a_sentence(finished, spoil):
    data = finished.json(RESULTS)
    spoil(data["models"][0])
    with pytest.raises(UserError, match=r"results\.json is damaged"):
        results_from(data)


def test_a_chart_of_dots_is_read_back_as_it_was():
    dots = (DotRow("German", (Dot(1.6, 1.5, 1.7), None)),)
    chart = DotChart("Tokens", "times", ("a", "b"), dots, "More.", reference=1.0, is_ratio=True)
    made = ModelResult("m", Finding("v", "s"), {}, charts=(chart,))
    assert results_from(json.loads(json.dumps(as_data([made])))) == (made,)
