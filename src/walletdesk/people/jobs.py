"""Schedules of the room: chaining the audit log, forgetting what is over."""

from __future__ import annotations

from datetime import datetime

from walletdesk.kit import db
from walletdesk.people import audit, queries


async def chain_audit(pool: db.Pool, now: datetime) -> int:
    """Put newly committed deeds into the audit chain."""
    return await audit.chain(pool, now)


async def forget_expired(pool: db.Pool, now: datetime) -> int:
    """Forget sessions, links and token ids that nobody can use any more."""
    async with db.transaction(pool) as tx:
        return await queries.delete_expired(tx, now=now)
