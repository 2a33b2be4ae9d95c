"""Ratings: values and refusals."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Final
from uuid import UUID

import msgspec

from walletdesk.kit.refusal import Kind, Refusal

SCORE_MIN: Final = 1
SCORE_MAX: Final = 5
COMMENT_CHARACTERS_MAX: Final = 1_000
REASONS: Final = ("solved", "clear", "fast", "kind", "slow", "unclear", "unsolved")
"""Why somebody is content or not; the screen has the words."""


class Rating(msgspec.Struct, frozen=True):
    """How a customer rates one resolution of a conversation, 1 (very bad) to 5 (very good)."""

    conversation_id: UUID
    resolution: int
    score: int
    reasons: list[str]
    comment: str | None
    at: datetime


class ScoreInvalid(Refusal):
    """A score is a whole number from one to five."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "feedback.score_invalid"


class ReasonUnknown(Refusal):
    """There is no such reason."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "feedback.reason_unknown"


class CommentTooLong(Refusal):
    """A comment may have at most a thousand characters."""

    kind: ClassVar[Kind] = Kind.TOO_LARGE
    code: ClassVar[str] = "feedback.comment_too_long"
