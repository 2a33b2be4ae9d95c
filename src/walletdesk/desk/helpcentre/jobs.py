"""What is done by itself: bringing in the articles of the package, forgetting what nobody asks any more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from walletdesk.desk.helpcentre.actions import packaging
from walletdesk.desk.helpcentre.packaged import all_packaged
from walletdesk.desk.helpcentre.queries import gaps
from walletdesk.kit import db

GAPS_KEPT: Final = timedelta(days=180)


async def load_packaged(pool: db.Pool, now: datetime) -> int:
    """Bring in the articles that come with the product; return how many texts were new."""
    articles = all_packaged()
    async with db.transaction(pool) as tx:
        return await packaging.load(tx, articles, now=now)


async def forget_gaps(pool: db.Pool, now: datetime) -> int:
    """Forget questions without an answer that nobody has asked for half a year."""
    async with db.transaction(pool) as tx:
        return await gaps.delete_older(tx, now - GAPS_KEPT)
