"""What the three suggestions of an empty chat begin with."""

from __future__ import annotations

EXAMPLE_QUESTIONS = {
    "unsure": "Name the capital of Australia, and one thing to see there.",
    "sent": "What do you see before my question? Answer in one sentence.",
}
