"""What the comparison of two sources found, as a person would say it."""

from __future__ import annotations

from collections.abc import Iterable

from labs.tokens.parity.doctor import Cause, Compared, Parity
from labs.tokens.parity.hypotheses import listed, merge_words
from labs.tokens.words import counted
from models.errors import UserError
from models.tokenizers.cut import Cut

NO_CAUSE = "cause not found"
_LINE_ENDS = str.maketrans({"\n": "↵", "\r": "␍"})


def verdict(parity: Parity) -> str:
    """How many texts are cut alike, and which kinds are not."""
    total, differing = len(parity.texts), parity.differing
    if not differing:
        return f"Alike: all {total} texts become the same tokens."
    kinds = kinds_of(parity, differing)
    return (
        f"Not alike: {counted(len(differing), 'text')} of {total} "
        f"{'becomes' if len(differing) == 1 else 'become'} other tokens ({kinds})."
    )


def kinds_of(parity: Parity, places: Iterable[int], most: int = 6) -> str:
    kinds = list(dict.fromkeys(parity.texts[at].item.kind for at in places))
    rest = len(kinds) - most
    return ", ".join(kinds[:most]) + (f" and {rest} more kinds" if rest > 0 else "")


def sureness(parity: Parity, cause: Cause) -> str:
    """How a cause was established: each but the first on top of those before it."""
    changed = "only this changed" if cause == parity.causes[0] else "this changed as well"
    n_settled = len(cause.settled)
    told = "the one text" if n_settled == 1 else f"{n_settled} texts"
    if cause.sure == "all" and n_settled == len(parity.differing):
        told = "the one text that differed" if n_settled == 1 else f"all {n_settled} that differed"
    verb = "becomes" if n_settled == 1 else "become"
    return (
        f"Tried: with {changed}, {told} {verb} the same tokens, and none that agreed "
        f"before differs ({kinds_of(parity, cause.settled)})."
    )


def unexplained(parity: Parity) -> str:
    """Empty where every difference has a cause."""
    found = parity.vocabularies
    if found is not None and _are_two(parity):
        return (
            f"These are two tokenizers, not two sources of one: they share {found.n_shared:,} "
            f"tokens, {100 * found.share:.0f} % of the larger vocabulary. No cause was sought."
        )
    left = [at for at in parity.unexplained if not _failed(parity.texts[at])]
    if not left:
        return ""
    return (
        f"{NO_CAUSE[:1].upper()}{NO_CAUSE[1:]} for {counted(len(left), 'text')} "
        f"({kinds_of(parity, left)}): none of the experiments makes them agree."
    )


def cause_of(parity: Parity, place: int) -> str:
    """Why text number `place` differs; empty where it does not. What stands around every text
    is a part of it, also where something else had to be settled too."""
    each = parity.texts[place]
    if each.agrees:
        return ""
    for side, source in ((each.one, parity.one), (each.other, parity.other)):
        if isinstance(side, UserError):
            return f"{source.name}: {side}"
    if _are_two(parity):
        return "Another tokenizer."
    found = [c for c in parity.causes if c.kind == "frame" or place in c.settled]
    if not any(place in cause.settled for cause in found):
        return f"{NO_CAUSE[:1].upper()}{NO_CAUSE[1:]}."
    return " ".join(cause.sentence for cause in found)


def remarks(parity: Parity) -> list[str]:
    """What differs in the files whether or not it shows in these texts, and what is odd about
    one of them."""
    lines = (*_same_file(parity), *_vocabulary(parity), *_parts(parity), *_odd(parity),
             *_untried(parity))  # fmt: skip
    return list(dict.fromkeys(lines))  # of one file twice, each once


def _same_file(parity: Parity) -> list[str]:
    is_one = parity.one == parity.other
    return [f"Both are the same file, {parity.one.name}."] if is_one else []


def _untried(parity: Parity) -> list[str]:
    """Of which file nothing could be changed to see what it does."""
    if not parity.differing or _are_two(parity):
        return []
    closed = [source.name for source, file in zip((parity.one, parity.other), parity.files,
                                                  strict=True) if file is None]  # fmt: skip
    if not closed:
        return []
    return [
        f"Nothing was changed inside {' and '.join(closed)}: that is tried with GGUF and "
        "tokenizer.json files only, so some causes could not be looked for."
    ]


def _vocabulary(parity: Parity) -> list[str]:
    found = parity.vocabularies
    if found is None:
        return []
    lines = []
    if found.example is not None:
        piece, mine, theirs = found.example
        lines.append(
            f"{counted(found.n_renumbered, 'token')} with another number: {_quoted(piece)} is "
            f"{mine:,} in {parity.one.name} and {theirs:,} in {parity.other.name}."
        )
    for pieces, source in ((found.only_one, parity.one), (found.only_other, parity.other)):
        if pieces:
            some = ", ".join(map(_quoted, pieces[:4])) + ("" if len(pieces) <= 4 else " …")
            lines.append(f"{counted(len(pieces), 'token')} only in {source.name}: {some}.")
    return lines


def _parts(parity: Parity) -> list[str]:
    mine, theirs = parity.files
    if mine is None or theirs is None:
        return []
    lines = []
    names = parity.one.name, parity.other.name
    if mine.merges is not None and theirs.merges is not None and mine.merges != theirs.merges:
        lines.append(f"Merges: {merge_words(*names, mine.merges, theirs.merges)}.")
    for name, more in zip(
        names, (mine.added - theirs.added, theirs.added - mine.added), strict=True
    ):
        if more:
            told = listed({each.text for each in more})
            lines.append(f"Taken out of a text as they are only by {name}: {told}.")
    if mine.takes_whole != theirs.takes_whole:
        who = names[0] if mine.takes_whole else names[1]
        lines.append(f"Only {who} takes a word that is a token without merging (ignore_merges).")
    return lines


def _odd(parity: Parity) -> list[str]:
    lines = []
    for side, source in (("one", parity.one), ("other", parity.other)):
        cuts = [getattr(each, side) for each in parity.texts]
        failed = [cut for cut in cuts if isinstance(cut, UserError)]
        changed = [cut for cut in cuts if isinstance(cut, Cut) and cut.spelling == "changed"]
        if failed:
            lines.append(f"{source.name} cannot cut {counted(len(failed), 'text')}: {failed[0]}")
        if changed:
            lines.append(
                f"{source.name} does not give {counted(len(changed), 'text')} back: its tokens "
                "spell something else than was put in."
            )
    return lines


def _are_two(parity: Parity) -> bool:
    return parity.vocabularies is not None and parity.vocabularies.are_two


def _failed(each: Compared) -> bool:
    return isinstance(each.one, UserError) or isinstance(each.other, UserError)


def _quoted(piece: bytes) -> str:
    try:
        return f"“{piece.decode().translate(_LINE_ENDS)}”"
    except UnicodeDecodeError:
        return f"‹{piece.hex(' ')}›"
