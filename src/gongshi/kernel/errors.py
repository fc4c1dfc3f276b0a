"""Errors that people read: each has a code, an HTTP status and a Chinese sentence that says what to do."""

from django.db import DataError


class GongshiError(Exception):
    """Base of all expected errors. `message` is shown to the user, `code` is for programs."""

    status = 400
    code = "bad_request"

    def __init__(self, message: str, *, code: str | None = None, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.field = field


class Invalid(GongshiError):  # noqa: N818 - reads as a sentence where it is raised
    """What was given cannot be taken; nothing was changed."""

    status = 422
    code = "invalid"


class Forbidden(GongshiError):  # noqa: N818
    """This person may not do this."""

    status = 403
    code = "forbidden"


class NotFound(GongshiError):  # noqa: N818
    """There is no such thing, or this person may not know of it."""

    status = 404
    code = "not_found"


class Conflict(GongshiError):  # noqa: N818
    """The thing is no longer in the state in which this can be done, or somebody else was first."""

    status = 409
    code = "conflict"


class Unavailable(GongshiError):  # noqa: N818
    """A part that this needs does not answer at the moment."""

    status = 503
    code = "unavailable"


# Text with a NUL or half a surrogate pair, a number beyond the column: nothing that a person types.
UNSTORABLE = (DataError, UnicodeEncodeError)


def expected(error: Exception) -> GongshiError | None:
    """The error as people read it; None when nobody could expect it."""
    if isinstance(error, UNSTORABLE):
        return Invalid("填写的内容含有无法保存的字符，或数值过大，请修改后重试。", code="unstorable")
    return error if isinstance(error, GongshiError) else None
