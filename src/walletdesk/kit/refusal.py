"""Refusals: the expected ways in which the system says no."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar


class Kind(StrEnum):
    """What sort of no it is; the doors turn it into a status code, a socket frame or an exit code."""

    NOT_FOUND = "not_found"
    FORBIDDEN = "forbidden"
    UNAUTHENTICATED = "unauthenticated"
    CONFLICT = "conflict"
    INVALID = "invalid"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    UNAVAILABLE = "unavailable"


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """An expected no, with a stable code that clients and translations can rely on.

    `details` fill the placeholders of the text `refusal.<code>` in the catalogues and are sent beside it,
    so nothing secret may stand in them. `field` names the offending input where there is one.
    """

    kind: ClassVar[Kind]
    code: ClassVar[str]

    def __init__(
        self,
        *,
        field: str | None = None,
        retry_after_seconds: float | None = None,
        **details: object,
    ) -> None:
        super().__init__(self.code)
        self.field = field
        self.retry_after_seconds = retry_after_seconds
        self.details = details
