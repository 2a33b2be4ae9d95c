"""Reads and writes of schema `feedback`."""

from __future__ import annotations

from uuid import UUID

from walletdesk.desk.feedback.model import Rating
from walletdesk.kit import db


async def save_rating(tx: db.Tx, rating: Rating) -> None:
    """Write a rating; a second one of the same resolution takes the place of the first."""
    await tx.execute(
        """
        INSERT INTO feedback.rating (conversation_id, resolution, score, reasons, comment, at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (conversation_id, resolution) DO UPDATE
           SET score = excluded.score, reasons = excluded.reasons, at = excluded.at,
               comment = coalesce(excluded.comment, feedback.rating.comment)
        """,
        rating.conversation_id,
        rating.resolution,
        rating.score,
        rating.reasons,
        rating.comment,
        rating.at,
    )


async def find_rating(tx: db.Tx, conversation_id: UUID, resolution: int) -> Rating | None:
    """Return the rating of a resolution."""
    return await db.fetch_one(
        tx,
        Rating,
        """
        SELECT conversation_id, resolution, score, reasons, comment, at
          FROM feedback.rating WHERE conversation_id = $1 AND resolution = $2
        """,
        conversation_id,
        resolution,
    )
