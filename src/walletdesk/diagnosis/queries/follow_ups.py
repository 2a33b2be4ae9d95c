"""Reads and writes of what is followed up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from walletdesk.kit import db


@dataclass(frozen=True, slots=True)
class NewFollowUp:
    """A follow-up as it is written."""

    finding_id: UUID
    conversation_id: UUID
    transaction_id: UUID | None
    asks_rail: bool
    next_at: datetime
    deadline_at: datetime | None
    until_at: datetime


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A follow-up that this worker carries out now."""

    finding_id: UUID
    asks_rail: bool
    step: int
    deadline_at: datetime | None
    until_at: datetime


async def insert_follow_up(tx: db.Tx, new: NewFollowUp) -> None:
    """Follow a finding up from now on."""
    await db.execute(
        tx,
        """
        INSERT INTO diagnosis.follow_up
               (finding_id, conversation_id, transaction_id, asks_rail, next_at, deadline_at, until_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        new.finding_id,
        new.conversation_id,
        new.transaction_id,
        new.asks_rail,
        new.next_at,
        new.deadline_at,
        new.until_at,
    )


async def end_others(
    tx: db.Tx, conversation_id: UUID, transaction_id: UUID | None, *, now: datetime
) -> int:
    """End the follow-ups that a newer finding of the same conversation and transaction replaces."""
    return await db.execute(
        tx,
        """
        UPDATE diagnosis.follow_up
           SET ended_at = $3, ended_by = 'replaced', next_at = NULL, lease = NULL
         WHERE conversation_id = $1 AND transaction_id IS NOT DISTINCT FROM $2 AND ended_at IS NULL
        """,
        conversation_id,
        transaction_id,
        now,
    )


async def claim_follow_ups(
    tx: db.Tx, *, lease: UUID, now: datetime, until: datetime, limit: int
) -> list[FollowUp]:
    """Take what is due, each for one worker only; it falls due again at `until` if the worker dies."""
    return await db.fetch_all(
        tx,
        FollowUp,
        """
        WITH due AS (
            SELECT finding_id FROM diagnosis.follow_up
             WHERE next_at <= $2
             ORDER BY next_at, finding_id
             LIMIT $4
               FOR UPDATE SKIP LOCKED
        )
        UPDATE diagnosis.follow_up u
           SET lease = $1, next_at = $3
          FROM due
         WHERE u.finding_id = due.finding_id
        RETURNING u.finding_id, u.asks_rail, u.step, u.deadline_at, u.until_at
        """,
        lease,
        now,
        until,
        limit,
    )


async def hasten_follow_ups(tx: db.Tx, transaction_ids: Sequence[UUID], *, now: datetime) -> int:
    """Let what is followed up of these transactions fall due now; return how many do."""
    return await db.execute(
        tx,
        """
        UPDATE diagnosis.follow_up SET next_at = $2
         WHERE transaction_id = ANY($1::uuid[]) AND next_at > $2
        """,
        list(transaction_ids),
        now,
    )


async def lock_follow_up(tx: db.Tx, finding_id: UUID, lease: UUID) -> bool:
    """Lock a follow-up if it is still this worker's and has not ended meanwhile."""
    found = await db.fetch_value(
        tx,
        """
        SELECT finding_id FROM diagnosis.follow_up
         WHERE finding_id = $1 AND lease = $2 AND ended_at IS NULL
           FOR UPDATE
        """,
        finding_id,
        lease,
    )
    return found is not None


async def was_replaced(tx: db.Tx, finding_id: UUID) -> bool:
    """Say whether a newer finding of the same conversation and transaction exists.

    Two that are stored at the same moment do not see each other, so each look asks again.
    """
    return await db.fetch_value(
        tx,
        """
        SELECT EXISTS (
            SELECT FROM diagnosis.finding old
              JOIN diagnosis.finding new
                ON new.conversation_id = old.conversation_id
               AND new.transaction_id IS NOT DISTINCT FROM old.transaction_id
               AND new.number > old.number
             WHERE old.id = $1)
        """,
        finding_id,
    )


async def save_follow_up(
    tx: db.Tx, finding_id: UUID, *, step: int, next_at: datetime, deadline_at: datetime | None
) -> None:
    """Write when a follow-up is due next."""
    await db.execute(
        tx,
        """
        UPDATE diagnosis.follow_up SET step = $2, next_at = $3, deadline_at = $4, lease = NULL
         WHERE finding_id = $1
        """,
        finding_id,
        step,
        next_at,
        deadline_at,
    )


async def end_follow_up(tx: db.Tx, finding_id: UUID, *, by: str, now: datetime) -> None:
    """End a follow-up: its finding changed, or nobody waits for it any more."""
    await db.execute(
        tx,
        """
        UPDATE diagnosis.follow_up SET ended_at = $3, ended_by = $2, next_at = NULL, lease = NULL
         WHERE finding_id = $1 AND ended_at IS NULL
        """,
        finding_id,
        by,
        now,
    )
