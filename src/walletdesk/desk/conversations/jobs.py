"""The sweeper, the only timer that matters, and the forgetting of photos that were never said."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from walletdesk.desk.conversations import photos, queries
from walletdesk.desk.conversations.changes import Change
from walletdesk.desk.conversations.promise import DueCame
from walletdesk.kit import db, metrics
from walletdesk.kit.refusal import Refusal

OVERDUE: Final = timedelta(seconds=30)
"""Two sweeps and some slack: what is later than this was not swept."""
UNSAID: Final = timedelta(hours=24)

_log = logging.getLogger(__name__)


async def sweep(pool: db.Pool, now: datetime) -> int:
    """Move what is overdue one step up the ladder; return how many conversations were moved.

    Any number of sweepers may run at once: each takes rows that no other holds. A batch that cannot be written is
    taken apart, so that one row with a defect does not keep the others from being swept.
    """
    try:
        async with db.transaction(pool) as tx:
            changes = _overdue([Change(row) for row in await queries.lock_due(tx, now)], now)
            await queries.store(tx, changes)
    except Refusal:
        raise
    except Exception:  # noqa: BLE001 - logged; the others are swept all the same
        _log.exception("sweep failed, going on one by one")
        return await _sweep_each(pool, now)
    async with db.reading(pool) as tx:
        metrics.PROMISES_BROKEN.set(await queries.count_broken(tx, now - OVERDUE))
    return len(changes)


def _overdue(changes: list[Change], now: datetime) -> list[Change]:
    for change in changes:
        change.move(DueCame(), now)
    return [change for change in changes if change.moved]


async def _sweep_each(pool: db.Pool, now: datetime) -> int:
    async with db.reading(pool) as tx:
        ids = await queries.list_due_ids(tx, now)
    moved = 0
    for conversation_id in ids:
        try:
            async with db.transaction(pool) as tx:
                row = await queries.lock_conversation(tx, conversation_id)
                changes = _overdue([Change(row)] if row is not None else [], now)
                await queries.store(tx, changes)
                moved += len(changes)
        except Refusal:
            raise
        except Exception:  # noqa: BLE001 - logged with the id; the next one is swept
            _log.exception("cannot be swept", extra={"conversation": conversation_id})
    return moved


async def forget_photos(pool: db.Pool, now: datetime, *, home: Path) -> int:
    """Remove photos that were uploaded and not said within a day, and files that no row knows."""
    async with db.transaction(pool) as tx:
        files = set(await queries.delete_unsaid(tx, now - UNSAID))
    strays = await asyncio.to_thread(photos.files_before, home, now - UNSAID)
    if strays:
        async with db.reading(pool) as tx:
            files |= set(strays) - await queries.list_known_files(tx, strays)
    await asyncio.to_thread(photos.remove, home, sorted(files))
    return len(files)
