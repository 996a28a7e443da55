"""`assay tokens --same`: two sources of one tokenizer, and why they differ."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from app.cli.interrupts import interrupts
from app.cli.terminal import harmless
from labs.tokens.parity.doctor import Compared, Parity, compare_sources
from labs.tokens.parity.words import cause_of, remarks, sureness, unexplained, verdict
from labs.tokens.reading import Reading
from models.errors import UserError
from models.long_work import result_of
from models.tokenizers.cut import Cut
from models.tokenizers.source import find_source, told_apart

if TYPE_CHECKING:
    from app.services import Services

_AROUND = 3  # tokens shown on both sides of the first difference


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--same", action="store_true",
        help="two --model are said to be one tokenizer: compare them over hard texts (and TEXT) "
        "and tell why they differ; ends with 1 where they do",
    )  # fmt: skip


def run(
    args: argparse.Namespace, services: Services, names: Sequence[str], reading: Reading
) -> int:
    """0 where both cut alike, 1 where not."""
    if len(names) != 2:
        raise UserError("Two sources are compared.", "Name both: --model A --model B.")
    one, other = told_apart([find_source(services.library, name) for name in names])
    with interrupts() as cancel:
        work = compare_sources(services.tokenizers, one, other, reading.text, cancel)
        parity = result_of(work)
    if args.json:
        print(json.dumps(_as_json(parity), ensure_ascii=False, indent=1))
    else:
        _print(parity)
    return 1 if parity.differing else 0


def _print(parity: Parity) -> None:
    print(f"{parity.one.name}  against  {parity.other.name}\n{verdict(parity)}\n")
    for cause in parity.causes:
        print(f"  {harmless(cause.sentence)}\n    {sureness(parity, cause)}")
    for line in (unexplained(parity), *remarks(parity)):
        if line:
            print(f"  {harmless(line)}")
    for place in parity.differing:
        each = parity.texts[place]
        print(f"\n{each.item.kind}: {each.item.text[:60]!r}")
        for source, cut in ((parity.one, each.one), (parity.other, each.other)):
            print(f"    {source.name}: {_near(each, cut)}")


def _near(each: Compared, cut: Cut | UserError) -> str:
    """The tokens around the first difference, which stands between two arrows."""
    if isinstance(cut, UserError):
        return str(cut)
    assert each.first is not None
    at = each.first.index
    shown = [
        f"→{_token(cut, place)}←" if place == at else _token(cut, place)
        for place in range(max(0, at - _AROUND), min(len(cut), at + _AROUND + 1))
    ]
    return " ".join(shown) + (" →end←" if at >= len(cut) else "")


def _token(cut: Cut, place: int) -> str:
    token = cut[place]
    return (
        f"[{harmless(token.text.replace(chr(10), '↵')) or '0x' + token.raw.hex()}]{token.token_id}"
    )


def _as_json(parity: Parity) -> dict[str, Any]:
    return {
        "one": parity.one.name, "other": parity.other.name, "n_texts": len(parity.texts),
        "n_different": len(parity.differing), "verdict": verdict(parity),
        "causes": [{"kind": cause.kind, "sentence": cause.sentence, "sure": cause.sure,
                    "n_settled": len(cause.settled)} for cause in parity.causes],
        "n_unexplained": len(parity.unexplained), "remarks": remarks(parity),
        "different": [
            {"kind": each.item.kind, "text": each.item.text, "cause": cause_of(parity, place),
             "first": asdict(each.first) if each.first else None,
             "one": _ids(each.one), "other": _ids(each.other)}
            for place, each in enumerate(parity.texts) if not each.agrees
        ],
    }  # fmt: skip


def _ids(cut: Cut | UserError) -> list[int] | str:
    return str(cut) if isinstance(cut, UserError) else list(cut.ids)
