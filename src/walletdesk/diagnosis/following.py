"""What the room hears in the event log: news of a wallet make it look again at once instead of at the next hour."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from walletdesk.diagnosis import queries
from walletdesk.kit import db
from walletdesk.kit.events import Follower, Recorded

NEWS: Final = "WalletChanged"


async def react(tx: db.Tx, found: Sequence[Recorded], now: datetime) -> None:
    """Let follow-ups of changed transactions fall due."""
    changed = {UUID(str(event.body["transaction_id"])) for event in found if event.body.get("transaction_id")}
    if changed:
        await queries.hasten_follow_ups(tx, sorted(changed), now=now)


FOLLOWER: Final = Follower("diagnosis", frozenset({NEWS}), react)
"""Hears what an operator's wallet says has changed."""
