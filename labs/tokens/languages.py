"""What languages cost: one text in all of them, through up to four tokenizers.

Premium = N(language) ÷ N(reference), with N the tokens of all articles together, each cut by
itself: the ratio of totals, as Petrov and others (2305.15425) take it, and not the mean of ratios
by sentence, which is another number. Its interval draws articles again, in pairs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from math import log

from labs.experiments.statistics.estimate import Estimate, NotDefined
from labs.tokens.comparison import MOST_TOKENIZERS, Failure
from labs.tokens.parallel import Language
from models.cancel import CancelToken
from models.errors import UserError
from models.long_work import result_of
from models.tokenizers.cut import Cut
from models.tokenizers.messages import Facts
from models.tokenizers.source import Source
from models.tokenizers.tokenizers import Tokenizers

RENYI_ORDER = 2.5
MOST_UNKNOWN = 0.1  # as Petrov and others: beyond, a tokenizer only seems cheap
SEED = 20260101
ABOVE_ALL_UNKNOWN = NotDefined(
    "More than a tenth of its tokens are unknown: letters are lost, so their number says nothing."
)


@dataclass(frozen=True)
class Cost:
    """One language through one tokenizer; counts over all articles but `n_tokens`, which has one
    count an article. `n_exact` articles come back from their tokens byte for byte, or but for a
    blank in front. `n_words` is None where blanks part no words."""

    language: Language
    n_tokens: tuple[int, ...]
    n_bytes: int
    n_letters: int  # Unicode code points
    n_graphemes: int
    n_split_graphemes: int
    n_words: int | None
    n_byte_fallback: int
    n_unknown: int
    n_exact: int
    renyi_efficiency: float | None

    @property
    def total(self) -> int:
        return sum(self.n_tokens)

    @property
    def is_void(self) -> bool:
        return self.n_unknown > MOST_UNKNOWN * self.total

    @property
    def bytes_per_token(self) -> float:
        return self.n_bytes / self.total

    @property
    def letters_per_token(self) -> float:
        return self.n_letters / self.total

    @property
    def tokens_per_grapheme(self) -> float:
        return self.total / self.n_graphemes

    @property
    def tokens_per_word(self) -> float | None:
        """Fertility."""
        return self.total / self.n_words if self.n_words else None

    @property
    def byte_fallback_share(self) -> float:
        return self.n_byte_fallback / self.total

    @property
    def unknown_share(self) -> float:
        return self.n_unknown / self.total

    @property
    def split_share(self) -> float:
        """Of the characters as a reader sees them, those spread over several tokens."""
        return self.n_split_graphemes / self.n_graphemes


@dataclass(frozen=True)
class Measured:
    """One tokenizer and all languages, in their order."""

    source: Source
    facts: Facts
    costs: tuple[Cost, ...]

    def cost(self, code: str) -> Cost:
        return next(cost for cost in self.costs if cost.language.code == code)


@dataclass(frozen=True)
class Step:
    """`done` of `total` languages, over all tokenizers."""

    done: int
    total: int
    detail: str


LanguageOutcome = Measured | Failure


def measure_languages(
    tokenizers: Tokenizers,
    sources: Sequence[Source],
    languages: Sequence[Language],
    cancel: CancelToken,
) -> Generator[Step | LanguageOutcome, None, tuple[LanguageOutcome, ...]]:
    """Yields steps, and each tokenizer when it is through; returns all in order of the sources.

    Raises UserError for more than four sources, Cancelled when stopped.
    """
    if len(sources) > MOST_TOKENIZERS:
        raise UserError(
            f"At most {MOST_TOKENIZERS} tokenizers stand side by side.", "Take one away first."
        )
    outcomes: list[LanguageOutcome] = []
    for place, source in enumerate(sources):
        try:
            outcome: LanguageOutcome = yield from _measured(
                tokenizers, source, languages, cancel, place, len(sources)
            )
        except UserError as error:
            outcome = Failure(source, error)
        outcomes.append(outcome)
        yield outcome
    return tuple(outcomes)


def _measured(
    tokenizers: Tokenizers,
    source: Source,
    languages: Sequence[Language],
    cancel: CancelToken,
    place: int,
    n_sources: int,
) -> Generator[Step, None, Measured]:
    facts = result_of(tokenizers.facts(source, cancel))
    costs = []
    for number, language in enumerate(languages):
        cancel.raise_if_cancelled()
        done = place * len(languages) + number
        yield Step(done, n_sources * len(languages), f"{language.name} with {source.name}")
        cuts = [
            result_of(tokenizers.cut(source, article, False, cancel))
            for article in language.articles
        ]
        costs.append(cost_of(language, cuts, facts.n_tokens))
    return Measured(source, facts, tuple(costs))


def cost_of(language: Language, cuts: Sequence[Cut], n_vocabulary: int) -> Cost:
    """`cuts` are its articles'; `n_vocabulary` is the whole vocabulary of the tokenizer."""
    text = " ".join(language.articles)
    used = Counter(token_id for cut in cuts for token_id in cut.ids)
    kinds = [cut.n_of_kind for cut in cuts]
    return Cost(
        language,
        tuple(len(cut) for cut in cuts),
        sum(len(article.encode()) for article in language.articles),
        sum(map(len, language.articles)),
        sum(cut.n_graphemes for cut in cuts),
        sum(cut.n_split_graphemes for cut in cuts),
        len(text.split()) if language.has_words else None,
        sum(kind["b"] for kind in kinds),
        sum(kind["u"] for kind in kinds),
        sum(cut.spelling != "changed" for cut in cuts),
        renyi_efficiency(list(used.values()), n_vocabulary),
    )


def renyi_efficiency(
    counts: Sequence[int], n_vocabulary: int, order: float = RENYI_ORDER
) -> float | None:
    """Rényi entropy of the tokens' frequencies ÷ log of the vocabulary, 0 to 1 (Zouhar and others
    2023, Tokenization and the Noiseless Channel): [log Σ pᵢ^α ÷ (1 − α)] ÷ log |V|.

    |V| is the whole vocabulary; the authors' package takes the observed types unless told. None
    where nothing was counted.
    """
    total = sum(counts)
    if not total or n_vocabulary < 2:
        return None
    entropy = log(sum((count / total) ** order for count in counts)) / (1 - order)
    return entropy / log(n_vocabulary)


def premium(cost: Cost, reference: Cost) -> Estimate | NotDefined:
    """How many times the tokens of the reference; void where a tenth of either is unknown."""
    from labs.experiments.statistics.ratio import ratio_of_totals  # numpy: not before it is wanted

    if cost.is_void or reference.is_void:
        return ABOVE_ALL_UNKNOWN
    what = f"the true ratio to {reference.language.name}"
    return ratio_of_totals(cost.n_tokens, reference.n_tokens, seed=SEED, what=what)
