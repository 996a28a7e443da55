"""The columns of the table of languages."""

from __future__ import annotations

from app.widgets.rows_model import Column
from labs.experiments.statistics.estimate import Estimate, NotDefined
from labs.tokens.language_rows import LanguageRow

NONE = "–"


def _premium(row: LanguageRow) -> str:
    return f"{row.premium.value:.2f}×" if isinstance(row.premium, Estimate) else NONE


def _interval(row: LanguageRow) -> str:
    found = row.premium
    if not isinstance(found, Estimate):
        return NONE
    is_reference = found.low == found.high == 1.0
    return "the reference" if is_reference else f"{found.low:.2f} to {found.high:.2f}"


def _key(row: LanguageRow) -> float:
    return row.premium.value if isinstance(row.premium, Estimate) else -1.0


def _why(row: LanguageRow) -> str:
    found = row.premium
    return found.reason if isinstance(found, NotDefined) else f"{found.sentence} ({found.method})"


def _number(value: float | None, digits: int = 2) -> str:
    return NONE if value is None else f"{value:,.{digits}f}"


def _or_last(value: float | None) -> float:
    return -1.0 if value is None else value


def _came_back(row: LanguageRow) -> str:
    n_articles = len(row.cost.n_tokens)
    return "yes" if row.cost.n_exact == n_articles else f"{row.cost.n_exact} of {n_articles}"


def _counted(title: str, value: object, tooltip: str = "", digits: int = 2) -> Column[LanguageRow]:
    assert callable(value)
    return Column(
        title, lambda row: _number(value(row), digits), lambda row: _or_last(value(row)),
        is_number=True, tooltip=(lambda _row: tooltip) if tooltip else None,
    )  # fmt: skip


def _share(title: str, value: object, tooltip: str) -> Column[LanguageRow]:
    assert callable(value)
    return Column(
        title, lambda row: f"{100 * value(row):.0f} %", value, is_number=True,
        tooltip=lambda _row: tooltip,
    )  # fmt: skip


COLUMNS: tuple[Column[LanguageRow], ...] = (
    Column("Language", lambda row: row.cost.language.name),
    Column("Tokenizer", lambda row: row.tokenizer),
    Column("Times the tokens", _premium, _key, is_number=True, tooltip=_why),
    Column("95 % interval", _interval, _key, is_number=True, tooltip=_why),
    _counted("Tokens", lambda row: row.cost.total, digits=0),
    _counted("Context left", lambda row: row.context,
             "The model's context ÷ times the tokens: how much of the other language would take "
             "as much room. Of tokenizers without a model it is not known.", 0),
    _counted("Seconds to read", lambda row: row.read_s,
             "The whole text at the speed measured on this machine; not measured yet where there "
             "is none.", 1),
    _counted("Tokens a word", lambda row: row.cost.tokens_per_word,
             "Also called fertility. Only where blanks part words."),
    _counted("Tokens a character", lambda row: row.cost.tokens_per_grapheme,
             "A character as a reader sees it: a grapheme"),
    _counted("Bytes a token", lambda row: row.cost.bytes_per_token),
    _counted("Letters a token", lambda row: row.cost.letters_per_token),
    _share("Split characters", lambda row: row.cost.split_share,
           "Characters that are spread over several tokens"),
    _share("Single bytes", lambda row: row.cost.byte_fallback_share,
           "Tokens that stand for one byte of a letter that has no token"),
    _share("Unknown", lambda row: row.cost.unknown_share,
           "Tokens whose letters are lost; above 10 % nothing is compared"),
    Column("Script", lambda row: row.cost.language.script),
    Column("Comes back", _came_back, lambda row: row.cost.n_exact,
           tooltip=lambda _row: "Articles whose tokens spell them again"),
    _counted("Rényi efficiency", lambda row: row.cost.renyi_efficiency,
             "How evenly the vocabulary is used, 0 to 1, at order 2.5: the evener, the better the "
             "tokenizer suits the language (Zouhar and others 2023)"),
)  # fmt: skip
WIDTHS = (150, 200, 116, 112, 70, 96, 116, 108, 134, 108, 114, 122, 98, 84, 110, 100, 120)
