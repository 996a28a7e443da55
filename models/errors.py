"""The kinds of failure a user can meet; anything else is a bug and goes to the crash report."""

from __future__ import annotations


class UserError(Exception):
    """Shown as it is: `message` says what happened, `hint` what to do about it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class Cancelled(Exception):  # noqa: N818 - an outcome the user asked for, not an error
    """The user stopped the work; nothing is shown."""


class EngineDied(UserError):  # noqa: N818 - it says what happened
    """The worker process of a model ended by itself.

    `kind` is one of "out_of_memory", "unsupported_file", "backend_fault", "killed", "silent",
    "other";
    `log` holds the last lines that the process wrote to stderr.
    """

    def __init__(self, kind: str, message: str, hint: str = "", log: tuple[str, ...] = ()) -> None:
        super().__init__(message, hint)
        self.kind = kind
        self.log = log
