"""Schema `gateway`, the news in it: what was heard, and how far a feed was read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from walletdesk.kit import db


async def insert_heard(
    tx: db.Tx, cursors: Sequence[str], *, via: str, digest: bytes | None, now: datetime
) -> set[str]:
    """Note news; return those that were not known before."""
    rows = await tx.fetch(
        """
        INSERT INTO gateway.heard (cursor, via, digest, at)
        SELECT c, $2, $3, $4 FROM unnest($1::text[]) AS u (c)
        ON CONFLICT DO NOTHING RETURNING cursor
        """,
        list(cursors),
        via,
        digest,
        now,
    )
    return {row["cursor"] for row in rows}


async def find_digest(tx: db.Tx, cursor: str) -> bytes | None:
    """Return the digest of what was pushed under this name; None if it came otherwise."""
    return await db.fetch_value(
        tx,
        """
        SELECT digest FROM gateway.heard WHERE cursor = $1
        """,
        cursor,
    )


async def delete_heard(tx: db.Tx, *, before: datetime) -> int:
    """Forget news that nobody will tell again."""
    return await db.execute(
        tx,
        """
        DELETE FROM gateway.heard WHERE at < $1
        """,
        before,
    )


async def lock_cursor(tx: db.Tx, name: str) -> str | None:
    """Return how far a feed was read, for one reader at a time."""
    await db.execute(
        tx,
        """
        INSERT INTO gateway.cursor (name) VALUES ($1) ON CONFLICT DO NOTHING
        """,
        name,
    )
    return await db.fetch_value(
        tx,
        """
        SELECT cursor FROM gateway.cursor WHERE name = $1 FOR UPDATE
        """,
        name,
    )


async def save_cursor(tx: db.Tx, name: str, cursor: str, *, now: datetime) -> None:
    """Note how far a feed was read."""
    await db.execute(
        tx,
        """
        UPDATE gateway.cursor SET cursor = $2, at = $3 WHERE name = $1
        """,
        name,
        cursor,
        now,
    )
