"""Is a text a yes/no question? A short rule for English that would rather miss one than claim one.

The last question of the text counts. It is one when it begins with an auxiliary verb (“Is”, “Does”,
“Could”), after a clause at most (“If it rains, is …”), or ends in a tag (“…, isn't it?”); or when
the text asks for a yes or no in so many words. It is none when it begins with what, who or how,
leaves a choice between things (“tea or coffee”), or is a request (“Could you explain …”).
"""

from __future__ import annotations

import re

MOST_CHARACTERS = 2000  # longer messages are texts to work on, and would take more than seconds

_AUXILIARY = (
    r"(?:am|is|are|was|were|do|does|did|has|have|had|can|could|will|would|shall|should|may|might"
    r"|must|ought|need)(?:n't)?|won't|can't|cannot|shan't|ain't"
)
_WH = r"(?:what|who|whom|whose|which|when|where|why|how)\b"
_PRONOUN = r"(?:i|you|he|she|it|we|they|there|this|that|these|those)"
_GREETING = r"(?:and|but|so|then|now|ok|okay|well|also|hi|hello|hey|please|tell me|actually)"
_CLAUSE = (
    r"(?:if|when|while|since|because|given|suppose|supposing|assuming|after|before|once|in|on|at"
    r"|for|with|without|under|during|according|as|to)"
)
_ASKS_FORM = re.compile(
    r"(?:^|(?<=[.?!:;\s]))\W*(?:please\s+)?(?:just\s+)?(?:(?:answer|reply|respond|say)\b[^.?!\n]*?)?"
    r"\b(?:yes\s*(?:or|/)\s*no)\b[^.?!\n:]*[.?!:)\s]*",
    re.IGNORECASE,
)
_HOW_TO_ANSWER = re.compile(
    r"(?:please |just )?(?:answer|reply|respond|explain|think|be|keep|give|thanks|thank)\b", re.I
)
_STARTS = re.compile(
    rf"(?:{_GREETING}\b[\s,]*)*(?!(?:have|need|do)\s+an?\s)(?:{_AUXILIARY})\s+\S", re.I
)
_BARE = re.compile(r"(?:is|are|was|were|does|did)\s+\S+\s+\S", re.I)  # typed without a mark
_TAG = re.compile(
    rf",\s*(?:(?:{_AUXILIARY})\s+(?:not\s+)?{_PRONOUN}(?:\s+not)?|right|correct|yes|no)\s*\?$", re.I
)
_BEGINS_WITH_WH = re.compile(rf"(?:{_GREETING}\b[\s,]*)*{_WH}", re.I)
_BEGINS_WITH_CLAUSE = re.compile(rf"{_CLAUSE}\s+(?!(?:{_AUXILIARY})\b|{_WH})", re.I)
_HIDDEN_WH = re.compile(
    rf"\b(?:know|tell|explain|remember|recall|guess|say|show|describe|understand|see|idea|sure)\b"
    rf"(?:\s+(?:me|us|of|about))*\s+{_WH}", re.I,
)  # fmt: skip
_REQUEST = re.compile(
    r"(?:can|could|will|would|can't|couldn't|won't|wouldn't)\s+you\s+(?!agree\b|say that\b|call\b)"
    r"|(?:may|can|could|might)\s+(?:i|we)\s+(?:please\s+)?(?:ask|have|get|see)\b"
    r"|(?:shall|should)\s+we\s+(?:begin|start|continue|go on)\b|do you mind\b", re.I,
)  # fmt: skip
_HARMLESS_OR = re.compile(
    r"\bor\s+(?:not|no|so|else|more|less|fewer|older|younger|later|earlier|above|below)\b"
    r"|\bmore or less\b|\bsooner or later\b", re.I,
)  # fmt: skip
_ABBREVIATIONS = (
    r"(?<!\bMr\.)(?<!\bMrs\.)(?<!\bMs\.)(?<!\bDr\.)(?<!\bSt\.)(?<!\be\.g\.)(?<!\bi\.e\.)"
)
_SENTENCES = re.compile(rf"(?<=[.?!])[\"”’')\]]*{_ABBREVIATIONS}\s+|\n+")


def is_yes_no_question(text: str) -> bool:
    """Whether yes or no would answer `text`, as far as its form tells."""
    plain = text.replace("’", "'").strip()
    if not plain or len(plain) > MOST_CHARACTERS or "```" in plain:
        return False
    question, request = split_request(plain)
    if request:
        return bool(re.search(r"\w", question)) and not _BEGINS_WITH_WH.match(_last(question))
    return _is_yes_no(_last(question))


def split_request(text: str) -> tuple[str, str]:
    """The question, and the words that ask for a yes or no, such as “Answer yes or no.”; "" where
    there are none. They stand at the beginning or at the end of the text."""
    for found in _ASKS_FORM.finditer(text):
        before, after = text[: found.start()], text[found.end() :]
        if not before.strip() or not after.strip():
            return f"{before}{after}".strip(), found[0].strip()
    return text.strip(), ""


def _last(text: str) -> str:
    """The last question, where nothing but a word on how to answer follows it; or ""."""
    sentences = [s.strip() for s in _SENTENCES.split(text.strip()) if s.strip()]
    while len(sentences) > 1 and _HOW_TO_ANSWER.match(sentences[-1]):
        sentences.pop()
    return sentences[-1].strip("\"'“”*_ ") if sentences else ""


def _is_yes_no(sentence: str) -> bool:
    if not sentence.endswith("?"):
        return sentence[-1:].isalnum() and bool(_BARE.match(sentence)) and _is_plain(sentence)
    if _BEGINS_WITH_WH.match(sentence) and not _BEGINS_WITH_CLAUSE.match(sentence):
        return False
    return bool(_is_plain(sentence) and (_TAG.search(sentence) or _begins_as_one(sentence)))


def _begins_as_one(sentence: str) -> bool:
    """At its start, or behind the comma that ends a clause."""
    if _STARTS.match(sentence):
        return not _is_request(sentence)
    _, comma, rest = sentence.rpartition(", ")
    is_behind = bool(comma and _BEGINS_WITH_CLAUSE.match(sentence) and _STARTS.match(rest))
    return is_behind and not _is_request(rest)


def _is_request(sentence: str) -> bool:
    return (
        _REQUEST.match(re.sub(rf"^(?:{_GREETING}\b[\s,]*)*", "", sentence, flags=re.I)) is not None
    )


def _is_plain(sentence: str) -> bool:
    """No choice between things, and no other question hidden inside."""
    without = _HARMLESS_OR.sub(" ", sentence)
    return not re.search(r"\bor\b|\beither\b", without, re.I) and not _HIDDEN_WH.search(sentence)
