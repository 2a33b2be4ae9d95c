"""What is done by itself: the articles of the package are brought in at the start, and again after an upgrade."""

from __future__ import annotations

from datetime import datetime

from walletdesk.desk.helpcentre.actions import packaging
from walletdesk.desk.helpcentre.packaged import all_packaged
from walletdesk.kit import db


async def load_packaged(pool: db.Pool, now: datetime) -> int:
    """Bring in the articles that come with the product; return how many texts were new."""
    articles = all_packaged()
    async with db.transaction(pool) as tx:
        return await packaging.load(tx, articles, now=now)
