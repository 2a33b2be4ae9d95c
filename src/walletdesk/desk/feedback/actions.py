"""Rating what was done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from walletdesk.desk.feedback import queries
from walletdesk.desk.feedback.events import ConversationRated
from walletdesk.desk.feedback.model import (
    COMMENT_CHARACTERS_MAX,
    REASONS,
    SCORE_MAX,
    SCORE_MIN,
    CommentTooLong,
    Rating,
    ReasonUnknown,
    ScoreInvalid,
)
from walletdesk.guard.masking import mask
from walletdesk.kit import db, events


async def rate(
    tx: db.Tx,
    *,
    conversation_id: UUID,
    resolution: int,
    score: int,
    reasons: Sequence[str],
    comment: str | None,
    now: datetime,
) -> Rating:
    """Keep how a customer rates a resolution; he may change it. Whether he may rate at all, the caller knows.

    Raises:
        ScoreInvalid, ReasonUnknown, CommentTooLong
    """
    if not SCORE_MIN <= score <= SCORE_MAX:
        raise ScoreInvalid(field="score", least=SCORE_MIN, most=SCORE_MAX)
    for reason in reasons:
        if reason not in REASONS:
            raise ReasonUnknown(field="reasons")
    said = (comment or "").replace("\0", "").strip()
    if len(said) > COMMENT_CHARACTERS_MAX:
        raise CommentTooLong(field="comment", allowed=COMMENT_CHARACTERS_MAX)
    chosen = [reason for reason in REASONS if reason in reasons]
    rating = Rating(conversation_id, resolution, score, chosen, mask(said).text if said else None, now)
    await queries.save_rating(tx, rating)
    await events.emit(tx, conversation_id, ConversationRated(conversation_id, resolution, score))
    return rating
