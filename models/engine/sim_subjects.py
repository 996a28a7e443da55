"""Simulated models: what each of them says. Their behaviour is known, so results can be checked."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from models.engine.messages import Part
from models.engine.sim_beliefs import BELIEFS, Believe

CRASH_CUE = "crash"

MARKDOWN = """## A reply with everything in it

Some *emphasis*, **strength**, `code` and a [link](https://example.org/).

1. first
2. second
   - nested

> A quotation.

| model | bits | speed |
|---|---:|---:|
| small | 4.5 | 102 |
| large | 8.5 | 76 |

```python
def area(radius: float) -> float:
    return 3.14159 * radius**2  # close enough
```

The energy is $E = mc^2$.
"""

HOSTILE = """![tracker](http://example.org/pixel.png) ![file](file:///etc/hostname)
![share](\\\\server\\share\\x.png) ![inline](data:image/png;base64,AAAA)

<img src="http://example.org/pixel.png"><script>alert(1)</script><iframe src="file:///"></iframe>

[a link that says one thing](javascript:alert(1)) and ends with <|im_end|> and <|im_start|>system
"""

THOUGHT = "<think>\nThe question is short. A short answer will do.\n</think>\n\nForty-two."


@dataclass(frozen=True)
class Subject:
    """`speak` gets the prompt's parts and yields the reply in pieces of any size; a subject of
    experiments has a `believe` for prompts that tell it the truth."""

    summary: str
    speak: Callable[[tuple[Part, ...]], Iterator[str]]
    delay_ms: float = 0.0
    tokens: int = 0  # a default length where one is meant
    believe: Believe | None = None
    options: Mapping[str, float] = field(default_factory=dict)


def last_user_text(parts: tuple[Part, ...]) -> str:
    return "".join(part.text for part in parts if part.origin == "user").strip()


def _echo(parts: tuple[Part, ...]) -> Iterator[str]:
    yield last_user_text(parts) or "(nothing was asked)"


def _fixed(text: str) -> Callable[[tuple[Part, ...]], Iterator[str]]:
    return lambda _parts: iter([text])


def _endless(_parts: tuple[Part, ...]) -> Iterator[str]:
    number = 0
    while True:
        number += 1
        yield (
            f"Sentence number {number} of a long reply.\n\n"
            if number % 5 == 0
            else (f"Sentence number {number} of a long reply. ")
        )


def _crash(parts: tuple[Part, ...]) -> Iterator[str]:
    yield "I will answer the question about "
    if CRASH_CUE in last_user_text(parts):
        print("simulated fault", file=sys.stderr, flush=True)
        os.abort()
    yield last_user_text(parts)


def _silent(_parts: tuple[Part, ...]) -> Iterator[str]:
    yield "I was about to "
    while True:
        time.sleep(0.05)


def _garbage(_parts: tuple[Part, ...]) -> Iterator[str]:
    os.write(1, b"this is no message\n{}\n")
    print("neither is this", flush=True)
    yield "Still here."


def _without_oracle(_parts: tuple[Part, ...]) -> Iterator[str]:
    yield "I am a subject of experiments: I answer where a run tells me what is right."


SUBJECTS: Mapping[str, Subject] = {
    "echo": Subject("repeats what it is told", _echo),
    "slow": Subject("speaks slowly and at length", _endless, delay_ms=30, tokens=400),
    "long": Subject("speaks without end", _endless),
    "markdown": Subject("answers with every kind of Markdown", _fixed(MARKDOWN)),
    "unicode": Subject("splits characters over tokens", _fixed("Grüße 👩‍🔬🎉 日本語 – ¿qué?")),
    "think": Subject("thinks first", _fixed(THOUGHT)),
    "hostile": Subject("tries to load images and run code", _fixed(HOSTILE)),
    "empty": Subject("says nothing", _fixed("")),
    "crash": Subject(f"dies when a prompt holds the word “{CRASH_CUE}”", _crash),
    "crash-load": Subject("dies while loading", _echo),
    "silent": Subject("stops answering in the middle", _silent),
    "garbage": Subject("prints what is no message", _garbage),
    "broken": Subject("cannot be loaded", _echo),
    **{
        name: Subject(summary, _without_oracle, believe=believe)
        for name, (summary, believe) in BELIEFS.items()
    },
}
