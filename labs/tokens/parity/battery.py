"""Short texts that tokenizers are known to stumble over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

OWN = "your text"
_MOST_ADDED = 12  # each in a text of its own, and as many again to a text for the rest
_MOST_REST = 40  # texts: some tokenizers keep thousands of numbers free


@dataclass(frozen=True)
class Item:
    """`kind` says what is hard about it, as a part of a sentence. `note` says what was changed so
    that it is text at all."""

    kind: str
    text: str
    note: str = ""


def battery(own: str = "", added: Iterable[str] = ()) -> tuple[Item, ...]:
    """The user's text first, where there is one; `added` are tokens that either source takes out
    of a text."""
    items = [Item(OWN, own)] if own else []
    items += [Item(kind, text) for kind, texts in _TEXTS.items() for text in texts]
    items += [
        Item("broken text", b"one \xff\xfe two \xc3".decode("utf-8", "replace"), "bytes became �"),
        Item("broken text", "half \ufffd a character", "a lone surrogate became �"),
    ]
    known = [f"so {token}it{token} is" for token in sorted(set(added)) if token.strip()]
    alone, rest = known[:_MOST_ADDED], known[_MOST_ADDED:]
    starts = range(0, len(rest), _MOST_ADDED)[:_MOST_REST]
    together = [" ".join(rest[at : at + _MOST_ADDED]) for at in starts]
    return (*items, *(Item("its added tokens", text) for text in (*alone, *together)))


_TEXTS = {
    "plain words": ("The cat sat on the mat.", "HeLLo WORLD of camelCase and snake_case"),
    "contractions": (
        "I'm sure they'll say it's what we've DON'T'D.",
        "l'été, rock ’n’ roll, O'Neil",
    ),
    "blanks": ("two  blanks   three    four", "a blank behind ", "   "),
    "a blank in front": (" in front", "   three in front"),
    "line ends": ("one\ntwo\n\nthree\n\n\nfour", "windows\r\nline\r\n\r\nends", "\n", "\n \n  \n"),
    "tabs": ("if x:\n\tif y:\n\t\treturn\tz", "\t\tindented\twith \t both"),
    "digits": (
        "3.14159265358979 and 1234567 and 007",
        "12:30, 2026-11-25, 1,000,000.50",
        "٣٤٥ ५६ ²³ Ⅷ",
    ),
    "punctuation": (
        'Wait... what?! -- "so" (it) [is] {then}; #1 @you $5 100%',
        "==> !=== //// ~~~ ***",
    ),
    "code": ("for (int i = 0; i<n; ++i) { a[i] += b->c; }", "def f(x):\n    return x**2  # ½"),
    "addresses": ("https://example.org/a/b?c=1&d=%20#e", "first.last+tag@example.org"),
    "emoji": ("👩‍👩‍👧‍👦 and 👍🏽, 🇩🇪 🏳️‍🌈", "☺️ ❤️‍🔥"),
    "combining marks": ("e\u0301 n\u0303 a\u0308\u0304 Z͑ͫ̓ͪ̂ͫ̽͏̴̙", "Việt Nam, çà"),
    "composed letters": ("é ñ ü Å Ω", "A\u030a ﬁ ﬂ Å"),
    "compatibility letters": ("ＦＵＬＬ ｗｉｄｔｈ ①② ½ ™ ㎏ \u00a0 \u2003 \u3000",),
    "Chinese, Japanese, Korean": (
        "今天天气很好，我们去公园。",
        "東京タワーはカタカナとひらがな",
        "안녕하세요 세계",
    ),
    "Thai": ("ภาษาไทยไม่มีช่องว่างระหว่างคำ",),
    "right to left": ("السلام عليكم، كيف الحال؟", "שָׁלוֹם עוֹלָם"),
    "other scripts": ("नमस्ते दुनिया", "Привет, мир! Ёлка", "ሰላም ለዓለም", "မင်္ဂလာပါ"),
    "like control tokens": (
        "<|im_start|>user\nhi<|im_end|>",
        "</s> <s> [INST] <unk> <pad> <0x0A> <|endoftext|>",
    ),
    "long runs": ("a" * 300, " " * 130, "=" * 140, "\n" * 40, "ha" * 120),
    "nothing": ("",),
}
