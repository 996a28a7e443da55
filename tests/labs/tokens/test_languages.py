"""What languages cost: one text in all of them, held against published figures."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from scipy.stats import spearmanr

from labs.experiments.statistics.estimate import Estimate, NotDefined
from labs.tokens.comparison import Failure
from labs.tokens.language_rows import chart_of, finding, rows_of
from labs.tokens.languages import (
    Measured,
    Step,
    cost_of,
    measure_languages,
    premium,
    renyi_efficiency,
)
from labs.tokens.machine import Machine, machine_of, measured_machine
from labs.tokens.parallel import ENGLISH, Language, parallel_text
from models.cancel import CancelToken
from models.engine.pool import Pool
from models.errors import Cancelled, UserError
from models.library.library import Library
from models.long_work import result_of
from models.tokenizers.cut import Cut
from models.tokenizers.cutting import cut
from models.tokenizers.opened import open_tokenizer
from models.tokenizers.source import Source, find_source
from models.tokenizers.tokenizers import Tokenizers

SIM = Source("simulated", "", "sim:echo")
GONE = Source("json", "/nowhere/tokenizer.json", "gone")
# FLORES-200, dev and devtest together, cl100k_base: Petrov and others 2305.15425, their table
# tokenization_lengths_validated.csv.
PUBLISHED = {
    "de": 83_450, "fr": 84_407, "el": 271_846, "he": 193_616, "hi": 253_270, "hy": 527_113,
    "bn": 308_325, "am": 405_644, "ar": 160_485, "ja": 121_627, "fi": 105_276, "id": 82_006,
}  # fmt: skip
PUBLISHED_ENGLISH = 52_835


@pytest.fixture
def tokenizers() -> Iterator[Tokenizers]:
    made = Tokenizers()
    yield made
    made.close()


@pytest.fixture(scope="module")
def cl100k(tmp_path_factory: pytest.TempPathFactory) -> Measured:
    source = find_source(Library(tmp_path_factory.mktemp("library") / "index.sqlite3"), "cl100k")
    made = Tokenizers()
    (found,) = result_of(measure_languages(made, [source], parallel_text(), CancelToken()))
    made.close()
    assert isinstance(found, Measured)
    return found


def test_every_language_has_the_same_thirty_articles_and_says_whether_it_has_words() -> None:
    languages = parallel_text()
    assert languages[0].code == ENGLISH and len(languages) == 24
    assert len({language.script for language in languages}) >= 14
    for language in languages:
        assert len(language.articles) == 30 and all(map(str.strip, language.articles))
    unspaced = {language.code for language in languages if not language.has_words}
    assert unspaced == {"th", "my", "zh", "ja"}


def test_premiums_are_near_those_published_for_another_text(cl100k: Measured) -> None:
    reference = cl100k.cost(ENGLISH)
    ours = [premium(cl100k.cost(code), reference).value for code in PUBLISHED]
    theirs = [count / PUBLISHED_ENGLISH for count in PUBLISHED.values()]
    # Law and not news, and articles cut one by one: a quarter is between the two texts.
    assert max(abs(math.log(a / b)) for a, b in zip(ours, theirs, strict=True)) < math.log(1.25)
    assert spearmanr(ours, theirs).statistic > 0.95


def test_a_premium_is_a_ratio_of_totals_with_its_interval(cl100k: Measured) -> None:
    thai, english = cl100k.cost("th"), cl100k.cost(ENGLISH)
    found = premium(thai, english)
    assert isinstance(found, Estimate) and found.value == thai.total / english.total
    assert found.low < found.value < found.high and found.n == 30
    assert premium(english, english).value == 1.0


def test_words_are_counted_only_where_blanks_part_them(cl100k: Measured) -> None:
    german, thai = cl100k.cost("de"), cl100k.cost("th")
    assert thai.tokens_per_word is None and 1.5 < (german.tokens_per_word or 0) < 2.5
    assert german.n_exact == 30 and thai.split_share > german.split_share
    assert german.bytes_per_token * german.total == pytest.approx(german.n_bytes)


def test_renyi_efficiency_is_that_of_its_authors_with_the_whole_vocabulary() -> None:
    """As tokenization-scorer 1.1.8 writes it: log2 of the sum of pᵅ, scaled by 1/(1 − α)."""
    counts, order, size = [7, 2, 1], Fraction(5, 2), 1000
    shares = [Fraction(count, 10) for count in counts]
    entropy = math.log2(sum(float(share) ** float(order) for share in shares)) / float(1 - order)
    assert renyi_efficiency(counts, size) == pytest.approx(entropy / math.log2(size))
    assert renyi_efficiency([1] * 8, 8) == pytest.approx(1.0)
    assert renyi_efficiency([], 8) is None


def test_a_tokenizer_that_knows_few_letters_gets_no_premium() -> None:
    made = open_tokenizer("simulated", Path())
    known = Language("xx", "Known", "Latin", True, ("one two three",) * 20)
    cuts = [cut(article, made, False) for article in known.articles]
    reference = cost_of(known, cuts, made.n_tokens)
    unknown = [_all_unknown(each) for each in cuts]
    assert isinstance(premium(cost_of(known, unknown, 9), reference), NotDefined)
    assert isinstance(premium(reference, reference), Estimate)


def _all_unknown(cut: Cut) -> Cut:
    kinds = dict.fromkeys(cut.pieces, "u")
    return Cut(cut.ids, cut.starts, cut.ends, cut.shares, cut.pieces, kinds,
               "changed", cut.n_graphemes, 0)  # fmt: skip


def test_rows_tell_what_is_left_of_the_context_and_how_long_reading_takes(
    cl100k: Measured,
) -> None:
    rows = rows_of([cl100k], ENGLISH, {cl100k.source: Machine(4096, 500.0)})
    thai = next(row for row in rows if row.cost.language.code == "th")
    assert thai.context == round(4096 / thai.premium.value)
    assert thai.read_s == thai.cost.total / 500
    unknown = rows_of([cl100k], ENGLISH, {})
    assert {(row.context, row.read_s) for row in unknown} == {(None, None)}


def test_the_chart_has_the_dearest_language_on_top_and_the_sentence_names_it(
    cl100k: Measured,
) -> None:
    rows = rows_of([cl100k], "es", {})
    chart = chart_of([cl100k], rows, "es")
    assert chart.rows[0].title == "Burmese" and chart.rows[-1].title == "English"
    assert len(chart.rows) == 23 and chart.rows[-1].dots[0].value < 1 < chart.rows[0].dots[0].value
    assert "Burmese takes" in chart.finding and "tokens of Spanish" in finding([cl100k], rows, "es")


def test_tokenizers_of_one_name_are_not_mixed_and_one_chosen_twice_is_told_once(
    cl100k: Measured,
) -> None:
    other = replace(
        cl100k, source=replace(cl100k.source, path="/elsewhere"), costs=cl100k.costs[::-1]
    )
    alone = finding([cl100k], rows_of([cl100k], ENGLISH, {}), ENGLISH)
    assert "one of 23 languages" in alone
    for both in ([cl100k, cl100k], [cl100k, other]):
        assert finding(both, rows_of(both, ENGLISH, {}), ENGLISH) == alone


def test_one_that_fails_leaves_the_others_and_five_are_too_many(tokenizers: Tokenizers) -> None:
    few = parallel_text()[:2]
    gone, found = result_of(measure_languages(tokenizers, [GONE, SIM], few, CancelToken()))
    assert isinstance(gone, Failure) and isinstance(found, Measured) and len(found.costs) == 2
    with pytest.raises(UserError, match="At most 4"):
        result_of(measure_languages(tokenizers, [SIM] * 5, few, CancelToken()))


def test_it_can_be_stopped_between_languages(tokenizers: Tokenizers) -> None:
    cancel = CancelToken()
    steps = measure_languages(tokenizers, [SIM], parallel_text(), cancel)
    first = next(steps)
    assert isinstance(first, Step) and (first.done, first.total) == (0, 24)
    cancel.cancel()
    with pytest.raises(Cancelled):
        list(steps)


def test_a_model_is_known_by_its_context_and_measured_on_demand(tmp_path: Path) -> None:
    library, pool = Library(tmp_path / "index.sqlite3"), Pool()

    def measured(name: str, known: Machine) -> Machine:
        return result_of(measured_machine(library, pool, name, known, CancelToken()))

    try:
        found = measured("sim:echo", machine_of(library, "sim:echo"))
        dead = measured("sim:crash-load", machine_of(library, "sim:crash-load"))
        gone = measured(str(tmp_path / "gone.gguf"), Machine(n_ctx=512))
    finally:
        pool.close()
    assert gone.n_ctx == 512 and "There is no model" in gone.problem
    assert dead.tokens_per_s is None and "The engine" in dead.problem and dead.n_ctx
    assert found.n_ctx == machine_of(library, "sim:echo").n_ctx
    assert found.tokens_per_s and found.tokens_per_s > 0
    assert machine_of(library, "cl100k") == Machine()
