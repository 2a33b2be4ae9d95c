"""Hearing news once, whichever way they come."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from walletdesk.kit import db, events
from walletdesk.wallet.gateway.model import WalletEvent
from walletdesk.wallet.gateway.news import queries
from walletdesk.wallet.gateway.news.events import WalletChanged
from walletdesk.wallet.gateway.news.model import KEPT, OLD, POLL, HookChanged


async def hear_push(tx: db.Tx, event: WalletEvent, body: bytes, *, now: datetime) -> bool:
    """Take in one pushed piece of news; return whether it was new.

    Raises:
        HookChanged: Something else was pushed under its name.
    """
    digest = hashlib.sha256(body).digest()
    if await queries.insert_heard(tx, [event.cursor], via="push", digest=digest, now=now):
        await _tell(tx, [event])
        return True
    before = await queries.find_digest(tx, event.cursor)
    if before is not None and before != digest:
        raise HookChanged
    return False


async def hear_poll(
    tx: db.Tx, after: str | None, found: Sequence[WalletEvent], *, now: datetime
) -> bool:
    """Take in a page of the feed unless another worker was faster; what was pushed is not told twice."""
    if await queries.lock_cursor(tx, POLL) != after:
        return False
    if found:
        new = await queries.insert_heard(tx, [one.cursor for one in found], via=POLL, digest=None, now=now)
        await _tell(tx, [one for one in found if one.cursor in new and now - one.at <= OLD])
        await queries.save_cursor(tx, POLL, found[-1].cursor, now=now)
    await queries.delete_heard(tx, before=now - KEPT)
    return bool(found)


async def _tell(tx: db.Tx, found: Sequence[WalletEvent]) -> None:
    told = [WalletChanged(one.customer_id, one.transaction_id, one.kind) for one in found]
    await events.emit_all(tx, [(one.customer_id, one) for one in told])
