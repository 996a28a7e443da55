"""What goes wrong, in the shape that OpenAI's clients read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from models.errors import Cancelled, EngineDied, UserError
from models.network import Sealed

BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, NOT_FOUND, TOO_LARGE, BUSY = 400, 401, 403, 404, 413, 429
BUG, UNAVAILABLE = 500, 503

_KINDS = {
    UNAUTHORIZED: "authentication_error",
    FORBIDDEN: "permission_error",
    BUSY: "rate_limit_error",
    BUG: "server_error",
    UNAVAILABLE: "server_error",
}


class ApiError(Exception):
    """An answer with an HTTP status and a sentence. `parameter` names what was wrong in the
    request, `code` is a word for programs."""

    def __init__(
        self, status: int, sentence: str, *, parameter: str = "", code: str = "",
        retry_after_s: int | None = None,
    ) -> None:  # fmt: skip
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.parameter = parameter
        self.code = code
        self.retry_after_s = retry_after_s

    @property
    def body(self) -> dict[str, Any]:
        kind = _KINDS.get(self.status, "invalid_request_error")
        return {
            "error": {
                "message": self.sentence,
                "type": kind,
                "param": self.parameter or None,
                "code": self.code or None,
            }
        }

    @property
    def headers(self) -> dict[str, str]:
        headers = {"WWW-Authenticate": "Bearer"} if self.status == UNAUTHORIZED else {}
        if self.retry_after_s is not None:
            headers["Retry-After"] = str(self.retry_after_s)
        return headers


def failure_of(error: Exception, on_bug: Callable[[Exception], None]) -> ApiError:
    """The answer to whatever a request ran into. A bug is told to `on_bug`; its words stay here,
    for they may quote what was sent."""
    match error:
        case ApiError():
            return error
        case Sealed():
            return ApiError(FORBIDDEN, str(error), code="sealed")
        case EngineDied():
            return ApiError(UNAVAILABLE, str(error), code="engine_ended")
        case UserError():
            return ApiError(BAD_REQUEST, str(error))
        case Cancelled():
            return ApiError(UNAVAILABLE, "The request was stopped before its end.", code="stopped")
    on_bug(error)
    return ApiError(BUG, f"Something went wrong inside Assay ({type(error).__name__}).")
