"""The tree a chat is: its branches, and the versions of a message."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from labs.chat.conversation import Message


class Tree:
    """All messages of one chat by their places. Versions of a message share its parent."""

    def __init__(self, messages: Sequence[Message]) -> None:
        self._by_id = {message.id: message for message in messages}
        self._children: dict[int | None, list[Message]] = defaultdict(list)
        for message in sorted(messages, key=lambda m: m.id):
            self._children[message.parent_id].append(message)

    def path(self, leaf_id: int | None) -> tuple[Message, ...]:
        """From the first message to `leaf_id`; empty when that is None or unknown."""
        backwards = []
        message = self._by_id.get(leaf_id) if leaf_id is not None else None
        while message is not None:
            backwards.append(message)
            parent_id = message.parent_id
            message = self._by_id.get(parent_id) if parent_id is not None else None
        return tuple(reversed(backwards))

    def versions(self, message_id: int) -> tuple[Message, ...]:
        """The message and its siblings, oldest first."""
        return tuple(self._children[self._by_id[message_id].parent_id])

    def children(self, message_id: int | None) -> tuple[Message, ...]:
        """What follows a message; with None, the beginnings of the chat."""
        return tuple(self._children.get(message_id, ()))

    def leaf_below(self, message_id: int | None) -> int | None:
        """The end of the newest branch through a message; with None, of the whole chat."""
        leaf_id = message_id
        while following := self._children.get(leaf_id):
            leaf_id = following[-1].id
        return leaf_id
