"""A chat that is open: its record, its messages, and the branch of their tree that is in front."""

from __future__ import annotations

from dataclasses import replace

from labs.chat.conversation import Chat, Message, Role
from labs.chat.tree import Tree


class OpenChat:
    """In memory only. `chat` is None for one in which nothing was said yet."""

    def __init__(self) -> None:
        self.chat: Chat | None = None
        self.messages: tuple[Message, ...] = ()

    @property
    def leaf_id(self) -> int | None:
        return self.chat.leaf_id if self.chat is not None else None

    @property
    def branch(self) -> tuple[Message, ...]:
        return Tree(self.messages).path(self.leaf_id)

    def put(self, chat: Chat | None, messages: tuple[Message, ...] = ()) -> None:
        self.chat, self.messages = chat, messages

    def is_chat(self, chat_id: int) -> bool:
        return self.chat is not None and self.chat.id == chat_id

    def message(self, message_id: int) -> Message | None:
        return next((m for m in self.messages if m.id == message_id), None)

    def last_by(self, role: Role) -> Message | None:
        """The last message of the branch that `role` wrote."""
        return next((m for m in reversed(self.branch) if m.role == role), None)

    def take_in(self, message: Message) -> None:
        """One that was added or changed, and ends the branch; reading a long chat anew would take
        too long."""
        known = {known.id: known for known in self.messages}
        known[message.id] = message
        self.messages = tuple(known.values())
        self.end_at(message.id)

    def end_at(self, leaf_id: int | None) -> None:
        if self.chat is not None:
            self.chat = replace(self.chat, leaf_id=leaf_id)

    def leaf_below(self, message_id: int) -> int | None:
        return Tree(self.messages).leaf_below(message_id)

    def version_beside(self, message_id: int, step: int) -> int | None:
        """The end of the branch through an older (−1) or newer (+1) version of a message; None
        where there is none."""
        versions = [version.id for version in Tree(self.messages).versions(message_id)]
        place = versions.index(message_id) + step
        return self.leaf_below(versions[place]) if 0 <= place < len(versions) else None
